/**
 * How much faster or slower to play, so that the delay stays what it should be although the clocks of
 * the two sides differ. A proportional-integral controller; what it integrates is the drift.
 *
 * @module
 */

/** The most that playing is sped up or slowed down: nine cents, and only for seconds. */
export const MOST_CORRECTION = 0.005;
/** Quartz clocks differ by less. */
const MOST_DRIFT = 0.001;
/** Seconds in which an error is played away, but for the limit. */
const SETTLING = 8;
/** Seconds in which a lasting error is taken for drift. */
const LEARNING = 45;
/** Errors above this are events and say nothing of the drift; in seconds. */
const EVENT = 0.005;
/** Seconds in which the speed follows, so that no step of the pitch is heard. */
const SMOOTHING = 0.4;

export class DriftController {
  #drift = 0;
  #correction = 0;

  /** How much faster the stream comes than it is played at speed 1; 1e-6 is 1 ppm. */
  get drift(): number {
    return this.#drift;
  }

  /** What is added to the speed of 1. */
  get correction(): number {
    return this.#correction;
  }

  /**
   * @param error How much the delay is too long, in seconds.
   * @param elapsed Since the last call, in seconds.
   */
  update(error: number, elapsed: number): void {
    const wanted = clamp(error / SETTLING + this.#drift, MOST_CORRECTION);
    if (Math.abs(error) < EVENT) {
      this.#drift = clamp(this.#drift + error / SETTLING * (elapsed / LEARNING), MOST_DRIFT);
    }
    this.#correction += (wanted - this.#correction) * Math.min(1, elapsed / SMOOTHING);
  }
}

function clamp(value: number, most: number): number {
  return Math.min(Math.max(value, -most), most);
}
