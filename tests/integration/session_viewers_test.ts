import assert from "node:assert/strict";
import type { EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import { EventWindow } from "../support/event_window.ts";
import type { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";
import { encoder, SessionRig, SIZE } from "./session_rig.ts";

const KEY_A = 0x61;

Deno.test("Session gives viewers that join within a second one keyframe", async () => {
  await using rig = await SessionRig.open();
  const first = rig.join();
  await first.hasFrames(1);
  const second = rig.join();
  await second.hasFrames(1);
  await Promise.all([first.still(), second.still()]);
  const keyframes = ({ frames }: TestViewer) => frames.filter(({ keyframe }) => keyframe);
  assert.deepEqual(keyframes(first).map(({ sequence }) => sequence), [0]);
  assert.deepEqual(keyframes(second).map(({ sequence }) => sequence), [0]);
  // Nothing is missing in between: each frame builds on the one before.
  const sequences = second.frames.map(({ sequence }) => sequence);
  assert.deepEqual(sequences, sequences.map((_, index) => index));
  assert.deepEqual(sequences, first.frames.map(({ sequence }) => sequence));
});

Deno.test("Session gives a late viewer the picture at once, though the screen is still", async () => {
  await using rig = await SessionRig.open();
  const first = rig.join();
  await first.still(1200);
  const before = first.frames.length;
  const late = rig.join();
  await late.hasFrames(1, 3000);
  assert.equal(late.frames[0]!.keyframe, true);
  assert.equal(late.frames[0]!.config?.codedWidth, SIZE.width);
  // The keyframe of the one is a frame of the other: the encoder made it once.
  await first.hasFrames(before + 1);
  assert.deepEqual(late.frames[0]!.sequence, first.frames[before]!.sequence);
  assert.deepEqual(late.frames[0]!.accessUnit, first.frames[before]!.accessUnit);
});

Deno.test("Session sends no frame of a still screen after the top-off", async () => {
  await using rig = await SessionRig.open();
  const viewer = rig.join();
  await viewer.still(1000);
  const { length } = viewer.frames;
  assert.ok(viewer.frames.slice(1).every(({ topOff }) => topOff));
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(viewer.frames.length, length);
});

Deno.test("Session lets go of what a viewer held when it leaves, and of nothing that others hold", async () => {
  await using rig = await SessionRig.open();
  await using target = await EventWindow.open(rig.remote.connection);
  const [leaving, staying] = [rig.join(), rig.join()];
  await Promise.all([leaving.hasFrames(1), staying.hasFrames(1)]);
  leaving.input({ type: "key", keysym: KEY_A, down: true });
  leaving.input({ type: "button", button: 1, down: true, x: 10, y: 20 });
  staying.input({ type: "key", keysym: KEY_A + 1, down: true });
  await target.saw("ButtonPress", { detail: 1, x: 10, y: 20 });
  await until("two keys are down", async () => (await rig.remote.heldKeys()).length === 2);
  leaving.transport.close();
  await target.saw("ButtonRelease", { detail: 1 });
  await until("one key is down", async () => (await rig.remote.heldKeys()).length === 1);
  staying.tell({ type: "focus", focused: false });
  await until("no key is down", async () => (await rig.remote.heldKeys()).length === 0);
});

Deno.test("Session replaces an encoder that fails again and again, and its viewers go on", async () => {
  const x264 = encoder("x264enc");
  // A real error from within the pipeline, after some frames, as of a GPU that was reset.
  const failing: EncoderDescription = {
    ...x264,
    name: "failing",
    launch: (options) => `${x264.launch(options)} ! identity error-after=5`,
  };
  await using rig = await SessionRig.open({ encoders: [failing, x264] });
  await using area = await EventWindow.open(rig.remote.connection);
  const viewer = rig.join();
  const encoderNames = () =>
    viewer.told.flatMap((m) => m.type === "status" && m.state === "encoder-lost" ? [m.detail] : []);
  let painted = 0;
  await until("another encoder took over for good", async () => {
    await area.paint(0xffffff, [[painted++ % 300, 20, 10, 10]]);
    // The first failure may have been a passing fault; the second was not.
    return encoderNames().length >= 2 && viewer.states.at(-1) === "live" &&
      viewer.frames.length > 40;
  }, 20_000);
  assert.equal(encoderNames().length, 2, encoderNames().join("; "));
  assert.match(encoderNames()[0]!, /^The encoder failing has failed/);
  assert.deepEqual(viewer.states, ["live", "encoder-lost", "live", "encoder-lost", "live"]);
  // Each encoder starts with a keyframe and its configuration.
  const keyframes = viewer.frames.filter(({ keyframe }) => keyframe);
  assert.equal(keyframes.length, 3);
  for (const { config } of keyframes) assert.equal(config?.codedHeight, SIZE.height);
  const late = rig.join();
  await late.hasFrames(1);
  const hello = late.told.find((message) => message.type === "hello");
  assert.equal(hello?.type === "hello" && hello.encoder.name, "x264enc");
});

Deno.test("Session.dismissViewer() forgets a viewer at once, and lets none of its paths in again", async () => {
  await using rig = await SessionRig.open();
  const leaving = rig.join({ key: "leaving" });
  const staying = rig.join({ key: "staying" });
  await leaving.hasFrames(1);
  await staying.hasFrames(1);
  leaving.input({ type: "key", keysym: 0xffe1, down: true });
  await until("a key is down", async () => (await rig.remote.heldKeys()).length === 1);
  rig.session.dismissViewer("leaving");
  assert.equal(rig.session.viewers.size, 1);
  await until("no key is down", async () => (await rig.remote.heldKeys()).length === 0);
  // It was under way when the page said goodbye.
  const late = rig.join({ key: "leaving" });
  await late.transport.closed;
  await leaving.transport.closed;
  assert.equal(rig.session.viewers.size, 1);
  rig.session.dismissViewer("nobody");
  assert.equal(rig.session.viewers.size, 1);
});
