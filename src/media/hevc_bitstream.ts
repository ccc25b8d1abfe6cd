/**
 * Reads HEVC byte streams: the sequence parameter set.
 *
 * Section numbers are those of ITU-T H.265; codec strings are those of ISO/IEC 14496-15, annex E.
 *
 * @module
 */

import { BitReader } from "./bit_reader.ts";
import { BitstreamError, type DecoderConfig } from "./bitstream.ts";
import { nalUnits } from "./h264_bitstream.ts";

/** `nal_unit_type`, table 7-1. */
export const HevcNalType = { idrWithLeading: 19, idr: 20, vps: 32, sps: 33, pps: 34 } as const;

/** `nal_unit_type` of a NAL unit, 7.3.1.2: six bits behind the first. */
export function hevcNalType(unit: Uint8Array): number {
  return ((unit[0] ?? 0) >> 1) & 0x3f;
}

/** profile_tier_level(), 7.3.3, of all layers together. */
export interface HevcProfile {
  /** `general_profile_space`, 0 to 3. */
  readonly space: number;
  /** `general_tier_flag`: 0 main, 1 high. */
  readonly tier: number;
  /** `general_profile_idc`: 1 main, 2 main 10, 4 format range extensions (with 4:4:4). */
  readonly profile: number;
  /** `general_profile_compatibility_flag`s, the first one the most significant of 32 bits. */
  readonly compatibility: number;
  /** The six octets behind them: the source's kind, and what the stream does without. */
  readonly constraints: readonly number[];
  /** `general_level_idc`: thirty times the level. */
  readonly level: number;
}

/** What a sequence parameter set says, as far as it is needed. */
export interface HevcSequenceParameters extends HevcProfile {
  /** `chroma_format_idc`: 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4. */
  readonly chromaFormat: number;
  readonly bitDepthLuma: number;
  readonly bitDepthChroma: number;
  /** Width of the picture in pixels, cropping applied. */
  readonly width: number;
  /** Height of the picture in pixels, cropping applied. */
  readonly height: number;
}

/**
 * Reads a sequence parameter set, 7.3.2.2.1. How colours are made is in its usability information, where
 * decoders find it by themselves: codec strings have no place for it.
 *
 * @param unit The NAL unit with its two header octets.
 * @throws {BitstreamError} If it is none, or malformed.
 */
export function readHevcSequenceParameters(unit: Uint8Array): HevcSequenceParameters {
  if (unit.length < 2 || hevcNalType(unit) !== HevcNalType.sps) {
    throw new BitstreamError("The NAL unit is no HEVC sequence parameter set");
  }
  const reader = new BitReader(unit.subarray(2));
  reader.bits(4); // sps_video_parameter_set_id
  const subLayers = reader.bits(3); // sps_max_sub_layers_minus1
  reader.bit(); // sps_temporal_id_nesting_flag
  const profile = readProfile(reader, subLayers);
  reader.unsigned(); // sps_seq_parameter_set_id
  const chromaFormat = reader.unsigned();
  if (chromaFormat > 3) throw new BitstreamError(`There is no chroma format ${chromaFormat}`);
  if (chromaFormat === 3) reader.bit(); // separate_colour_plane_flag
  const coded = { width: reader.unsigned(), height: reader.unsigned() };
  const crop = { left: 0, right: 0, top: 0, bottom: 0 };
  if (reader.bit() === 1) { // conformance_window_flag
    crop.left = reader.unsigned();
    crop.right = reader.unsigned();
    crop.top = reader.unsigned();
    crop.bottom = reader.unsigned();
  }
  // Table 6-1.
  const unitX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const unitY = chromaFormat === 1 ? 2 : 1;
  const width = coded.width - (crop.left + crop.right) * unitX;
  const height = coded.height - (crop.top + crop.bottom) * unitY;
  if (width <= 0 || height <= 0 || width > 65536 || height > 65536) {
    throw new BitstreamError(`A sequence parameter set says ${width}x${height} pixels`);
  }
  const bitDepthLuma = reader.unsigned() + 8;
  const bitDepthChroma = reader.unsigned() + 8;
  if (Math.max(bitDepthLuma, bitDepthChroma) > 16) {
    throw new BitstreamError(`Samples have ${bitDepthLuma} and ${bitDepthChroma} bits`);
  }
  return { ...profile, chromaFormat, bitDepthLuma, bitDepthChroma, width, height };
}

/** 7.3.3 */
function readProfile(reader: BitReader, subLayers: number): HevcProfile {
  const space = reader.bits(2);
  const tier = reader.bit();
  const profile = reader.bits(5);
  const compatibility = reader.bits(32);
  const constraints = Array.from({ length: 6 }, () => reader.bits(8));
  const level = reader.bits(8);
  const present = Array.from({ length: subLayers }, () => ({
    profile: reader.bit() === 1,
    level: reader.bit() === 1,
  }));
  if (subLayers > 0) reader.skip(2 * (8 - subLayers)); // reserved_zero_2bits
  for (const layer of present) reader.skip((layer.profile ? 88 : 0) + (layer.level ? 8 : 0));
  return { space, tier, profile, compatibility, constraints, level };
}

/** The codec string, 14496-15 E.3: parameter sets come in the stream (`hev1`). */
function codecString(parameters: HevcProfile): string {
  const { space, tier, profile, compatibility, constraints, level } = parameters;
  let reversed = 0;
  for (let bit = 0; bit < 32; bit++) {
    if (Math.floor(compatibility / 2 ** bit) % 2 === 1) reversed += 2 ** (31 - bit);
  }
  // Octets at the end that are zero are left out.
  const octets = constraints.slice(0, constraints.findLastIndex((octet) => octet !== 0) + 1);
  const hex = (value: number) => value.toString(16).toUpperCase();
  return [
    "hev1",
    `${["", "A", "B", "C"][space]}${profile}`,
    hex(reversed),
    `${tier === 0 ? "L" : "H"}${level}`,
    ...octets.map(hex),
  ].join(".");
}

/**
 * Reads the decoder configuration of a keyframe.
 *
 * @throws {BitstreamError} If there is no sequence parameter set, or it is malformed.
 */
export function readHevcConfig(unit: Uint8Array): DecoderConfig {
  for (const { bytes } of nalUnits(unit)) {
    if (hevcNalType(bytes) !== HevcNalType.sps) continue;
    const parameters = readHevcSequenceParameters(bytes);
    return {
      codec: codecString(parameters),
      codedWidth: parameters.width,
      codedHeight: parameters.height,
    };
  }
  throw new BitstreamError("The HEVC keyframe has no sequence parameter set");
}
