/**
 * What a browser's decoder needs to know, read from the bitstream.
 *
 * @module
 */

import { readAv1Config } from "./av1_bitstream.ts";
import type { DecoderConfig } from "./bitstream.ts";
import { readH264Config } from "./h264_bitstream.ts";
import { readHevcConfig } from "./hevc_bitstream.ts";
import { readVp8Config } from "./vp8_bitstream.ts";
import { readVp9Config } from "./vp9_bitstream.ts";

/** Codecs that encoders here make, as settings and pages call them. */
export const CODECS = ["h264", "vp8", "vp9", "av1", "hevc"] as const;
export type Codec = typeof CODECS[number];

const READERS: Readonly<Record<Codec, (unit: Uint8Array) => DecoderConfig>> = {
  h264: readH264Config,
  vp8: readVp8Config,
  vp9: readVp9Config,
  av1: readAv1Config,
  hevc: readHevcConfig,
};

/**
 * Reads the decoder configuration of a keyframe.
 *
 * @throws {BitstreamError} If the access unit has none, or it is malformed.
 */
export function readDecoderConfig(codec: Codec, unit: Uint8Array): DecoderConfig {
  return READERS[codec](unit);
}
