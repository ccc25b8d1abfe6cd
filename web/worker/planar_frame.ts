/**
 * A frame that a decoder in WebAssembly gives: three planes, 4:2:0, 8 bits, limited range.
 *
 * @module
 */

import type { DecodedFrame } from "./picture_decoder.ts";

/** How brightness and colour differences were made of red, green and blue: ITU-R BT.601 or BT.709. */
export type ColourMatrix = "bt601" | "bt709";

export interface PlanarFrame extends DecodedFrame {
  /** Of the picture, in pixels; the planes may be larger. */
  readonly width: number;
  readonly height: number;
  /** Octets of a row of the luma plane; chroma has half. */
  readonly stride: number;
  /** The decoder's own memory: good until the task ends that the frame came in. */
  readonly y: Uint8Array;
  readonly u: Uint8Array;
  readonly v: Uint8Array;
  readonly matrix: ColourMatrix;
}

/**
 * Weights of the colour differences, and of luma, for 8 bits of limited range:
 * `red = luma (Y - 16) + redV (V - 128)`, and so on (ITU-R BT.601-7 §2.5, BT.709-6 §3).
 */
export interface ColourWeights {
  readonly luma: number;
  readonly redV: number;
  readonly greenU: number;
  readonly greenV: number;
  readonly blueU: number;
}

/** @param matrix Which gives the shares of red and of blue in luma. */
export function colourWeights(matrix: ColourMatrix): ColourWeights {
  const [red, blue] = matrix === "bt601" ? [0.299, 0.114] : [0.2126, 0.0722];
  const green = 1 - red - blue;
  const scale = 255 / 224;
  return {
    luma: 255 / 219,
    redV: 2 * (1 - red) * scale,
    greenU: -2 * (1 - blue) * blue / green * scale,
    greenV: -2 * (1 - red) * red / green * scale,
    blueU: 2 * (1 - blue) * scale,
  };
}
