/**
 * How long to wait between attempts: doubling, bounded, and with jitter, so that the viewers of a
 * server that comes back do not all knock at once.
 *
 * @module
 */

export interface BackoffOptions {
  /** The first delay in milliseconds; 250 unless told. */
  readonly first?: number;
  /** The longest delay in milliseconds; 5000 unless told. */
  readonly most?: number;
  /** How much of a delay is random, 0 to 1; 0.3 unless told. */
  readonly jitter?: number;
  /** 0 (inclusive) to 1 (exclusive); for tests. */
  readonly random?: () => number;
}

export class Backoff {
  readonly #first: number;
  readonly #most: number;
  readonly #jitter: number;
  readonly #random: () => number;
  #attempts = 0;

  constructor(options: BackoffOptions = {}) {
    this.#first = options.first ?? 250;
    this.#most = options.most ?? 5000;
    this.#jitter = options.jitter ?? 0.3;
    this.#random = options.random ?? Math.random;
  }

  /** Delays given since the last {@link reset}. */
  get attempts(): number {
    return this.#attempts;
  }

  /** @returns The next delay in milliseconds; never more than the longest. */
  next(): number {
    // 2^attempts overflows to Infinity long after the minimum has settled it.
    const full = Math.min(this.#most, this.#first * 2 ** this.#attempts++);
    return full * (1 - this.#jitter * this.#random());
  }

  /** After a success. */
  reset(): void {
    this.#attempts = 0;
  }
}
