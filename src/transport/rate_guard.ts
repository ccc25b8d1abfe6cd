import { LimitExceededError } from "../protocol/errors.ts";

export interface RateGuardOptions {
  /** Of what, in the plural, for the error. */
  readonly what: string;
  /** The most in a second, on the long run. */
  readonly perSecond: number;
  /** The most at once. */
  readonly burst: number;
  /** Monotonic ms. */
  readonly now: () => number;
}

/** Counts what a peer may send, but not without end (a token bucket). */
export class RateGuard {
  readonly #options: RateGuardOptions;
  #left: number;
  #at: number;

  constructor(options: RateGuardOptions) {
    this.#options = options;
    this.#left = options.burst;
    this.#at = options.now();
  }

  /** @throws {LimitExceededError} if this is one too many. */
  count(): void {
    const { what, perSecond, burst, now } = this.#options;
    const at = now();
    this.#left = Math.min(this.#left + (at - this.#at) * perSecond / 1000, burst);
    this.#at = at;
    if (this.#left < 1) {
      throw new LimitExceededError(`There are over ${perSecond} ${what} a second`);
    }
    this.#left--;
  }
}
