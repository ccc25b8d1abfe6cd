/**
 * Draws what has changed, where the browser has no GPU.
 *
 * Chromium without one converts all of a frame for each `drawImage`, whatever part of it is asked
 * for, and late, in its compositor: 6 ms of a 1280x720 frame's way to the screen. A frame that is cut
 * out of it, and shares its memory, costs as much as it is large; pixels that were copied out as RGBA
 * cost least, but come a task later.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";
import { CanvasPainter } from "./canvas_painter.ts";
import { changedBlocks } from "./changed_blocks.ts";

/** Up to this many pixels, cutting out is on the screen sooner than copying. */
const MOST_TO_CUT = 300 * 300;

/** `copyTo` converts to RGBA in browsers newer than TypeScript's description of it. */
interface RgbaCopyOptions extends VideoFrameCopyToOptions {
  readonly format: "RGBA";
}

export class SoftwarePainter extends CanvasPainter {
  #pixels = new ArrayBuffer(0);

  /** @returns Whether this is the fast way here. Firefox converts copies slowly and drawings fast. */
  static suits(): boolean {
    if (!/\bChrome\//.test(navigator.userAgent)) return false;
    const canvas = new OffscreenCanvas(1, 1);
    return canvas.getContext("webgl", { failIfMajorPerformanceCaveat: true }) === null;
  }

  override draw(
    frame: VideoFrame,
    changed: readonly PictureRectangle[],
  ): void | Promise<void> {
    const { displayWidth: width, displayHeight: height, format, visibleRect } = frame;
    const fits = this.surface.fit({ width, height });
    // What is scaled, cropped or in a GPU after all has other coordinates than its pixels, or none.
    if (
      format === null || visibleRect?.width !== width || visibleRect.height !== height ||
      visibleRect.x !== 0 || visibleRect.y !== 0
    ) return super.draw(frame, []);
    const parts = changedBlocks(fits ? changed : [], { width, height });
    const pixels = parts.reduce((sum, part) => sum + part.width * part.height, 0);
    if (pixels > MOST_TO_CUT) return this.#copy(frame, parts);
    return this.#cut(frame, parts);
  }

  #cut(frame: VideoFrame, parts: readonly PictureRectangle[]): void {
    for (const part of parts) {
      const cut = new VideoFrame(frame, { visibleRect: part });
      try {
        this.surface.context.drawImage(cut, part.x, part.y);
      } finally {
        cut.close();
      }
    }
  }

  async #copy(frame: VideoFrame, parts: readonly PictureRectangle[]): Promise<void> {
    const octets = parts.reduce((sum, { width, height }) => sum + width * height * 4, 0);
    if (this.#pixels.byteLength < octets) this.#pixels = new ArrayBuffer(octets);
    let at = 0;
    const copies = parts.map(async (rect) => {
      const length = rect.width * rect.height * 4;
      const pixels = new Uint8ClampedArray(this.#pixels, at, length);
      at += length;
      const options: RgbaCopyOptions = { rect, format: "RGBA" };
      await frame.copyTo(pixels, options);
      return { image: new ImageData(pixels, rect.width, rect.height), ...rect };
    });
    try {
      // All before the first is put, so that no half of a change is ever seen.
      for (const { image, x, y } of await Promise.all(copies)) {
        this.surface.context.putImageData(image, x, y);
      }
    } catch {
      // Not every format can be converted in every version.
      super.draw(frame, []);
    }
  }
}
