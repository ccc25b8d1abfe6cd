/**
 * Reads AV1 temporal units: OBUs and the sequence header.
 *
 * Section numbers are those of the AV1 Bitstream & Decoding Process Specification; codec strings are
 * those of the AV1 Codec ISO Media File Format Binding, section 5.
 *
 * @module
 */

import { BitReader } from "./bit_reader.ts";
import { BitstreamError, type ColourDescription, type DecoderConfig } from "./bitstream.ts";

/** `obu_type`, 6.2.2. */
export const ObuType = { sequenceHeader: 1, temporalDelimiter: 2, frame: 6 } as const;

/** One open bitstream unit. */
export interface Obu {
  /** `obu_type`. */
  readonly type: number;
  /** What follows the header. */
  readonly payload: Uint8Array;
}

/**
 * Iterates over the OBUs of a temporal unit in the low-overhead format, 5.2; views, not copies.
 *
 * @throws {BitstreamError} If one is malformed or longer than what there is.
 */
export function* openBitstreamUnits(unit: Uint8Array): Generator<Obu, void, void> {
  for (let at = 0; at < unit.length;) {
    const header = unit[at]!;
    if ((header & 0x80) !== 0) throw new BitstreamError("An OBU has its forbidden bit set");
    const [extended, sized] = [(header & 4) !== 0, (header & 2) !== 0];
    let begin = at + (extended ? 2 : 1);
    let end = unit.length;
    if (sized) {
      const size = readLeb128(unit, begin);
      begin = size.next;
      end = begin + size.value;
    }
    if (begin > unit.length || end > unit.length) {
      throw new BitstreamError(
        `An OBU of type ${header >> 3} ends at octet ${end} of ${unit.length}`,
      );
    }
    yield { type: header >> 3, payload: unit.subarray(begin, end) };
    at = end;
  }
}

/** leb128(), 4.10.5. */
function readLeb128(bytes: Uint8Array, from: number): { value: number; next: number } {
  let value = 0;
  for (let index = 0; index < 8; index++) {
    const octet = bytes[from + index];
    if (octet === undefined) throw new BitstreamError("An OBU ends within its size");
    value += (octet & 0x7f) * 2 ** (7 * index);
    if ((octet & 0x80) === 0) return { value, next: from + index + 1 };
  }
  throw new BitstreamError("The size of an OBU has more than 8 octets");
}

