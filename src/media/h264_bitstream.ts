/**
 * Reads H.264 byte streams: NAL units and the sequence parameter set.
 *
 * Section numbers are those of ITU-T H.264.
 *
 * @module
 */

import { BitReader } from "./bit_reader.ts";
import { BitstreamError, type DecoderConfig } from "./bitstream.ts";

/** `nal_unit_type`, table 7-1. */
export const NalType = { slice: 1, idr: 5, sei: 6, sps: 7, pps: 8, delimiter: 9 } as const;

/** One NAL unit of a byte stream. */
export interface NalUnit {
  /** `nal_unit_type`. */
  readonly type: number;
  /** The unit with its header octet, without start code. */
  readonly bytes: Uint8Array;
}

/** Iterates over the NAL units of a byte stream (Annex B); views, not copies. */
export function* nalUnits(stream: Uint8Array): Generator<NalUnit, void, void> {
  let start = startCode(stream, 0);
  while (start < stream.length) {
    const begin = start + 3;
    const next = startCode(stream, begin);
    // Zeros in front of a start code belong to it, or trail the unit.
    let end = next;
    while (end > begin && stream[end - 1] === 0) end--;
    const header = stream[begin];
    if (end > begin && header !== undefined) {
      yield { type: header & 0x1f, bytes: stream.subarray(begin, end) };
    }
    start = next;
  }
}

/** Where the next `00 00 01` begins; the stream's length if there is none. */
function startCode(stream: Uint8Array, from: number): number {
  // The last octet of a start code is the rarest: look for it.
  for (let one = stream.indexOf(1, from + 2); one !== -1; one = stream.indexOf(1, one + 1)) {
    if (stream[one - 1] === 0 && stream[one - 2] === 0) return one - 2;
  }
  return stream.length;
}

/** Profiles whose parameter set says which chroma format it has, 7.3.2.1.1. */
const HIGH_PROFILES = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

/** What a sequence parameter set says, as far as it is needed. */
export interface SequenceParameters {
  /** `profile_idc`. */
  readonly profile: number;
  /** `constraint_set` flags and the two reserved bits, one octet. */
  readonly constraints: number;
  /** `level_idc`. */
  readonly level: number;
  /** Width of the picture in pixels, cropping applied. */
  readonly width: number;
  /** Height of the picture in pixels, cropping applied. */
  readonly height: number;
}

/**
 * Reads a sequence parameter set, 7.3.2.1.1.
 *
 * @param unit The NAL unit with its header octet.
 * @throws {BitstreamError} If it is none, or malformed.
 */
export function readSequenceParameters(unit: Uint8Array): SequenceParameters {
  const header = unit[0];
  if (header === undefined || (header & 0x1f) !== NalType.sps) {
    throw new BitstreamError("The NAL unit is no sequence parameter set");
  }
  const reader = new BitReader(unit.subarray(1));
  const profile = reader.bits(8);
  const constraints = reader.bits(8);
  const level = reader.bits(8);
  reader.unsigned(); // seq_parameter_set_id
  let chroma = 1;
  if (HIGH_PROFILES.has(profile)) {
    chroma = reader.unsigned();
    if (chroma === 3) reader.bit(); // separate_colour_plane_flag
    reader.unsigned(); // bit_depth_luma_minus8
    reader.unsigned(); // bit_depth_chroma_minus8
    reader.bit(); // qpprime_y_zero_transform_bypass_flag
    if (reader.bit() === 1) skipScalingLists(reader, chroma === 3 ? 12 : 8);
  }
  reader.unsigned(); // log2_max_frame_num_minus4
  const order = reader.unsigned();
  if (order === 0) {
    reader.unsigned(); // log2_max_pic_order_cnt_lsb_minus4
  } else if (order === 1) {
    reader.bit(); // delta_pic_order_always_zero_flag
    reader.signed(); // offset_for_non_ref_pic
    reader.signed(); // offset_for_top_to_bottom_field
    const cycle = reader.unsigned();
    if (cycle > 255) throw new BitstreamError(`A picture order cycle has ${cycle} frames`);
    for (let index = 0; index < cycle; index++) reader.signed();
  }
  reader.unsigned(); // max_num_ref_frames
  reader.bit(); // gaps_in_frame_num_value_allowed_flag
  const widthInMacroblocks = reader.unsigned() + 1;
  const heightInMapUnits = reader.unsigned() + 1;
  const framesOnly = reader.bit();
  if (framesOnly === 0) reader.bit(); // mb_adaptive_frame_field_flag
  reader.bit(); // direct_8x8_inference_flag
  const crop = { left: 0, right: 0, top: 0, bottom: 0 };
  if (reader.bit() === 1) {
    crop.left = reader.unsigned();
    crop.right = reader.unsigned();
    crop.top = reader.unsigned();
    crop.bottom = reader.unsigned();
  }
  // Table 6-1, and equations 7-19 to 7-22.
  const unitX = chroma === 1 || chroma === 2 ? 2 : 1;
  const unitY = (chroma === 1 ? 2 : 1) * (2 - framesOnly);
  const width = widthInMacroblocks * 16 - (crop.left + crop.right) * unitX;
  const height = heightInMapUnits * 16 * (2 - framesOnly) - (crop.top + crop.bottom) * unitY;
  if (width <= 0 || height <= 0 || width > 65536 || height > 65536) {
    throw new BitstreamError(`A sequence parameter set says ${width}x${height} pixels`);
  }
  return { profile, constraints, level, width, height };
}

/** 7.3.2.1.1.1 */
function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count; list++) {
    if (reader.bit() === 0) continue;
    let last = 8;
    let next = 8;
    for (let index = 0; index < (list < 6 ? 16 : 64); index++) {
      if (next !== 0) next = (last + reader.signed() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}

/**
 * Reads the decoder configuration of a keyframe, its codec string as RFC 6381 §3.3 writes it.
 *
 * @throws {BitstreamError} If there is no sequence parameter set, or it is malformed.
 */
export function readH264Config(unit: Uint8Array): DecoderConfig {
  for (const { type, bytes } of nalUnits(unit)) {
    if (type !== NalType.sps) continue;
    const { profile, constraints, level, width, height } = readSequenceParameters(bytes);
    const hex = (value: number) => value.toString(16).padStart(2, "0");
    return {
      codec: `avc1.${hex(profile)}${hex(constraints)}${hex(level)}`,
      codedWidth: width,
      codedHeight: height,
    };
  }
  throw new BitstreamError("The keyframe has no sequence parameter set");
}
