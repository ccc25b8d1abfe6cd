/**
 * Turns the planes of a frame into pixels, without a GPU.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";
import { type ColourMatrix, colourWeights, type PlanarFrame } from "./planar_frame.ts";

const OPAQUE = 0xff00_0000;
/** Binary digits behind the point of what is summed up. */
const DIGITS = 16;

interface Weights {
  readonly luma: number;
  readonly redV: number;
  readonly greenU: number;
  readonly greenV: number;
  readonly blueU: number;
}

const fixed: Readonly<Record<ColourMatrix, Weights>> = {
  bt601: fixedPoint("bt601"),
  bt709: fixedPoint("bt709"),
};

/**
 * Converts a part of a frame.
 *
 * @param part Within the frame; its left and top are even.
 * @param pixels Takes RGBA in the order of memory, row by row: as many as the part has, or more.
 */
export function convertToRgba(
  frame: PlanarFrame,
  part: PictureRectangle,
  pixels: Uint32Array,
): void {
  const { stride, y, u, v } = frame;
  const { luma, redV, greenU, greenV, blueU } = fixed[frame.matrix];
  const { width, height } = part;
  const half = 1 << (DIGITS - 1);
  for (let row = 0; row < height; row++) {
    let fromLuma = (part.y + row) * stride + part.x;
    let fromChroma = ((part.y + row) >> 1) * (stride >> 1) + (part.x >> 1);
    let to = row * width;
    const end = to + width;
    while (to < end) {
      const du = u[fromChroma]! - 128;
      const dv = v[fromChroma]! - 128;
      fromChroma++;
      const red = redV * dv + half;
      const green = greenU * du + greenV * dv + half;
      const blue = blueU * du + half;
      for (let column = 0; column < 2 && to < end; column++) {
        const light = (y[fromLuma++]! - 16) * luma;
        let r = (light + red) >> DIGITS;
        let g = (light + green) >> DIGITS;
        let b = (light + blue) >> DIGITS;
        // Above 255 or below 0, seldom.
        if (((r | g | b) & ~255) !== 0) {
          r = r < 0 ? 0 : r > 255 ? 255 : r;
          g = g < 0 ? 0 : g > 255 ? 255 : g;
          b = b < 0 ? 0 : b > 255 ? 255 : b;
        }
        pixels[to++] = OPAQUE | b << 16 | g << 8 | r;
      }
    }
  }
}

function fixedPoint(matrix: ColourMatrix): Weights {
  const { luma, redV, greenU, greenV, blueU } = colourWeights(matrix);
  const fix = (value: number) => Math.round(value * (1 << DIGITS));
  return {
    luma: fix(luma),
    redV: fix(redV),
    greenU: fix(greenU),
    greenV: fix(greenV),
    blueU: fix(blueU),
  };
}
