/**
 * Samples by their position in the stream: the last few seconds of them.
 *
 * @module
 */

/** Frames that are held: 2.7 s at 48 kHz. A power of two, so that a mask finds the place. */
const CAPACITY = 1 << 17;
const MASK = CAPACITY - 1;
/** Of what stands in for lost frames: how much is repeated, and how long until it is silent. 10, 20 ms. */
const MIRROR = 480;
const DECAY = 960;
/** In which frames come in after a gap; 2 ms. */
const FADE_IN = 96;

export class SampleRing {
  static readonly CAPACITY = CAPACITY;
  readonly #channels: readonly Float32Array[];
  /** The position after the last frame that was written. */
  end = 0;

  /** @param channels How many; what is written with fewer is played on all. */
  constructor(channels: number) {
    this.#channels = Array.from({ length: channels }, () => new Float32Array(CAPACITY));
  }

  /** Where each channel's samples are; position p is at `p & mask`. */
  get channels(): readonly Float32Array[] {
    return this.#channels;
  }

  get mask(): number {
    return MASK;
  }

  /** Goes on at another position, with silence before it. */
  restart(position: number): void {
    for (const samples of this.#channels) samples.fill(0);
    this.end = position;
  }

  /**
   * Appends frames.
   *
   * @param channels One array for each channel, all of the same length.
   */
  append(channels: readonly Float32Array[]): void {
    const { length } = channels[0]!;
    for (const [index, samples] of this.#channels.entries()) {
      const source = channels[index] ?? channels[0]!;
      const start = this.end & MASK;
      const first = Math.min(length, CAPACITY - start);
      samples.set(source.subarray(0, first), start);
      if (first < length) samples.set(source.subarray(first), 0);
    }
    this.end += length;
  }

  /**
   * Appends frames after a gap, which is filled with what was before it, backwards and forwards and
   * softer and softer; the frames come in over that. With no gap they just come in.
   *
   * @param gap In frames, 0 or more.
   */
  bridge(gap: number, channels: readonly Float32Array[]): void {
    const from = this.end;
    for (const samples of this.#channels) {
      for (let i = 0; i < gap + FADE_IN; i++) {
        const turn = i % (2 * MIRROR);
        const back = turn < MIRROR ? turn : 2 * MIRROR - 1 - turn;
        const gain = Math.max(0, 1 - i / DECAY);
        samples[(from + i) & MASK] = gain === 0 ? 0 : gain * samples[(from - 1 - back) & MASK]!;
      }
    }
    this.end += gap;
    const { length } = channels[0]!;
    for (const [index, samples] of this.#channels.entries()) {
      const source = channels[index] ?? channels[0]!;
      for (let i = 0; i < length; i++) {
        const place = (this.end + i) & MASK;
        const weight = Math.min(1, (i + 1) / FADE_IN);
        samples[place] = samples[place]! * (1 - weight) + source[i]! * weight;
      }
    }
    this.end += length;
  }

  /** Puts silence after the end without moving it, for a filter that looks ahead. */
  clearAhead(frames: number): void {
    for (const samples of this.#channels) {
      for (let i = 0; i < frames; i++) samples[(this.end + i) & MASK] = 0;
    }
  }
}
