/**
 * How well text came over.
 *
 * @module
 */
import { luma, type Picture } from "./rig_x11.ts";

function checkSizes(a: Picture, b: Picture): void {
  if (a.width === b.width && a.height === b.height) return;
  throw new TypeError(
    `The pictures differ in size: ${a.width}x${a.height} and ${b.width}x${b.height}.`,
  );
}

/**
 * Peak signal-to-noise ratio where there is something to read, in decibels: each pixel counts as much as
 * it differs from its neighbours to the right and below in the original, in the colour that differs
 * most. Infinity for equal pictures; flat areas do not count at all.
 *
 * @throws {TypeError} if the sizes differ
 */
export function edgePsnr(original: Picture, other: Picture): number {
  checkSizes(original, other);
  const { data, height, width } = original;
  let squares = 0, weights = 0;
  for (let y = 0; y < height - 1; y++) {
    for (let x = 0; x < width - 1; x++) {
      const here = (y * width + x) * 4, below = here + width * 4;
      let weight = 0, square = 0;
      for (let c = 0; c < 3; c++) {
        const value = data[here + c]!;
        const step = Math.abs(value - data[here + 4 + c]!) + Math.abs(value - data[below + c]!);
        if (step > weight) weight = step;
        square += (value - other.data[here + c]!) ** 2;
      }
      squares += weight * square / 3;
      weights += weight;
    }
  }
  return squares === 0 ? Infinity : 10 * Math.log10(255 ** 2 * weights / squares);
}

const BLOCK = 8;
const C1 = (0.01 * 255) ** 2, C2 = (0.03 * 255) ** 2;

/**
 * Structural similarity of the brightness, -1 to 1, over blocks of 8x8 pixels that are not flat in the
 * original (Wang et al., "Image quality assessment: from error visibility to structural similarity",
 * 2004). 1 for equal pictures.
 *
 * @throws {TypeError} if the sizes differ
 */
export function textSsim(original: Picture, other: Picture): number {
  checkSizes(original, other);
  let sum = 0, count = 0;
  for (let y = 0; y + BLOCK <= original.height; y += BLOCK) {
    for (let x = 0; x + BLOCK <= original.width; x += BLOCK) {
      const similarity = blockSsim(original, other, x, y);
      if (similarity === undefined) continue;
      sum += similarity;
      count++;
    }
  }
  return count === 0 ? 1 : sum / count;
}

function blockSsim(a: Picture, b: Picture, left: number, top: number): number | undefined {
  let sumA = 0, sumB = 0, squaresA = 0, squaresB = 0, products = 0;
  for (let y = top; y < top + BLOCK; y++) {
    for (let x = left; x < left + BLOCK; x++) {
      const at = (y * a.width + x) * 4;
      const p = luma(a.data, at), q = luma(b.data, at);
      sumA += p;
      sumB += q;
      squaresA += p * p;
      squaresB += q * q;
      products += p * q;
    }
  }
  const n = BLOCK * BLOCK;
  const meanA = sumA / n, meanB = sumB / n;
  const varianceA = squaresA / n - meanA ** 2, varianceB = squaresB / n - meanB ** 2;
  if (varianceA < 1) return undefined;
  const covariance = products / n - meanA * meanB;
  return (2 * meanA * meanB + C1) * (2 * covariance + C2) /
    ((meanA ** 2 + meanB ** 2 + C1) * (varianceA + varianceB + C2));
}
