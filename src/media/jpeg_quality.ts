/**
 * How good JPEG images may be, so that a frame of them is as large as it may be.
 *
 * @module
 */

/** Worse than this, text is not legible. */
const WORST = 25;
/** Better than this, 4:2:0 is what one sees of the loss. */
export const BEST = 90;

/** How many times the octets of quality 50 an image has, of text and of photographs alike, about. */
const SIZES: readonly (readonly [quality: number, size: number])[] = [
  [25, 0.62],
  [40, 0.86],
  [50, 1],
  [60, 1.15],
  [70, 1.37],
  [80, 1.75],
  [85, 2.1],
  [90, 2.7],
];

/** A frame says as much about the next one as all before it. */
const MEMORY = 0.5;
/** Octets at quality 50 for a pixel, before anything is known: a desktop with text. */
const FIRST_GUESS = 0.08;

/** Learns from each frame how well the picture can be compressed. */
export class JpegQuality {
  /** Octets at quality 50 for a pixel. */
  #density = FIRST_GUESS;

  /**
   * @param pixels That are to be encoded.
   * @param octets That they may have.
   * @returns The best quality, from {@link WORST} to {@link BEST}, that is likely to keep within that.
   */
  choose(pixels: number, octets: number): number {
    const size = octets / Math.max(this.#density * pixels, 1);
    let chosen = WORST;
    for (const [index, [quality, most]] of SIZES.entries()) {
      if (most <= size) chosen = quality;
      else if (index > 0) {
        const [before, least] = SIZES[index - 1]!;
        if (least <= size) {
          chosen = Math.floor(before + (quality - before) * (size - least) / (most - least));
        }
      }
    }
    return chosen;
  }

  /** @returns How many pixels at a quality are likely to keep within so many octets. */
  pixels(quality: number, octets: number): number {
    return octets / (this.#density * sizeAt(quality));
  }

  /** So many pixels were encoded into so many octets. */
  learn(pixels: number, quality: number, octets: number): void {
    if (pixels === 0) return;
    const density = octets / pixels / sizeAt(quality);
    this.#density += (density - this.#density) * MEMORY;
  }
}

function sizeAt(quality: number): number {
  for (let index = 1; index < SIZES.length; index++) {
    const [[before, least], [after, most]] = [SIZES[index - 1]!, SIZES[index]!];
    if (quality > after) continue;
    return least + (most - least) * (Math.max(quality, before) - before) / (after - before);
  }
  return SIZES.at(-1)![1];
}
