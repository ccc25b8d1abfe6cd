/**
 * Round-trip times: the least one, and what queues add to it.
 *
 * The least one is that of the last ten seconds *in which something was under way*: a clock that stands
 * still while nothing is. So an idle hour forgets nothing, and one old, lucky round trip is not believed
 * for ever (BBR's windowed minimum, draft-ietf-ccwg-bbr, lives ten seconds of wall-clock time).
 *
 * @module
 */

import { type Milliseconds, milliseconds } from "./units.ts";

const BUCKET_MS = 1000;
const BUCKETS = 10;
const FLOOR_BUCKET_MS = 30_000;
/** The standing queue is the least of the last round trip, or of this. */
const MIN_STANDING_MS = 100;
/** How many round trips of single messages in a row must have been longer to be believed. */
const CONTRADICTIONS = 3;
const MIN_NOISE_MS = 1;
const MAX_NOISE_MS = 15;

/** What else was under way; see {@link RoundTrips.add}. */
export type Company = "alone" | "loose" | "unknown";

export class RoundTrips {
  /** Least round trips, each of a second of time under way, and when they were; the latest last. */
  #buckets: { rtt: number; at: number }[] = [];
  #bucketTime = 0;
  /** The same of 30 s each, which are forgotten by nothing but their age. */
  #floors: number[] = [Infinity];
  #floorTime = 0;
  #least: number | undefined;
  #seenAt = -Infinity;
  #latest: number | undefined;
  #latestAt = -Infinity;
  #noise = 2;
  /** Least queue delays of the running and the last window. */
  #standing = Infinity;
  #standingBefore = Infinity;
  #windowEnd = -Infinity;
  /** Round trips without a queue of ours that were all longer than the least one. */
  #longer: number[] = [];

  /** Undefined before the first. */
  get least(): Milliseconds | undefined {
    return this.#least === undefined ? undefined : milliseconds(this.#least);
  }

  /** The least of five minutes under way, whatever else is believed; undefined before the first. */
  get floor(): Milliseconds | undefined {
    return this.#least === undefined ? undefined : milliseconds(Math.min(...this.#floors));
  }

  /** When the path was last seen without a queue of ours; `-Infinity` before the first. */
  get seenAt(): Milliseconds {
    return milliseconds(this.#seenAt);
  }

  /** Undefined before the first. */
  get latest(): Milliseconds | undefined {
    return this.#latest === undefined ? undefined : milliseconds(this.#latest);
  }

  /** By how much the latest was longer than the least one. */
  get queueDelay(): Milliseconds {
    return milliseconds(Math.max((this.#latest ?? 0) - (this.#least ?? 0), 0));
  }

  /** The queue that did not go away during the last round trip; 0 if it is not known. */
  get standingDelay(): Milliseconds {
    const delay = Math.min(this.#standing, this.#standingBefore);
    return milliseconds(delay === Infinity ? 0 : delay);
  }

  /** By how much they differ without any queue of ours. */
  get noise(): Milliseconds {
    return milliseconds(this.#noise);
  }

  /**
   * Takes one into account.
   *
   * @param rtt Of something that was answered at once.
   * @param at When the answer came.
   * @param company What was under way with it: `alone`, next to nothing; `loose`, less than the path
   * holds without a queue, if its rate is known; `unknown`, maybe more.
   * @param own The part of it that our own octets before it took, as far as the rate is known.
   */
  add(rtt: Milliseconds, at: Milliseconds, company: Company, own = milliseconds(0)): void {
    const value = Math.max(rtt, 0.001);
    this.#advance(Math.min(value, at - this.#latestAt));
    this.#latest = value;
    this.#latestAt = at;
    this.#floors[0] = Math.min(this.#floors[0]!, value);
    const newest = this.#buckets.at(-1)!;
    if (value <= newest.rtt) Object.assign(newest, { rtt: value, at });
    this.#findLeast();
    if (company !== "unknown") {
      this.#seenAt = at;
      this.#compare(value - own);
    }
    if (company === "alone") this.#contradict(value);
    this.#stand(value, at);
  }

  /** The path is known to be so long now, whatever was seen before. */
  rebase(rtt: Milliseconds): void {
    this.#buckets = [{ rtt: Math.max(rtt, 0.001), at: this.#latestAt }];
    this.#bucketTime = 0;
    this.#findLeast();
    this.#longer = [];
    this.#standing = this.#standingBefore = Infinity;
    this.#windowEnd = -Infinity;
  }

  #findLeast(): void {
    const least = this.#buckets.reduce((a, b) => b.rtt <= a.rtt ? b : a);
    this.#least = least.rtt;
    this.#seenAt = Math.max(this.#seenAt, least.at);
  }

  /** Keeps the least delay of the running window. */
  #stand(rtt: number, at: number): void {
    if (at >= this.#windowEnd) {
      this.#standingBefore = at - this.#windowEnd > rtt + MIN_STANDING_MS
        ? Infinity
        : this.#standing;
      this.#standing = Infinity;
      this.#windowEnd = at + Math.max(rtt, MIN_STANDING_MS);
    }
    this.#standing = Math.min(this.#standing, rtt - this.#least!);
  }

  /** Lets time under way pass. */
  #advance(time: number): void {
    if (this.#buckets.length === 0) this.#buckets.push({ rtt: Infinity, at: -Infinity });
    this.#bucketTime += time;
    this.#floorTime += time;
    if (this.#floorTime >= FLOOR_BUCKET_MS) {
      this.#floorTime = 0;
      this.#floors = [Infinity, ...this.#floors.slice(0, BUCKETS - 1)];
    }
    if (this.#bucketTime < BUCKET_MS) return;
    this.#bucketTime = 0;
    this.#buckets.push({ rtt: Infinity, at: -Infinity });
    if (this.#buckets.length > BUCKETS) this.#buckets.shift();
  }

  /** What a round trip without a queue of ours is longer than the least one is noise. */
  #compare(rtt: number): void {
    const excess = Math.min(rtt - this.#least!, MAX_NOISE_MS);
    this.#noise += (Math.max(excess, MIN_NOISE_MS) - this.#noise) / 8;
  }

  /** A path that has become longer while it was idle shows it in the first messages after. */
  #contradict(rtt: number): void {
    if (rtt <= this.#least! + this.#noise + 5) {
      this.#longer = [];
      return;
    }
    this.#longer.push(rtt);
    if (this.#longer.length >= CONTRADICTIONS) this.rebase(milliseconds(Math.min(...this.#longer)));
  }
}
