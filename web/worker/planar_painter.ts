/**
 * Draws planar frames on the page's canvas: by WebGL, or what has changed by software, whichever is
 * quicker here.
 *
 * Without a GPU, WebGL is software that knows nothing of what has changed, and slower by far: a
 * 1280x720 frame took 19 ms in Chromium where the software here took 5. With one it is the other way
 * round. So both are timed, once, on a canvas that nobody sees, with the first frame.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";
import type { CanvasSurface } from "./canvas_surface.ts";
import { changedBlocks } from "./changed_blocks.ts";
import { median } from "./latency.ts";
import type { Painter } from "./painter.ts";
import type { PlanarFrame } from "./planar_frame.ts";
import { PlanarGl, WebGlUnavailableError } from "./planar_gl.ts";
import { convertToRgba } from "./planar_rgba.ts";

type Context = OffscreenCanvasRenderingContext2D;

/** How often each way is tried; the first times warm it up. */
const TRIES = 5;
const WARM_UP = 2;

export type Drawing = "webgl" | "software";

export class PlanarPainter implements Painter<PlanarFrame> {
  readonly #surface: CanvasSurface;
  #gl: PlanarGl | undefined;
  #chosen = false;
  #pixels = new Uint32Array(0);

  constructor(surface: CanvasSurface) {
    this.#surface = surface;
  }

  get size(): Size {
    return this.#surface.size;
  }

  /** How it draws now. */
  get drawing(): Drawing {
    return this.#gl === undefined ? "software" : "webgl";
  }

  draw(frame: PlanarFrame, changed: readonly PictureRectangle[]): void {
    const fits = this.#surface.fit(frame);
    if (!this.#chosen) this.#choose(frame);
    if (this.#gl?.lost) this.#gl = undefined;
    const { context } = this.#surface;
    if (this.#gl === undefined) this.#drawInSoftware(context, frame, fits ? changed : []);
    else this.#drawByGl(context, this.#gl, frame);
  }

  handedOver(callback: () => void): void {
    this.#surface.handedOver(callback);
  }

  png(): Promise<Blob> {
    return this.#surface.png();
  }

  #drawByGl(context: Context, gl: PlanarGl, frame: PlanarFrame): void {
    gl.draw(frame);
    context.drawImage(gl.canvas, 0, 0);
  }

  #drawInSoftware(
    context: Context,
    frame: PlanarFrame,
    changed: readonly PictureRectangle[],
  ): void {
    for (const part of changedBlocks(changed, frame)) {
      const count = part.width * part.height;
      if (this.#pixels.length < count) this.#pixels = new Uint32Array(count);
      convertToRgba(frame, part, this.#pixels);
      const pixels = new Uint8ClampedArray(this.#pixels.buffer, 0, count * 4);
      context.putImageData(new ImageData(pixels, part.width, part.height), part.x, part.y);
    }
  }

  #choose(frame: PlanarFrame): void {
    this.#chosen = true;
    const scratch = new OffscreenCanvas(frame.width, frame.height).getContext("2d", {
      alpha: false,
    });
    if (scratch === null) return;
    try {
      const gl = new PlanarGl();
      const byGl = timed(scratch, () => this.#drawByGl(scratch, gl, frame));
      const inSoftware = timed(scratch, () => this.#drawInSoftware(scratch, frame, []));
      if (byGl < inSoftware) this.#gl = gl;
    } catch (error) {
      if (!(error instanceof WebGlUnavailableError)) throw error;
    }
  }
}

/** The median in ms of drawing and looking at what was drawn, which waits for it to be done. */
function timed(context: Context, draw: () => void): number {
  const times: number[] = [];
  for (let i = 0; i < TRIES; i++) {
    const start = performance.now();
    draw();
    context.getImageData(0, 0, 1, 1);
    if (i >= WARM_UP) times.push(performance.now() - start);
  }
  return median(times) ?? Infinity;
}
