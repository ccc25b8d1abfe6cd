/**
 * What the best of codecs could show: video keeps its colours at half the width and height (4:2:0),
 * whatever the bitrate.
 *
 * @module
 */
import type { Picture } from "./picture.ts";

// ITU-R BT.709-6 §3.2: luma from red, green and blue, and the ranges of the two colour differences.
const [KR, KG, KB] = [0.2126, 0.7152, 0.0722] as const;
const U_RANGE = 2 * (1 - KB);
const V_RANGE = 2 * (1 - KR);

/**
 * The picture with the colour of each square of four pixels averaged, and their brightness kept.
 *
 * @param picture Of even width and height.
 */
export function subsampled({ width, height, rgba }: Picture): Picture {
  const result = new Uint8ClampedArray(rgba.length);
  const luma = (at: number) => KR * rgba[at]! + KG * rgba[at + 1]! + KB * rgba[at + 2]!;
  for (let y = 0; y < height; y += 2) {
    for (let x = 0; x < width; x += 2) {
      const left = (y * width + x) * 4;
      const square = [left, left + 4, left + width * 4, left + width * 4 + 4];
      let [u, v] = [0, 0];
      for (const at of square) {
        u += (rgba[at + 2]! - luma(at)) / U_RANGE / 4;
        v += (rgba[at]! - luma(at)) / V_RANGE / 4;
      }
      for (const at of square) {
        const own = luma(at);
        const [red, blue] = [own + V_RANGE * v, own + U_RANGE * u];
        result.set([red, (own - KR * red - KB * blue) / KG, blue, 255], at);
      }
    }
  }
  return { width, height, rgba: result };
}
