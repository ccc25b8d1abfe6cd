import assert from "node:assert/strict";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { videoOrder } from "../../src/protocol/video_message.ts";
import { VideoSwitch } from "../../web/worker/video_switch.ts";

const delta = (sequence: number) => ({ sequence, keyframe: false });
const key = (sequence: number) => ({ sequence, keyframe: true });

Deno.test("VideoSwitch.place() moves to another path at its first keyframe, for good", () => {
  const video = new VideoSwitch<string>();
  const frames = [
    ["a", key(0), "next"],
    ["a", delta(1), "next"],
    ["b", delta(2), "orphan"],
    ["b", key(1), "old"],
    ["b", key(3), "next"],
    ["a", delta(2), "old"],
    ["a", delta(4), "orphan"],
    ["b", delta(4), "next"],
  ] as const;
  for (const [path, frame, expected] of frames) assert.equal(video.place(path, frame), expected);
});

Deno.test("VideoSwitch.place() takes each frame once, also where its numbers wrap", () => {
  const video = new VideoSwitch<string>();
  const numbers = [0xffff_fffe, 0xffff_ffff, 0xffff_ffff, 0, 0xffff_ffff, 1];
  assert.deepEqual(
    numbers.map((number) => video.place("a", key(number))),
    ["next", "next", "old", "next", "old", "next"],
  );
});

Deno.test("VideoSwitch.reset() lets another server count from the start", () => {
  const video = new VideoSwitch<string>();
  video.place("a", key(5000));
  assert.equal(video.place("b", key(0)), "old");
  video.reset();
  assert.equal(video.place("b", key(0)), "next");
});

Deno.test("videoOrder() refuses what is too short for a frame", () => {
  assert.throws(() => videoOrder(new Uint8Array(39)), ProtocolError);
});
