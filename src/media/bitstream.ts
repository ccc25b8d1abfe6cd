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

/** An access unit is not what its codec says. */
export class BitstreamError extends Error {
  override name = "BitstreamError";
}
