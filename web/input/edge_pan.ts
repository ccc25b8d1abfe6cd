/**
 * Moves a picture that is larger than its room, while the pointer pushes against an edge of it.
 *
 * @module
 */

import type { Placement, Rectangle } from "./pointer_mapping.ts";

/** How near to the edge pushing begins; CSS pixels. */
const MARGIN = 24;
/** CSS pixels a second at the very edge. */
const SPEED = 1500;

/** @returns How fast the picture is to move; CSS pixels a second, positive to the right and down. */
export function edgeSpeed(
  room: Rectangle,
  placement: Placement,
  clientX: number,
  clientY: number,
): { x: number; y: number } {
  return {
    x: along(clientX - room.left, room.width, placement.left - room.left, placement.width),
    y: along(clientY - room.top, room.height, placement.top - room.top, placement.height),
  };
}

function along(at: number, room: number, start: number, size: number): number {
  if (at < MARGIN && start < 0) return SPEED * Math.min(1, (MARGIN - at) / MARGIN);
  const rest = room - at;
  if (rest < MARGIN && start + size > room) return -SPEED * Math.min(1, (MARGIN - rest) / MARGIN);
  return 0;
}

export interface EdgePanOptions {
  /** @returns How fast to move now; as {@link edgeSpeed}. */
  speed(): { readonly x: number; readonly y: number };
  pan(dx: number, dy: number): void;
  readonly signal: AbortSignal;
}

/** Moves with the screen's frames, and only while something moves. */
export class EdgePan {
  readonly #options: EdgePanOptions;
  #frame: number | undefined;
  #last = 0;

  constructor(options: EdgePanOptions) {
    this.#options = options;
    options.signal.addEventListener("abort", () => this.stop(), { once: true });
  }

  /** The pointer has moved: it may push now. */
  start(): void {
    if (this.#frame !== undefined) return;
    const { x, y } = this.#options.speed();
    if (x === 0 && y === 0) return;
    this.#last = performance.now();
    this.#frame = requestAnimationFrame((now) => this.#step(now));
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
  }

  #step(now: number): void {
    const seconds = Math.min(Math.max(now - this.#last, 0), 50) / 1000;
    this.#last = now;
    const { x, y } = this.#options.speed();
    this.#frame = undefined;
    if (x === 0 && y === 0) return;
    this.#options.pan(x * seconds, y * seconds);
    this.#frame = requestAnimationFrame((now) => this.#step(now));
  }
}
