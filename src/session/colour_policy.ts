/** Rates in kbit/s, times in milliseconds. */
export interface ColourEvidence {
  readonly now: number;
  /** What the path of who controls the desktop is thought to carry; undefined while nobody knows. */
  readonly rate: number | undefined;
  /** What the picture takes. */
  readonly needed: number;
}

/**
 * Decides whether there is room for the colour of each pixel, which takes some more bits: not while the
 * text could be sharp earlier without it.
 */
export class ColourPolicy {
  /**
   * Room, and no room any more: in kbit/s, and how many times what the picture takes. A path is not known
   * to carry much more than it was ever given, and a desktop gives it little.
   */
  static readonly ENOUGH_KBIT = 3000;
  static readonly ENOUGH = 3;
  static readonly TOO_LITTLE_KBIT = 2000;
  static readonly TOO_LITTLE = 1.3;
  /**
   * For so long before anything changes, since a change takes a keyframe; twice as long for there to be room
   * again each time that there was none any more.
   */
  static readonly SURE_MS = 3000;
  static readonly LONGEST_MS = 400_000;

  #full = false;
  #untilFull = ColourPolicy.SURE_MS;
  #since: number | undefined;

  /** Whether there is room. */
  get full(): boolean {
    return this.#full;
  }

  /** @returns whether that has changed. */
  note({ now, rate = NaN, needed }: ColourEvidence): boolean {
    // Nothing is more or less than what nobody knows.
    const otherwise = this.#full
      ? rate < Math.max(ColourPolicy.TOO_LITTLE_KBIT, needed * ColourPolicy.TOO_LITTLE)
      : rate >= Math.max(ColourPolicy.ENOUGH_KBIT, needed * ColourPolicy.ENOUGH);
    this.#since = otherwise ? this.#since ?? now : undefined;
    const wait = this.#full ? ColourPolicy.SURE_MS : this.#untilFull;
    if (this.#since === undefined || now - this.#since < wait) return false;
    this.#since = undefined;
    if (this.#full) this.#untilFull = Math.min(this.#untilFull * 2, ColourPolicy.LONGEST_MS);
    this.#full = !this.#full;
    return true;
  }
}
