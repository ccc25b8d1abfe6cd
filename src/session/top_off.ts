/**
 * Decides about the frames that are sent after the screen has fallen still.
 *
 * Rate control gives the last frame of a change few bits when much changed. Encoding the same
 * picture a few more times lets the encoder spend what it saved, so that text becomes sharp; when
 * the encoder has nothing left to add (its frames become tiny), or after `frames`, nothing more is
 * sent until the screen changes again. Frames that the network has kept small are not counted: on a slow
 * path there have to be more.
 */
export class TopOff {
  /** How long the screen must have been still before the first extra frame, in milliseconds. */
  static readonly QUIET_MS = 60;
  /**
   * Milliseconds between extra frames. What each may take of a slow path goes by the pause before it, so that
   * a change waits no longer for one of many small ones than for one of a few large ones.
   */
  static readonly INTERVAL_MS = 45;
  /** A frame of skipped macroblocks is below this many octets for each macroblock of 256 pixels. */
  static readonly TINY_OCTETS_PER_MACROBLOCK = 0.05;

  /** A frame that fills so much of what it may have would have been larger. */
  static readonly BOUNDED_PART = 0.7;
  /** So many frames are the end in any case. */
  static readonly MOST_BOUNDED = 150;

  readonly #frames: number;
  readonly #tinyOctets: number;
  #left = 0;
  #bounded = 0;
  #tinyInARow = 0;
  #dueAt = Infinity;

  /**
   * @param pixels in the picture.
   * @param frames at most so many extra frames after each change. Twelve make text sharp where each may have
   * 100 ms of the bit rate; a path that is not known yet lets them have a tenth of that at first.
   */
  constructor(pixels: number, frames = 40) {
    this.#frames = frames;
    this.#tinyOctets = Math.max(64, (pixels / 256) * TopOff.TINY_OCTETS_PER_MACROBLOCK);
  }

  /** When the next extra frame is due, in milliseconds; `Infinity` when none is. */
  get dueAt(): number {
    return this.#left > 0 ? this.#dueAt : Infinity;
  }

  /** A changed picture was encoded at `now`. */
  changed(now: number): void {
    this.#left = this.#frames;
    this.#bounded = 0;
    this.#tinyInARow = 0;
    this.#dueAt = now + TopOff.QUIET_MS;
  }

  /**
   * An extra frame was encoded at `now` into so many octets.
   *
   * @param most octets that it was allowed.
   */
  refined(now: number, octets: number, most = Infinity): void {
    const bounded = octets >= most * TopOff.BOUNDED_PART && octets > this.#tinyOctets;
    if (!bounded || ++this.#bounded > TopOff.MOST_BOUNDED) this.#left--;
    this.#tinyInARow = octets <= this.#tinyOctets ? this.#tinyInARow + 1 : 0;
    if (this.#tinyInARow >= 2) this.#left = 0;
    this.#dueAt = now + TopOff.INTERVAL_MS;
  }

  /** Nothing more is due until the next change. */
  stop(): void {
    this.#left = 0;
  }
}
