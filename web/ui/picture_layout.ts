/**
 * Where the picture lies on the page: scaled, zoomed and moved as the user wants it.
 *
 * @module
 */

import { EdgePan, edgeSpeed } from "../input/edge_pan.ts";
import {
  panned,
  type Placement,
  placePicture,
  type Rectangle,
  type Size,
  type View,
  WHOLE_VIEW,
  zoomed,
} from "../input/pointer_mapping.ts";
import type { Viewport } from "../messages.ts";
import type { Observable } from "../observable.ts";
import type { Preferences } from "../preferences.ts";

export interface PictureLayoutOptions {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly preferences: Observable<Preferences>;
  /** The room for the picture has changed. */
  resized(viewport: Viewport): void;
  /** The picture lies elsewhere, so that a pointer at rest is on another remote pixel. */
  placed(placement: Placement): void;
  readonly signal: AbortSignal;
}

export class PictureLayout {
  readonly #options: PictureLayoutOptions;
  readonly #edge: EdgePan;
  #size: Size | undefined;
  #view: View = WHOLE_VIEW;
  #placement: Placement | undefined;
  #pointer = { x: 0, y: 0 };
  #covered = 0;

  constructor(options: PictureLayoutOptions) {
    this.#options = options;
    const { preferences, signal, stage } = options;
    this.#edge = new EdgePan({
      speed: () => this.#edgeSpeed(),
      pan: (dx, dy) => this.pan(dx, dy),
      signal,
    });
    const observer = new ResizeObserver(() => this.#place());
    observer.observe(stage);
    signal.addEventListener("abort", () => observer.disconnect());
    preferences.watch(() => this.#place(), signal);
    this.#watchPixelRatio();
  }

  get placement(): Placement | undefined {
    return this.#placement;
  }

  get viewport(): Viewport {
    const { width, height } = this.#room;
    return { devicePixelRatio, width, height };
  }

  /** Whether the user looks at a part of the picture only. */
  get zoomed(): boolean {
    return this.#view.zoom > 1;
  }

  /** The picture on the canvas has this size, in remote pixels. */
  resize(size: Size): void {
    this.#size = size;
    this.#place();
  }

  /** How much of the page's lower part something lies over, in CSS pixels. */
  set covered(covered: number) {
    if (covered === this.#covered) return;
    this.#covered = covered;
    this.#place();
  }

  /** Moves the picture by so many CSS pixels, as far as there is more of it. */
  pan(dx: number, dy: number): void {
    if (this.#placement === undefined) return;
    this.#look(panned(this.#view, this.#placement, this.#room, dx, dy));
  }

  /** Makes the picture larger or smaller around a point of the page. */
  zoom(factor: number, clientX: number, clientY: number): void {
    if (this.#placement === undefined) return;
    this.#look(zoomed(this.#view, this.#placement, this.#room, factor, clientX, clientY));
  }

  /** The pointer is here: the picture moves if it pushes against an edge of the room. */
  push(clientX: number, clientY: number): void {
    this.#pointer = { x: clientX, y: clientY };
    this.#edge.start();
  }

  /** The pointer has gone. */
  rest(): void {
    this.#edge.stop();
  }

  get #room(): Rectangle {
    return this.#options.stage.getBoundingClientRect();
  }

  #edgeSpeed(): { x: number; y: number } {
    if (this.#placement === undefined) return { x: 0, y: 0 };
    return edgeSpeed(this.#room, this.#placement, this.#pointer.x, this.#pointer.y);
  }

  #look(view: View): void {
    this.#view = view;
    this.#place();
  }

  #place(): void {
    const { canvas, placed, preferences, resized } = this.#options;
    resized(this.viewport);
    const room = this.#room;
    if (this.#size === undefined || room.width === 0 || room.height === 0) return;
    const { scaling, smoothing } = preferences.value;
    this.#view = { ...this.#view, scaling };
    const placement = placePicture(room, this.#size, devicePixelRatio, this.#view, this.#covered);
    this.#placement = placement;
    // A size in whole pixels, scaled: fractional ones are rounded, each browser its own way, and a
    // row or a column of the picture is then shown twice.
    const { left, remote, scale, top } = placement;
    canvas.style.setProperty("width", `${remote.width}px`);
    canvas.style.setProperty("height", `${remote.height}px`);
    canvas.style.setProperty("transform", `translate(${left}px, ${top}px) scale(${scale})`);
    const blends = !placement.exact && smoothing === "smooth" &&
      !(placement.whole && scaling === "integer");
    canvas.classList.toggle("crisp", !blends);
    placed(placement);
  }

  /** Page zoom and moving to another monitor change the ratio, not always the size. */
  #watchPixelRatio(): void {
    const { signal } = this.#options;
    if (signal.aborted) return;
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
      this.#place();
      this.#watchPixelRatio();
    }, { once: true, signal });
  }
}
