/**
 * With how much delay to play: enough for the packets that come late, and no more.
 *
 * @module
 */

import type { JitterEstimator } from "./jitter_estimator.ts";

/** What {@link DelayTarget} is made with; all in frames of the stream, at 48 kHz. */
export interface DelayLimits {
  /** The least buffer: threads of a busy browser are late by tens of milliseconds now and then. */
  readonly least: number;
  /** Up to here the buffer covers every packet of the last seconds. */
  readonly usual: number;
  /** Up to here it covers most packets. Beyond, a gap is better than more delay. */
  readonly most: number;
  /** The buffer before anything is known. */
  readonly initial: number;
}

const MS = 48;

export const DELAY_LIMITS: DelayLimits = {
  least: 30 * MS,
  usual: 60 * MS,
  most: 200 * MS,
  initial: 40 * MS,
};

/** Packets after which the estimate is better than a guess. */
const KNOWN_AFTER = 50;
/** How much the target may fall, in frames a frame: slower than playing faster can follow. */
const FALL = 0.004;

export class DelayTarget {
  readonly #limits: DelayLimits;
  readonly #margin: number;
  #buffer: number;
  /** More delay than the buffer takes, for the sake of the picture; in frames. */
  extra = 0;

  /** @param margin What has to be there before it is played: a render quantum and half a filter. */
  constructor(margin: number, limits: DelayLimits = DELAY_LIMITS) {
    this.#limits = limits;
    this.#margin = margin;
    this.#buffer = limits.initial;
  }

  /** What is added to the quickest packet's lateness; in frames. */
  get buffer(): number {
    return this.#buffer;
  }

  /** Starts again from what is a good guess. */
  reset(): void {
    this.#buffer = this.#limits.initial;
  }

  /**
   * Takes a look at the estimate.
   *
   * @param elapsed Frames since the last look.
   * @returns The delay to play with: the lateness that a packet may have; in frames.
   */
  update(jitter: JitterEstimator, elapsed: number): number {
    const wanted = this.#wanted(jitter);
    this.#buffer = Math.max(wanted, this.#buffer - elapsed * FALL);
    return jitter.least + this.#buffer + this.extra;
  }

  #wanted({ least, most, latest, count }: JitterEstimator): number {
    const { initial, usual, most: limit, least: floor } = this.#limits;
    const all = Math.min(latest - least + this.#margin, usual);
    const nearlyAll = Math.min(most - least + this.#margin, limit);
    return Math.max(all, nearlyAll, count < KNOWN_AFTER ? initial : floor);
  }
}
