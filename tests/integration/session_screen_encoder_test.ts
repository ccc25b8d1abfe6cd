import assert from "node:assert/strict";
import { VideoConverter } from "../../ffi/mod.ts";
import { SharedScreen } from "../../src/display/shared_screen.ts";
import { ScreenEncoder } from "../../src/session/screen_encoder.ts";
import { EventWindow } from "../support/event_window.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { startEmptyDisplay } from "./display_support.ts";
import { psnr } from "./encoder_picture.ts";
import { Decoder } from "./encoder_rig.ts";
import { encoder } from "./session_rig.ts";

const SIZE = { width: 642, height: 402 };
const COLOURS = Array.from({ length: 60 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 8);
const LIMITS = { framesPerSecond: 30, bitrate: 4000, encoder: encoder("x264enc") } as const;

Deno.test("ScreenEncoder shows one screen at two sizes at the same time", async () => {
  await using display = await startEmptyDisplay("xvfb", SIZE);
  await using remote = await RemoteDesktop.open(display);
  await using area = await EventWindow.open(remote.connection);
  await using screen = await SharedScreen.open(remote.connection);
  await using whole = await ScreenEncoder.open(screen, { ...LIMITS, reduction: 1 });
  await using half = await ScreenEncoder.open(screen, { ...LIMITS, reduction: 2 });
  assert.deepEqual([whole.width, whole.height, half.width, half.height], [642, 402, 320, 200]);
  await using decoders = new AsyncDisposableStack();
  for (const [reduction, picture] of [[1, whole], [2, half]] as const) {
    const decoder = decoders.use(new Decoder("h264", picture.width, picture.height));
    await area.fill(COLOURS);
    const first = await picture.take({ keyframe: true });
    await decoder.decode(first!.chunk);
    await area.fill(COLOURS.toReversed());
    const frame = await picture.take({ keyframe: false });
    let shown = await decoder.decode(frame!.chunk);
    for (const { x, y, width, height } of frame!.changed) {
      assert.ok(x + width <= picture.width + 1 && y + height <= picture.height + 1);
    }
    // Refined while it is still.
    for (let times = 0; times < 6; times++) {
      shown = await decoder.decode((await picture.take({ keyframe: false }))!.chunk);
    }
    const { rgba } = await remote.screenshot();
    const source = new Uint8Array(rgba.length);
    for (let at = 0; at < source.length; at += 4) {
      source.set([rgba[at + 2]!, rgba[at + 1]!, rgba[at]!], at);
    }
    using converter = new VideoConverter({ ...SIZE, stride: SIZE.width * 4, source, reduction });
    converter.convert([{ x: 0, y: 0, ...SIZE }]);
    const luma = converter.frame.planes[1]!.offset;
    const decibels = psnr(shown.subarray(0, luma), converter.frame.bytes.subarray(0, luma));
    assert.ok(decibels > 40, `${decibels.toFixed(1)} dB at 1/${reduction}`);
  }
});
