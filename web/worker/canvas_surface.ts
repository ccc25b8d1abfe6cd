/**
 * The page's canvas, in 2D: what all painters draw on, one after the other.
 *
 * @module
 */

import type { Size } from "../input/pointer_mapping.ts";

/** No context of the wanted kind can be had: too many, or the browser's limits. */
export class CanvasUnavailableError extends Error {
  override readonly name = "CanvasUnavailableError";
}

export class CanvasSurface {
  readonly #canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;

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

  /** In pixels. */
  get size(): Size {
    return { width: this.#canvas.width, height: this.#canvas.height };
  }

  /** @returns Whether the canvas had this size already; if not, it is empty now. */
  fit({ width, height }: Size): boolean {
    // Setting a size clears the canvas, also if it is the same.
    if (this.#canvas.width === width && this.#canvas.height === height) return true;
    this.#canvas.width = width;
    this.#canvas.height = height;
    return false;
  }

  /** Calls back when the browser has taken over what was drawn last. */
  handedOver(callback: () => void): void {
    // The canvas goes to the compositor with the next animation frame.
    requestAnimationFrame(callback);
  }

  /** @returns The canvas as it is now, in PNG. */
  png(): Promise<Blob> {
    return this.#canvas.convertToBlob({ type: "image/png" });
  }
}
