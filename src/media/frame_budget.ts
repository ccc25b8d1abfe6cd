/**
 * How large the next frame may be.
 *
 * @module
 */

/**
 * A token bucket in real time: it fills at the target bitrate, up to one burst, and each frame takes out
 * what it used. A frame after a pause may use what the pause saved; frames at full rate get their even
 * share.
 *
 * Encoders model the same thing with a buffer (H.264 annex C), but count frames in place of time: at ten
 * changes a second they would use a sixth of what the network takes, and the text would stay blurred.
 */
export class FrameBudget {
  readonly #burstMs: number;
  readonly #shareMs: number;
  #kbit: number;
  #tokens: number;
  #lastMs: number | undefined;

  /**
   * @param kbit Target in kbit/s.
   * @param burstMs Milliseconds of the target that a single frame may use.
   * @param fps Most frames a second: a frame may always use its share of a second.
   */
  constructor(kbit: number, burstMs: number, fps: number) {
    this.#kbit = kbit;
    this.#burstMs = burstMs;
    this.#shareMs = 1000 / fps;
    this.#tokens = kbit * burstMs;
  }

  /** Changes the target. @param kbit In kbit/s. */
  setBitrate(kbit: number): void {
    this.#tokens *= kbit / this.#kbit;
    this.#kbit = kbit;
  }

  /**
   * Bits that a frame taken at a time may use.
   *
   * @param nowMs In milliseconds; never goes back.
   * @param keyframe A keyframe may use at least half a burst, however little was saved: it shows the
   * whole picture, and the next ones only what changed.
   */
  at(nowMs: number, keyframe = false): number {
    const elapsed = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = nowMs;
    // kbit/s are bits per millisecond.
    this.#tokens = Math.min(this.#tokens + elapsed * this.#kbit, this.#burstMs * this.#kbit);
    const leastMs = keyframe ? Math.max(this.#burstMs / 2, this.#shareMs) : this.#shareMs;
    return Math.max(this.#tokens, leastMs * this.#kbit);
  }

  /** Takes out what a frame used, in bits. */
  spend(bits: number): void {
    // One frame that is far too large does not silence the following ones for long.
    this.#tokens = Math.max(this.#tokens - bits, -this.#burstMs * this.#kbit);
  }
}
