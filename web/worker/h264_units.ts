/**
 * What the page itself has to know of an H.264 byte stream, where the browser's decoder is not there to.
 * Section numbers are those of ITU-T H.264.
 *
 * @module
 */

import type { ColourMatrix } from "./planar_frame.ts";

/** `nal_unit_type`, table 7-1. */
export const NAL_SPS = 7;
export const NAL_PPS = 8;

/** The NAL units of a byte stream (Annex B), without start codes; views, not copies. */
export function nalUnits(stream: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  let begin = -1;
  for (let one = stream.indexOf(1, 2); one !== -1; one = stream.indexOf(1, one + 1)) {
    if (stream[one - 1] !== 0 || stream[one - 2] !== 0) continue;
    if (begin >= 0) units.push(trimmed(stream, begin, one - 2));
    begin = one + 1;
  }
  if (begin >= 0) units.push(trimmed(stream, begin, stream.length));
  return units.filter(({ length }) => length > 0);
}

/** Zeros in front of a start code belong to it, or trail the unit. */
function trimmed(stream: Uint8Array, begin: number, end: number): Uint8Array {
  while (end > begin && stream[end - 1] === 0) end--;
  return stream.subarray(begin, end);
}

export function nalType(unit: Uint8Array): number {
  return unit[0]! & 0x1f;
}

/**
 * How the colours were made, by the sequence parameter set (E.2.1, `matrix_coefficients`).
 *
 * @param unit A sequence parameter set of a profile without chroma formats: baseline, main, extended.
 * @returns Undefined if it does not say, or not this.
 */
export function colourMatrix(unit: Uint8Array): ColourMatrix | undefined {
  const bits = new Bits(unit.subarray(1));
  bits.skip(24); // profile_idc, constraints, level_idc
  bits.unsigned(); // seq_parameter_set_id
  bits.unsigned(); // log2_max_frame_num_minus4
  const order = bits.unsigned();
  if (order === 0) bits.unsigned(); // log2_max_pic_order_cnt_lsb_minus4
  else if (order === 1) {
    bits.skip(1); // delta_pic_order_always_zero_flag
    bits.unsigned(); // offset_for_non_ref_pic
    bits.unsigned(); // offset_for_top_to_bottom_field
    for (let left = bits.unsigned(); left > 0 && !bits.ended; left--) bits.unsigned();
  }
  bits.unsigned(); // max_num_ref_frames
  bits.skip(1); // gaps_in_frame_num_value_allowed_flag
  bits.unsigned(); // pic_width_in_mbs_minus1
  bits.unsigned(); // pic_height_in_map_units_minus1
  if (bits.read(1) === 0) bits.skip(1); // frame_mbs_only_flag, mb_adaptive_frame_field_flag
  bits.skip(1); // direct_8x8_inference_flag
  if (bits.read(1) === 1) { for (let side = 0; side < 4; side++) bits.unsigned(); // frame_crop_*
   }
  if (bits.read(1) === 0) return undefined; // vui_parameters_present_flag
  // aspect_ratio_info_present_flag, aspect_ratio_idc; 255 is Extended_SAR
  if (bits.read(1) === 1 && bits.read(8) === 255) bits.skip(32);
  if (bits.read(1) === 1) bits.skip(1); // overscan_info_present_flag, overscan_appropriate_flag
  if (bits.read(1) === 0) return undefined; // video_signal_type_present_flag
  bits.skip(4); // video_format, video_full_range_flag
  if (bits.read(1) === 0) return undefined; // colour_description_present_flag
  bits.skip(16); // colour_primaries, transfer_characteristics
  const matrix = bits.read(8);
  if (bits.ended) return undefined;
  // Table E-5: 1 is BT.709; 5 and 6 are BT.601.
  return matrix === 1 ? "bt709" : matrix === 5 || matrix === 6 ? "bt601" : undefined;
}

/** Reads on behind the end as zeros: the answer is then that nothing is known. */
class Bits {
  readonly #octets: Uint8Array;
  #at = 0;

  /** @param payload With emulation prevention (7.3.1). */
  constructor(payload: Uint8Array) {
    const octets: number[] = [];
    let zeros = 0;
    for (const octet of payload) {
      if (zeros >= 2 && octet === 3) {
        zeros = 0;
        continue;
      }
      zeros = octet === 0 ? zeros + 1 : 0;
      octets.push(octet);
    }
    this.#octets = Uint8Array.from(octets);
  }

  get ended(): boolean {
    return this.#at > this.#octets.length * 8;
  }

  skip(count: number): void {
    this.#at += count;
  }

  read(count: number): number {
    let value = 0;
    for (; count > 0; count--, this.#at++) {
      value = value * 2 + ((this.#octets[this.#at >> 3] ?? 0) >> (7 - (this.#at & 7)) & 1);
    }
    return value;
  }

  /** ue(v), 9.1; se(v) has the same length. */
  unsigned(): number {
    let zeros = 0;
    while (this.read(1) === 0) if (++zeros > 32 || this.ended) return 0;
    return 2 ** zeros - 1 + this.read(zeros);
  }
}
