/**
 * Draws on the page's canvas in 2D.
 *
 * @module
 */

import type { Size } from "../input/pointer_mapping.ts";
import type { Painter } from "./painter.ts";

/** No context of the wanted kind can be had: too many, or the browser's limits. */
export class CanvasUnavailableError extends Error {
  override readonly name = "CanvasUnavailableError";
}

export class CanvasPainter implements Painter<VideoFrame> {
  readonly #canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;

  /** @throws {CanvasUnavailableError} if the canvas gives no 2D context. */
  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas;
    // Desynchronized asks the browser to skip its compositor's queue where it can.
    const context = canvas.getContext("2d", { alpha: false, desynchronized: true });
    if (context === null) {
      throw new CanvasUnavailableError("The browser gives no 2D canvas: close other tabs, reload");
    }
    this.#context = context;
  }

  get size(): Size {
    return { width: this.#canvas.width, height: this.#canvas.height };
  }

  draw(frame: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = frame;
    // Setting a size clears the canvas, also if it is the same.
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#context.drawImage(frame, 0, 0);
  }

  handedOver(callback: () => void): void {
    // The canvas goes to the compositor with the next animation frame.
    requestAnimationFrame(callback);
  }

  png(): Promise<Blob> {
    return this.#canvas.convertToBlob({ type: "image/png" });
  }
}
