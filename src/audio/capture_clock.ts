/**
 * When sound was made, by this process's own clock.
 *
 * A recording counts samples; when each packet gets here says how that count and our clock lie to each
 * other, but for the delays on the way. The packets that came quickest know best.
 *
 * @module
 */

/** Packets of so many microseconds are compared, and then as many more. */
const BUCKET_US = 5_000_000;
/** How fast the estimate may grow when the two clocks differ: 0.1 %, ten times what quartz does. */
const MOST_GROWTH = 1e-3;
/** How much sooner than expected a packet may have got here, in microseconds. */
const EARLY_US = 2000;

/** All times are microseconds. */
export class CaptureClock {
  #bucket = { since: -Infinity, least: Infinity };
  #before = Infinity;
  /** Our clock minus the recording's. */
  #offset: number | undefined;
  #last = 0;

  /**
   * @param position Where the packet's first sample is in the recording.
   * @param duration The packet's.
   * @param arrived When it got here, by the clock wanted: after its last sample was made.
   * @param step If the recording has paused since the packet before: its positions are multiples of this,
   * from that packet's on. An encoder fills its last, unfinished packet with what comes after the pause, and
   * places it before.
   * @returns When its first sample was made, by that clock.
   */
  captured(position: number, duration: number, arrived: number, step?: number): number {
    if (step !== undefined && this.#offset !== undefined) {
      const late = arrived - duration - position - this.#offset;
      position += Math.max(0, Math.floor((late + EARLY_US) / step)) * step;
    }
    const offset = arrived - duration - position;
    if (arrived - this.#bucket.since > BUCKET_US) {
      this.#before = this.#bucket.least;
      this.#bucket = { since: arrived, least: offset };
    }
    this.#bucket.least = Math.min(this.#bucket.least, offset);
    const least = Math.min(this.#bucket.least, this.#before);
    const growth = Math.max(0, arrived - this.#last) * MOST_GROWTH;
    this.#offset = this.#offset === undefined ? least : Math.min(least, this.#offset + growth);
    this.#last = arrived;
    return Math.max(0, position + this.#offset);
  }
}
