/**
 * Chooses the quantizer of the next frame, for encoders that keep to one but not to a frame's size.
 *
 * @module
 */

/** Bits a pixel of new text, by libvpx's quantizer of 0 to 63; measured with VP9, and AV1's are the same. */
const COST = [
  [0, 3.2],
  [8, 2.65],
  [10, 2.59],
  [15, 2.46],
  [20, 2.17],
  [30, 1.79],
  [40, 1.18],
  [50, 0.6],
  [60, 0.216],
  [63, 0.15],
] as const;

/** What a pixel of {@link COST} costs at a quantizer. */
function cost(quantizer: number): number {
  let [from, high]: readonly [number, number] = COST[0];
  for (const [to, low] of COST) {
    if (quantizer <= to) {
      return to === from ? high : high + (low - high) * (quantizer - from) / (to - from);
    }
    [from, high] = [to, low];
  }
  return high;
}

const COSTS = Float64Array.from({ length: 64 }, (_, quantizer) => cost(quantizer));

/** New pixels cost twice as much as those of a keyframe, much of which is empty on most screens. */
const KEYFRAME_SHARE = 0.5;
/** Changes of a smaller part of the picture say little about the next large one. */
const TELLING_SHARE = 0.05;
/** Large changes that are remembered: the dearest of them counts. */
const REMEMBERED = 6;
/** A frame may turn out this much larger than thought. */
const MARGIN = 1.15;

/** A part of the picture, by the quantizer it was encoded with last. */
interface Coarse {
  pixels: number;
  quantizer: number;
}

/** What is known of the next frame. */
export interface NextFrame {
  /** Most bits. */
  readonly bits: number;
  /** Pixels that have changed since the last frame. */
  readonly changedPixels: number;
  readonly keyframe: boolean;
}

/**
 * Predicts the size of a frame at each quantizer, of what has changed and of what was encoded more coarsely
 * before and is now refined, and takes the finest that fits.
 *
 * A pixel's bits follow a fixed course over the quantizers; how dear the screen's contents are is learnt
 * from the frames as they come out.
 */
export class QuantizerControl {
  readonly #best: number;
  readonly #worst: number;
  readonly #pixels: number;
  readonly #dearness: number[] = [];
  #coarse: Coarse[] = [];
  #last: { quantizer: number; cost: number; share: number } | undefined;

  /**
   * @param pixels Of the picture.
   * @param best Finest quantizer, from 0.
   * @param worst Coarsest, up to 63.
   */
  constructor(pixels: number, best: number, worst: number) {
    this.#pixels = pixels;
    this.#best = best;
    this.#worst = worst;
  }

  /** @returns The quantizer of the next frame. */
  choose({ bits, changedPixels, keyframe }: NextFrame): number {
    const changed = keyframe
      ? this.#pixels * KEYFRAME_SHARE
      : Math.min(Math.max(changedPixels, 0), this.#pixels);
    if (keyframe) this.#coarse = [];
    const dearness = this.#dearness.length === 0 ? 1 : Math.max(...this.#dearness);
    const worst = changed > 0 ? this.#worst : this.#coarsest() - 1;
    let quantizer = this.#best;
    let size = this.#size(quantizer, changed);
    while (quantizer < worst && size * dearness * MARGIN > bits) {
      size = this.#size(++quantizer, changed);
    }
    this.#last = { quantizer, cost: size, share: changed / this.#pixels };
    this.#place(changed, quantizer);
    return quantizer;
  }

  /** The frame that was chosen for has come out. @param bits Its size. */
  spend(bits: number): void {
    if (this.#last === undefined || this.#last.share < TELLING_SHARE) return;
    this.#dearness.push(Math.min(Math.max(bits / this.#last.cost, 0.02), 8));
    if (this.#dearness.length > REMEMBERED) this.#dearness.shift();
  }

  /**
   * Of what there is to refine. A frame for that alone gets finer in any case: who sees a frame with nothing
   * in it takes the picture for finished.
   */
  #coarsest(): number {
    return this.#coarse.reduce((most, { quantizer }) => Math.max(most, quantizer), this.#best);
  }

  /** Bits of text. */
  #size(quantizer: number, changed: number): number {
    const own = COSTS[quantizer]!;
    let sum = changed * own;
    for (const coarse of this.#coarse) {
      sum += coarse.pixels * Math.max(0, own - COSTS[coarse.quantizer]!);
    }
    return sum;
  }

  /** The whole frame is encoded with one quantizer: what was coarser is now as fine. */
  #place(changed: number, quantizer: number): void {
    let same = changed;
    let room = this.#pixels - changed;
    const rest: Coarse[] = [];
    // The newest first: what it covers of the older ones is not known, but the picture is only so large.
    for (const coarse of this.#coarse) {
      const pixels = Math.min(coarse.pixels, room);
      room -= pixels;
      if (coarse.quantizer >= quantizer) same += pixels;
      else if (pixels > 0) rest.push({ ...coarse, pixels });
    }
    this.#coarse = quantizer > this.#best ? [{ pixels: same, quantizer }, ...rest] : [];
  }
}
