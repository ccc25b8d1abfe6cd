/**
 * Whether a path in reserve is good enough to be taken: it has answered every time for a while, and as
 * quickly as the active one does, which is asked at the same times.
 *
 * @module
 */

import { median } from "./latency.ts";

/** A path is as quick if its round trip is at most so many times as long, and so many ms more. */
const TOLERANCE = { times: 1.5, ms: 30 } as const;

export class PathProof {
  readonly #wanted: number;
  #own: number[] = [];
  #other: number[] = [];
  #failures = 0;

  /** @param wanted How many answers in a row. */
  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  /** How often all answers came, and too late to count. */
  get failures(): number {
    return this.#failures;
  }

  /** The path's round-trip time, of the answers that count; in ms. */
  get rtt(): number | undefined {
    return median(this.#own);
  }

  /**
   * Takes the answers to one question; each is a round-trip time in ms, undefined if none came.
   *
   * @param own By the path itself.
   * @param other By the active path.
   * @returns Whether the path is good enough.
   */
  add(own: number | undefined, other: number | undefined): boolean {
    if (own === undefined) {
      this.#own = [];
      this.#other = [];
      return false;
    }
    this.#own.push(own);
    if (other !== undefined) this.#other.push(other);
    if (this.#own.length < this.#wanted) return false;
    const limit = (median(this.#other) ?? Infinity) * TOLERANCE.times + TOLERANCE.ms;
    if ((this.rtt ?? Infinity) <= limit) return true;
    this.#failures++;
    this.#own = [];
    this.#other = [];
    return false;
  }
}
