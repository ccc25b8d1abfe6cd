/**
 * HEVC's place in the matrix of codecs and browsers: neither Chromium nor Firefox decodes it without
 * hardware, so GStreamer decodes what a viewer is sent.
 */
import assert from "node:assert/strict";
import { EventWindow } from "../support/event_window.ts";
import { encoder, SessionRig } from "./session_rig.ts";

Deno.test("Session shows the screen in HEVC, with a configuration that its stream bears out", async () => {
  await using rig = await SessionRig.open({ encoders: [encoder("x265enc")] });
  await using area = await EventWindow.open(rig.remote.connection);
  const viewer = rig.join({ decoders: ["hevc"] });
  await viewer.hasFrames(1);
  await area.fill([0x2060a0, 0xf0f0f0, 0x202020, 0xa0c040, 0x804020, 0xffffff]);
  await viewer.still();
  const config = viewer.frames.find(({ keyframe }) => keyframe)?.config;
  assert.match(config?.codec ?? "", /^hev1\.1\.6\.L\d+\.90$/);
  const likeness = await rig.likeness(viewer.frames, "hevc");
  assert.ok(likeness >= 36, `${likeness.toFixed(1)} dB`);
});
