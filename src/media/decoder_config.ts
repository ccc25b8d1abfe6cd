/**
 * What a browser's decoder needs to know, read from the bitstream.
 *
 * @module
 */

import type { DecoderConfig } from "./bitstream.ts";
import { readH264Config } from "./h264_bitstream.ts";
import { readVp8Config } from "./vp8_bitstream.ts";

/** Codecs that encoders here make. */
export type Codec = "h264" | "vp8";

/**
 * Reads the decoder configuration of a keyframe.
 *
 * @throws {BitstreamError} If the access unit has none, or it is malformed.
 */
export function readDecoderConfig(codec: Codec, unit: Uint8Array): DecoderConfig {
  return codec === "h264" ? readH264Config(unit) : readVp8Config(unit);
}
