import assert from "node:assert/strict";
import { ProtocolError } from "../../src/protocol/errors.ts";
import { videoOrder } from "../../src/protocol/video_message.ts";
import { VideoSwitch } from "../../web/worker/video_switch.ts";

const delta = (sequence: number) => ({ sequence, keyframe: false });
const key = (sequence: number) => ({ sequence, keyframe: true });

Deno.test("VideoSwitch.accept() moves to another path at its first keyframe, for good", () => {
  const video = new VideoSwitch<string>();
  assert.ok(video.accept("a", key(0)));
  assert.ok(video.accept("a", delta(1)));
  assert.ok(!video.accept("b", delta(2)), "refers to what b has not brought");
  assert.ok(video.accept("b", key(3)));
  assert.ok(!video.accept("a", delta(2)), "comes late");
  assert.ok(!video.accept("a", delta(4)), "is of a path that was left");
  assert.ok(video.accept("b", delta(4)));
});

Deno.test("VideoSwitch.accept() takes each frame once, also where its numbers wrap", () => {
  const video = new VideoSwitch<string>();
  const numbers = [0xffff_fffe, 0xffff_ffff, 0xffff_ffff, 0, 0xffff_ffff, 1];
  assert.deepEqual(
    numbers.map((number) => video.accept("a", key(number))),
    [true, true, false, true, false, true],
  );
});

Deno.test("VideoSwitch.reset() lets another server count from the start", () => {
  const video = new VideoSwitch<string>();
  video.accept("a", key(5000));
  assert.ok(!video.accept("b", key(0)));
  video.reset();
  assert.ok(video.accept("b", key(0)));
});

Deno.test("videoOrder() refuses what is too short for a frame", () => {
  assert.throws(() => videoOrder(new Uint8Array(39)), ProtocolError);
});
