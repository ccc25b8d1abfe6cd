/**
 * When to send padding, to learn what an idle path can do.
 *
 * Frames measure the path by themselves (see {@link BusyRate}), so padding is for one case only: the path
 * was slow for a while, what was to be shown has been shown since, and nothing is sent from which it could
 * be seen that the path has become fast again. The next page would come in the size for a slow path.
 *
 * A probe is a train that is just long enough to measure. It is sent only into an idle path, once a second
 * at first, then half as often after each one that has shown nothing new.
 *
 * @module
 */

import type { BytesPerSecond, Milliseconds } from "./units.ts";

const MIN_INTERVAL_MS = 1000;
const MAX_INTERVAL_MS = 64_000;
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
   * @param idleSince When a frame was last taken.
   */
  dueAt(rate: BytesPerSecond, enough: BytesPerSecond, idleSince: number): number {
    if (rate >= enough || rate >= this.#best * DOUBT) return Infinity;
    return Math.max(this.#probedAt + this.#interval, idleSince + MIN_INTERVAL_MS);
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
