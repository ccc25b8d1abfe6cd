/**
 * How old a moving picture is when it is seen.
 *
 * @module
 */

import { median } from "../worker/latency.ts";

/** Frames of the last so many ms count. */
const WINDOW = 1_000;
/** Fewer frames than this in the window are no moving picture. */
const MOVING = 5;

export class PictureAge {
  #ages: { at: number; age: number }[] = [];

  /**
   * @param age From the change on the screen to the frame being seen, in ms.
   * @param at When it was seen.
   */
  add(age: number, at: number): void {
    this.#ages.push({ at, age });
    this.#forget(at);
  }

  /** The usual age of the last second's frames; undefined while nothing moves. */
  at(now: number): number | undefined {
    this.#forget(now);
    if (this.#ages.length < MOVING) return undefined;
    return median(this.#ages.map(({ age }) => age));
  }

  #forget(now: number): void {
    while (this.#ages.length > 0 && this.#ages[0]!.at < now - WINDOW) this.#ages.shift();
  }
}
