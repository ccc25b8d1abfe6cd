/**
 * Holds the frame rate under a cap without a clock: a frame that comes after a pause never waits.
 *
 * It is the generic cell rate algorithm (ITU-T I.371): each frame moves a theoretical arrival time
 * on by one interval, and a frame may come up to `burst` intervals before it. The click that lands
 * between two frames of a moving picture is therefore taken at once, while the average holds.
 */
export class FramePacer {
  /** The part of the burst that frames may use for which nobody waits. */
  static readonly CALM_PART = 0.3;

  readonly #most: number;
  readonly #burst: number;
  #interval: number;
  #theoreticalArrival = -Infinity;

  /**
   * @param framesPerSecond the cap on the average rate.
   * @param burst how many intervals early a frame may come, 0 or more.
   */
  constructor(framesPerSecond: number, burst = 1) {
    if (!(framesPerSecond > 0)) {
      throw new TypeError(`Frames per second must be above 0, got ${framesPerSecond}`);
    }
    this.#most = framesPerSecond;
    this.#burst = burst;
    this.#interval = 1000 / framesPerSecond;
  }

  /** Holds the average rate under another cap from the next frame on, if it is a lower one. */
  setRate(framesPerSecond: number): void {
    this.#interval = 1000 / Math.min(framesPerSecond, this.#most);
  }

  /**
   * Milliseconds to wait before a frame may be taken at `now`; 0 when it may be taken at once.
   *
   * @param urgent whether somebody waits for it. Of a rate that was lowered, as for a slow path, a part of
   * the burst is kept for such a frame: motion would use up all of it.
   */
  delay(now: number, urgent = true): number {
    const lowered = this.#interval > 1000 / this.#most;
    const burst = urgent || !lowered ? this.#burst : this.#burst * FramePacer.CALM_PART;
    return Math.max(0, this.#theoreticalArrival - burst * this.#interval - now);
  }

  /** There was no frame to be taken after all. */
  missed(): void {
    this.#theoreticalArrival -= this.#interval;
  }

  /** Notes that a frame was taken at `now`, in milliseconds. */
  taken(now: number): void {
    this.#theoreticalArrival = Math.max(now, this.#theoreticalArrival) + this.#interval;
  }
}
