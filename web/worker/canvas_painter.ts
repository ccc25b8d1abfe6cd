/**
 * Draws on the page's canvas in 2D.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";
import type { Painter } from "./painter.ts";

/** No context of the wanted kind can be had: too many, or the browser's limits. */
export class CanvasUnavailableError extends Error {
  override readonly name = "CanvasUnavailableError";
}

export class CanvasPainter implements Painter<VideoFrame> {
  readonly #canvas: OffscreenCanvas;
  protected readonly context: OffscreenCanvasRenderingContext2D;

  /** @throws {CanvasUnavailableError} if the canvas gives no 2D context. */
  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas;
    // A desynchronized one is no sooner on the screen, in Chromium and in Firefox.
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) {
      throw new CanvasUnavailableError("The browser gives no 2D canvas: close other tabs, reload");
    }
    this.context = context;
  }

  get size(): Size {
    return { width: this.#canvas.width, height: this.#canvas.height };
  }

  // Where it has changed is of no use here: browsers convert all of a frame to draw a part of it.
  draw(frame: VideoFrame, _changed: readonly PictureRectangle[]): void | Promise<void> {
    this.fit(frame);
    this.context.drawImage(frame, 0, 0);
  }

  /** @returns Whether the canvas had the frame's size already; if not, it is empty now. */
  protected fit({ displayWidth: width, displayHeight: height }: VideoFrame): boolean {
    // Setting a size clears the canvas, also if it is the same.
    if (this.#canvas.width === width && this.#canvas.height === height) return true;
    this.#canvas.width = width;
    this.#canvas.height = height;
    return false;
  }

  handedOver(callback: () => void): void {
    // The canvas goes to the compositor with the next animation frame.
    requestAnimationFrame(callback);
  }

  png(): Promise<Blob> {
    return this.#canvas.convertToBlob({ type: "image/png" });
  }
}
