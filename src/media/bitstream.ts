/**
 * What the bitstream readers have in common.
 *
 * @module
 */

/** The part of WebCodecs' VideoDecoderConfig that the bitstream decides. */
export interface DecoderConfig {
  /** Codec string of the WebCodecs registry, such as `avc1.42c01f` or `vp8`. */
  readonly codec: string;
  /** Width of the picture in pixels, cropping applied. */
  readonly codedWidth: number;
  /** Height of the picture in pixels, cropping applied. */
  readonly codedHeight: number;
}

/** How often the colour differences are sampled: for each square of four pixels, or for each pixel. */
export type Chroma = "420" | "444";

/** How samples are made of light, in the code points of ITU-T H.273. */
export interface ColourDescription {
  /** `ColourPrimaries`; 1 for BT.709, 2 for unspecified. */
  readonly primaries: number;
  /** `TransferCharacteristics`. */
  readonly transfer: number;
  /** `MatrixCoefficients`; 1 for BT.709, 5 and 6 for BT.601, 0 for RGB. */
  readonly matrix: number;
  /** Whether samples use all values, 0 to 255 at 8 bits. */
  readonly fullRange: boolean;
}

/** An access unit is not what its codec says. */
export class BitstreamError extends Error {
  override name = "BitstreamError";
}
