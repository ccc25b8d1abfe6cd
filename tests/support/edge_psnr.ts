/**
 * How far the luma of two pictures differs, where it is looked at: at edges, as those of letters.
 *
 * @module
 */

/** How much more an edge from black to white counts than an even area. */
const EDGE_WEIGHT = 8;

/**
 * Peak signal-to-noise ratio in dB, each sample weighted by the gradient of the first picture around it;
 * Infinity for equal pictures.
 *
 * @param a Luma as it should be, limited range, rows of `width` samples.
 * @param b Luma as it is.
 * @throws {RangeError} If there are not as many samples as the size says.
 */
export function edgePsnr(a: Uint8Array, b: Uint8Array, width: number, height: number): number {
  if (a.length < width * height || b.length < width * height) {
    throw new RangeError(`${a.length} and ${b.length} samples are no ${width}x${height}`);
  }
  let error = 0;
  let weights = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const right = x + 1 < width ? at + 1 : at;
      const below = y + 1 < height ? at + width : at;
      const gradient = Math.abs(a[right]! - a[at]!) + Math.abs(a[below]! - a[at]!);
      const weight = 1 + EDGE_WEIGHT * Math.min(gradient, 219) / 219;
      error += weight * (a[at]! - b[at]!) ** 2;
      weights += weight;
    }
  }
  return error === 0 ? Infinity : 10 * Math.log10(255 ** 2 * weights / error);
}

/**
 * @param points Bit rates and their quality in dB, in any order.
 * @returns The bit rate at a quality, interpolated between the two next to it, as it is linear over the
 * logarithm of the rate (ITU-T VCEG-M33); undefined where none is above, or none below.
 */
export function rateAt(
  points: readonly { readonly kbit: number; readonly dB: number }[],
  wanted: number,
): number | undefined {
  const sorted = points.toSorted((a, b) => a.dB - b.dB);
  const above = sorted.find(({ dB }) => dB >= wanted);
  const below = sorted.findLast(({ dB }) => dB <= wanted);
  if (above === undefined || below === undefined) return undefined;
  if (above.dB === below.dB) return Math.min(above.kbit, below.kbit);
  const share = (wanted - below.dB) / (above.dB - below.dB);
  return Math.exp(Math.log(below.kbit) + share * (Math.log(above.kbit) - Math.log(below.kbit)));
}
