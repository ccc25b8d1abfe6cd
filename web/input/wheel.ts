/**
 * Wheel events in 120ths of a notch, the unit of every operating system's high-resolution wheels,
 * whatever the browser counts in.
 *
 * @module
 */

/** What is read of a `WheelEvent`. */
export interface WheelLike {
  readonly deltaX: number;
  readonly deltaY: number;
  /** 0 pixels, 1 lines, 2 pages (UI Events, `WheelEvent.deltaMode`). */
  readonly deltaMode: number;
  /** Chromium and WebKit: 120 for a notch of a mouse wheel, upwards positive. */
  readonly wheelDeltaX?: number;
  readonly wheelDeltaY?: number;
}

/** Positive is right and down, in 120ths of a notch; whole numbers. */
export interface WheelSteps {
  readonly dx: number;
  readonly dy: number;
}

/** 120ths for one unit of each `deltaMode`: 100 pixels, 3 lines, or a third of a page is a notch. */
const UNITS = [120 / 100, 120 / 3, 120 * 3] as const;
/** No hand turns a wheel by more between two events; also what the wire holds (int16). */
const MOST = 32_760;

/** Turns events into whole steps, and keeps the fraction for the next one. */
export class WheelAccumulator {
  #restX = 0;
  #restY = 0;

  /** @returns What to scroll by now; both may be 0 while fractions add up. */
  add(event: WheelLike): WheelSteps {
    // Read first: Firefox tells lines only to those who ask before they look at the deltas.
    const mode = event.deltaMode;
    this.#restX += axis(event.deltaX, mode, event.wheelDeltaX);
    this.#restY += axis(event.deltaY, mode, event.wheelDeltaY);
    const dx = clamp(Math.trunc(this.#restX));
    const dy = clamp(Math.trunc(this.#restY));
    this.#restX -= Math.trunc(this.#restX);
    this.#restY -= Math.trunc(this.#restY);
    return { dx, dy };
  }

  /** Forgets fractions, when the pointer has left. */
  reset(): void {
    this.#restX = 0;
    this.#restY = 0;
  }
}

function axis(delta: number, mode: number, wheelDelta: number | undefined): number {
  if (!Number.isFinite(delta) || delta === 0) return 0;
  // Pixels a notch differ by platform and settings (53 to 120); where the browser also says
  // notches, believe it. For touchpads they say three times the pixels there, or no multiple of 120.
  const isNotches = mode === 0 && wheelDelta !== undefined && wheelDelta !== 0 &&
    wheelDelta % 120 === 0 && wheelDelta !== -3 * delta;
  if (isNotches) return -wheelDelta;
  return clamp(delta * (UNITS[mode] ?? UNITS[0]));
}

function clamp(steps: number): number {
  // Adding 0 turns -0 into 0, which the events' own zeros may be.
  return Math.min(Math.max(steps, -MOST), MOST) + 0;
}
