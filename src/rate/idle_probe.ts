/**
 * When to send padding, to learn what an idle path can do.
 *
 * Frames measure the path by themselves (see {@link BusyRate}), so padding is for one case only: the path
 * was slow for a while, or its other end busy, and nothing is sent since from which it could be seen that
 * the path has become fast again: nothing at all, or frames that are too small to measure anything, as they
 * are made for a slow path. The next page would come in the size for a slow path.
 *
 * A probe is a train that is just long enough to measure. It is sent only into an empty path, once a second
 * at first, then half as often after each one that has shown nothing new; and again soon after one that has.
 *
 * @module
 */

import type { BytesPerSecond, Milliseconds } from "./units.ts";

const MIN_INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 64_000;
const NEWS_INTERVAL_MS = 150;
/** Of a path that is so much below what it once did, as after an outage, it is asked sooner. */
const DEEP_DOUBT = 0.25;
const DOUBT_INTERVAL_MS = 250;
/** What is so much below what the path once did is in doubt. */
const DOUBT = 0.8;
/** A rise by so much is news. */
const NEWS = 1.1;

export class IdleProbe {
  #best = 0;
  #interval = MIN_INTERVAL_MS;
  #probedAt = -Infinity;
  /** The rate before the last probe; 0 before the first and once it was judged. */
  #before = 0;

  /** The path is now believed to have that rate. */
  learnt(rate: BytesPerSecond): void {
    this.#best = Math.max(this.#best, rate);
    if (rate < this.#before / NEWS || rate > this.#before * NEWS) this.#interval = MIN_INTERVAL_MS;
  }

  /**
   * When the next probe is due if the path stays idle; `Infinity` if none is.
   *
   * @param rate What the path is believed to have.
   * @param enough More than that is of no use.
   * @param measuredAt When the path was last measured.
   */
  dueAt(rate: BytesPerSecond, enough: BytesPerSecond, measuredAt: number): number {
    if (rate >= enough || rate >= this.#best * DOUBT) return Infinity;
    // What a probe has raised by its mere passing, the next one may raise again.
    if (this.#before > 0 && rate > this.#before * NEWS) return this.#probedAt + NEWS_INTERVAL_MS;
    const least = rate < this.#best * DEEP_DOUBT ? DOUBT_INTERVAL_MS : MIN_INTERVAL_MS;
    const interval = this.#interval === MIN_INTERVAL_MS ? least : this.#interval;
    return Math.max(this.#probedAt + interval, measuredAt + least);
  }

  /** A probe is being sent. */
  sent(now: Milliseconds, rate: BytesPerSecond): void {
    if (this.#before > 0 && rate < this.#before * NEWS) {
      this.#interval = Math.min(this.#interval * 2, MAX_INTERVAL_MS);
    }
    this.#before = rate;
    this.#probedAt = now;
  }
}