/** What a sequence header says, as far as it is needed. */
export interface Av1SequenceHeader {
  /** `seq_profile`: 0 main, 1 high (with 4:4:4), 2 professional. */
  readonly profile: number;
  /** `seq_level_idx[0]`. */
  readonly level: number;
  /** `seq_tier[0]`: 0 main, 1 high. */
  readonly tier: number;
  readonly bitDepth: 8 | 10 | 12;
  readonly monochrome: boolean;
  /** Whether there are half as many samples of colour in a row, and half as many rows of them. */
  readonly subsampling: readonly [x: boolean, y: boolean];
  /** `chroma_sample_position`, of 4:2:0 alone: 0 unknown, 1 vertical, 2 colocated. */
  readonly samplePosition: number;
  readonly colour: ColourDescription;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/**
 * Reads a sequence header, 5.5.1.
 *
 * @param payload Of an OBU of type 1.
 * @throws {BitstreamError} If it is malformed.
 */
export function readAv1SequenceHeader(payload: Uint8Array): Av1SequenceHeader {
  const reader = new BitReader(payload, { escaped: false });
  const profile = reader.bits(3);
  if (profile > 2) throw new BitstreamError(`A sequence header has the profile ${profile}`);
  reader.bit(); // still_picture
  const reduced = reader.bit() === 1; // reduced_still_picture_header
  const { level, tier } = reduced
    ? { level: reader.bits(5), tier: 0 }
    : readOperatingPoints(reader);
  const widthBits = reader.bits(4) + 1;
  const heightBits = reader.bits(4) + 1;
  const width = reader.bits(widthBits) + 1;
  const height = reader.bits(heightBits) + 1;
  skipTools(reader, reduced);
  return { profile, level, tier, ...readColourConfig(reader, profile), width, height };
}

/** From timing_info_present_flag to the last operating point; gives the first one's level and tier. */
function readOperatingPoints(reader: BitReader): { level: number; tier: number } {
  let delayBits = 0;
  if (reader.bit() === 1) { // timing_info_present_flag
    reader.skip(64); // num_units_in_display_tick, time_scale
    if (reader.bit() === 1) skipUvlc(reader); // equal_picture_interval
    if (reader.bit() === 1) { // decoder_model_info_present_flag
      delayBits = reader.bits(5) + 1; // buffer_delay_length_minus_1
      reader.skip(32 + 5 + 5);
    }
  }
  const displayDelays = reader.bit() === 1; // initial_display_delay_present_flag
  const points = Array.from({ length: reader.bits(5) + 1 }, () => {
    reader.skip(12); // operating_point_idc
    const level = reader.bits(5);
    const tier = level > 7 ? reader.bit() : 0;
    if (delayBits > 0 && reader.bit() === 1) reader.skip(2 * delayBits + 1);
    if (displayDelays && reader.bit() === 1) reader.skip(4);
    return { level, tier };
  });
  return points[0]!;
}

/** uvlc(), 4.10.3. */
function skipUvlc(reader: BitReader): void {
  let zeros = 0;
  while (reader.bit() === 0) zeros++;
  if (zeros < 32) reader.skip(zeros);
}

/** From frame_id_numbers_present_flag to enable_restoration. */
function skipTools(reader: BitReader, reduced: boolean): void {
  if (!reduced && reader.bit() === 1) reader.skip(4 + 3); // frame_id_numbers_present_flag
  reader.skip(3); // use_128x128_superblock, enable_filter_intra, enable_intra_edge_filter
  if (!reduced) {
    reader.skip(4); // interintra compound, masked compound, warped motion, dual filter
    const orderHint = reader.bit() === 1;
    if (orderHint) reader.skip(2); // enable_jnt_comp, enable_ref_frame_mvs
    const chosen = reader.bit() === 1; // seq_choose_screen_content_tools
    const screenContent = chosen || reader.bit() === 1;
    // seq_choose_integer_mv, seq_force_integer_mv
    if (screenContent && reader.bit() === 0) reader.bit();
    if (orderHint) reader.skip(3); // order_hint_bits_minus_1
  }
  reader.skip(3); // enable_superres, enable_cdef, enable_restoration
}

/** 5.5.2 */
function readColourConfig(
  reader: BitReader,
  profile: number,
): Pick<
  Av1SequenceHeader,
  "bitDepth" | "monochrome" | "subsampling" | "samplePosition" | "colour"
> {
  const high = reader.bit() === 1; // high_bitdepth
  const bitDepth = !high ? 8 : profile === 2 && reader.bit() === 1 ? 12 : 10;
  const monochrome = profile !== 1 && reader.bit() === 1;
  const described = reader.bit() === 1; // color_description_present_flag
  const primaries = described ? reader.bits(8) : 2;
  const transfer = described ? reader.bits(8) : 2;
  const matrix = described ? reader.bits(8) : 2;
  const base = { bitDepth, monochrome } as const;
  // sRGB: the range is full without saying so.
  if (!monochrome && primaries === 1 && transfer === 13 && matrix === 0) {
    const colour = { primaries, transfer, matrix, fullRange: true };
    return { ...base, subsampling: [false, false], samplePosition: 0, colour };
  }
  const colour = { primaries, transfer, matrix, fullRange: reader.bit() === 1 };
  if (monochrome) return { ...base, subsampling: [true, true], samplePosition: 0, colour };
  const subsampling = readSubsampling(reader, profile, bitDepth);
  const samplePosition = subsampling[0] && subsampling[1] ? reader.bits(2) : 0;
  reader.bit(); // separate_uv_delta_q
  return { ...base, subsampling, samplePosition, colour };
}

function readSubsampling(
  reader: BitReader,
  profile: number,
  bitDepth: number,
): readonly [boolean, boolean] {
  if (profile === 0) return [true, true];
  if (profile === 1) return [false, false];
  if (bitDepth < 12) return [true, false];
  const x = reader.bit() === 1;
  return [x, x && reader.bit() === 1];
}

/**
 * Reads the decoder configuration of a temporal unit that starts with a keyframe, with all fields of
 * its codec string.
 *
 * @throws {BitstreamError} If there is no sequence header, or it is malformed.
 */
export function readAv1Config(unit: Uint8Array): DecoderConfig {
  for (const { type, payload } of openBitstreamUnits(unit)) {
    if (type !== ObuType.sequenceHeader) continue;
    const header = readAv1SequenceHeader(payload);
    const { profile, level, tier, bitDepth, monochrome, subsampling, samplePosition } = header;
    const { primaries, transfer, matrix, fullRange } = header.colour;
    const digits = (value: number, count: number) => String(value).padStart(count, "0");
    const codec = [
      "av01",
      profile,
      `${digits(level, 2)}${tier === 0 ? "M" : "H"}`,
      digits(bitDepth, 2),
      monochrome ? 1 : 0,
      `${subsampling[0] ? 1 : 0}${subsampling[1] ? 1 : 0}${samplePosition}`,
      ...[primaries, transfer, matrix].map((code) => digits(code, 2)),
      fullRange ? 1 : 0,
    ].join(".");
    return { codec, codedWidth: header.width, codedHeight: header.height };
  }
  throw new BitstreamError("The temporal unit has no sequence header");
}
