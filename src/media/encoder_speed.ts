/**
 * Measures how fast an encoder is on this machine.
 *
 * @module
 */

import { VideoConverter } from "../../ffi/mod.ts";
import type { EncoderDescription } from "./encoder_description.ts";
import { paintText } from "./sample_screen.ts";
import { VideoEncoder } from "./video_encoder.ts";

/** What is encoded: pixels, and frames behind the keyframe. */
const SIZE = { width: 1280, height: 720 };
const FRAMES = 6;
/** Of the picture's height, what changes from frame to frame: a window in which text scrolls. */
const CHANGED_ROWS = 240;

/**
 * Encodes a few frames of 1280x720 pixels, in which a third of the screen changes, as a window's text does.
 *
 * @returns Milliseconds for a frame: the least of them, since other programs can only make it slower.
 * @throws {EncoderFailedError} If it does not work.
 * @throws {MissingElementError} If its element is not installed.
 * @throws {GStreamerError} If it does not start.
 */
export async function measureEncodeMs(
  encoder: EncoderDescription,
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<number> {
  const { width, height } = SIZE;
  const source = new Uint8Array(width * height * 4);
  const window = source.subarray(0, width * CHANGED_ROWS * 4);
  using converter = new VideoConverter({
    ...SIZE,
    stride: width * 4,
    source,
    format: encoder.format,
  });
  paintText(source, width, height, 0);
  await converter.convertAsync([{ x: 0, y: 0, ...SIZE }]);
  await using opened = await VideoEncoder.open({
    encoder,
    converter,
    fps: 60,
    bitrateKbit: 8000,
    ...(signal ? { signal } : {}),
  });
  const times: number[] = [];
  for (let frame = 0; frame <= FRAMES; frame++) {
    signal?.throwIfAborted();
    paintText(window, width, CHANGED_ROWS, frame + 1);
    await converter.convertAsync([{ x: 0, y: 0, width, height: CHANGED_ROWS }]);
    const start = performance.now();
    await opened.encode({
      timestampUs: frame * 100_000,
      keyframe: frame === 0,
      changedPixels: width * CHANGED_ROWS,
    });
    // A keyframe is rare, and the first one takes the time of getting ready.
    if (frame > 0) times.push(performance.now() - start);
  }
  return Math.min(...times);
}
