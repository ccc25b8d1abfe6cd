/**
 * Lets what was played die away when there is suddenly nothing more, or something else: the last
 * milliseconds backwards, softer and softer. It begins at the sample that was last heard, so there is no
 * step and no click.
 *
 * @module
 */

/** In frames; 5 ms. */
const LENGTH = 240;
/** Holds what is played back while as much is played again. */
const MASK = 511;

export class TailFade {
  readonly #history: readonly Float32Array[];
  #at = 0;
  #start = 0;
  #left = 0;

  constructor(channels: number) {
    this.#history = Array.from({ length: channels }, () => new Float32Array(MASK + 1));
  }

  /** From now on nothing follows, or something else does. */
  start(): void {
    this.#start = this.#at;
    this.#left = LENGTH;
  }

  /** @returns The sample with what dies away; call it for each channel, then {@link advance}. */
  mix(channel: number, sample: number): number {
    const history = this.#history[channel]!;
    if (this.#left > 0) {
      const played = LENGTH - this.#left;
      sample += history[(this.#start - 1 - played) & MASK]! * (this.#left / LENGTH);
    }
    history[this.#at & MASK] = sample;
    return sample;
  }

  advance(): void {
    this.#at = (this.#at + 1) | 0;
    if (this.#left > 0) this.#left--;
  }
}
