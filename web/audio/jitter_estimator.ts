/**
 * How late packets come, by the clock that they are played by.
 *
 * A packet's lateness is when it got here minus its position in the stream. Only differences mean
 * anything: between packets, and to the delay with which the stream is played. Whatever delays a
 * packet counts, from the sound server to the browser's own threads, and so does an audio thread that
 * takes its samples in large batches: packets that come in between all come at the next batch.
 *
 * @module
 */

/** Packets that are remembered: 12 s of 10 ms. */
const WINDOW = 1200;
/** Packets between two looks. */
const INTERVAL = 25;
/** So many of the latest do not count for "most", and a smaller share while few are known. */
const STRAGGLERS = 6;
const STRAGGLERS_SHARE = 0.03;

export class JitterEstimator {
  readonly #lateness = new Float64Array(WINDOW);
  readonly #sorted = new Float64Array(WINDOW);
  #count = 0;
  #next = 0;
  #until = 0;

  /** The lateness of the quickest, of most, and of the latest of the packets remembered; in frames. */
  least = 0;
  most = 0;
  latest = 0;

  /** How many packets are remembered. */
  get count(): number {
    return this.#count;
  }

  /** @param lateness In frames. */
  add(lateness: number): void {
    this.#lateness[this.#next] = lateness;
    this.#next = (this.#next + 1) % WINDOW;
    this.#count = Math.min(this.#count + 1, WINDOW);
    if (this.#count === 1) this.least = this.latest = this.most = lateness;
    // What makes a difference at once does so at once; the rest can wait.
    if (lateness > this.latest) this.latest = lateness;
    if (lateness < this.least) this.least = lateness;
    if (--this.#until <= 0 || this.#count < INTERVAL) this.#look();
  }

  /** Forgets all: what was remembered says nothing about what comes. */
  reset(): void {
    this.#count = this.#next = this.#until = 0;
  }

  /**
   * The clocks have gone apart while nothing came, or the connection is another: what is remembered
   * holds, but from here.
   *
   * @param lateness Of the first packet that comes again.
   */
  rebase(lateness: number): void {
    if (this.#count === 0) return;
    this.#look();
    const shift = lateness - this.#sorted[this.#count >> 1]!;
    for (let i = 0; i < this.#count; i++) this.#lateness[i]! += shift;
    this.#look();
  }

  #look(): void {
    this.#until = INTERVAL;
    const sorted = this.#sorted.subarray(0, this.#count);
    sorted.set(this.#lateness.subarray(0, this.#count));
    sorted.sort();
    this.least = sorted[0]!;
    const stragglers = Math.min(STRAGGLERS, Math.floor(this.#count * STRAGGLERS_SHARE));
    this.most = sorted[this.#count - 1 - stragglers]!;
    this.latest = sorted[this.#count - 1]!;
  }
}
