/**
 * Reads VP9 uncompressed headers.
 *
 * Section numbers are those of the VP9 Bitstream & Decoding Process Specification 0.6; codec strings are
 * those of the VP Codec ISO Media File Format Binding 1.0.
 *
 * @module
 */

import { BitReader } from "./bit_reader.ts";
import { BitstreamError, type ColourDescription, type DecoderConfig } from "./bitstream.ts";

/** What the uncompressed header of a keyframe says. */
export interface Vp9KeyframeHeader {
  /** `Profile`, 0 to 3: odd ones have other chroma formats than 4:2:0, those from 2 on more than 8 bits. */
  readonly profile: number;
  readonly bitDepth: 8 | 10 | 12;
  /** Whether there are half as many samples of colour in a row, and half as many rows of them. */
  readonly subsampling: readonly [x: boolean, y: boolean];
  /** As far as the header says it; primaries and transfer are never in it, but for RGB. */
  readonly colour: ColourDescription;
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** `color_space`, 7.2.2, as the matrix coefficients that it stands for. 6 is reserved. */
const MATRICES = [2, 5, 1, 6, 7, 9, undefined, 0] as const;

/** `color_space` of RGB. */
const RGB = 7;

/** Reads the header of a frame, 6.2. @returns Undefined if it is no keyframe. */
function readHeader(frame: Uint8Array): Vp9KeyframeHeader | undefined {
  const reader = new BitReader(frame, { escaped: false });
  if (reader.bits(2) !== 2) {
    throw new BitstreamError("A VP9 frame does not have the frame marker 2");
  }
  const profile = reader.bit() + 2 * reader.bit();
  if (profile === 3) reader.bit(); // reserved_zero
  if (reader.bit() === 1) return undefined; // show_existing_frame
  const keyframe = reader.bit() === 0; // frame_type
  if (!keyframe) return undefined;
  reader.skip(2); // show_frame, error_resilient_mode
  if (reader.bits(24) !== 0x49_83_42) {
    throw new BitstreamError("A VP9 keyframe does not have the sync code 49 83 42");
  }
  const colours = readColourConfig(reader, profile);
  const width = reader.bits(16) + 1;
  const height = reader.bits(16) + 1;
  return { profile, ...colours, width, height };
}

/** 6.2.2 */
function readColourConfig(
  reader: BitReader,
  profile: number,
): Pick<Vp9KeyframeHeader, "bitDepth" | "subsampling" | "colour"> {
  const bitDepth = profile < 2 ? 8 : reader.bit() === 1 ? 12 : 10;
  const odd = profile % 2 === 1;
  const space = reader.bits(3);
  const matrix = MATRICES[space];
  if (matrix === undefined) {
    throw new BitstreamError(`A VP9 keyframe has the colour space ${space}`);
  }
  if (space === RGB) {
    if (!odd) throw new BitstreamError(`A VP9 keyframe of profile ${profile} says that it is RGB`);
    reader.bit(); // reserved_zero
    // sRGB's, by its name.
    const colour = { primaries: 1, transfer: 13, matrix, fullRange: true };
    return { bitDepth, subsampling: [false, false], colour };
  }
  const colour = { primaries: 2, transfer: 2, matrix, fullRange: reader.bit() === 1 };
  if (!odd) return { bitDepth, subsampling: [true, true], colour };
  const subsampling = [reader.bit() === 1, reader.bit() === 1] as const;
  reader.bit(); // reserved_zero
  if (subsampling[0] && subsampling[1]) {
    throw new BitstreamError(`A VP9 keyframe of profile ${profile} says that it is 4:2:0`);
  }
  return { bitDepth, subsampling, colour };
}

/**
 * Reads a keyframe's header.
 *
 * @throws {BitstreamError} If it is no keyframe, too short, or malformed.
 */
export function readVp9Keyframe(frame: Uint8Array): Vp9KeyframeHeader {
  const header = readHeader(frame);
  if (header === undefined) throw new BitstreamError("The VP9 frame is no keyframe");
  return header;
}

/** Octet and bit of `color_space` in a keyframe's header of profile 0 or 1: behind 8 bits and the sync code. */
const SPACE = { octet: 4, shift: 5 } as const;

/**
 * Writes into a keyframe how its colours are made, if it does not say so. Encoders that leave it out have
 * decoders guess.
 *
 * @param frame A keyframe of 8 bits a sample; changed in place.
 * @param matrix `MatrixCoefficients` of ITU-T H.273: 1 or 5.
 * @throws {BitstreamError} If it is no keyframe, or malformed.
 */
export function describeVp9Colours(frame: Uint8Array, matrix: 1 | 5): void {
  const { profile, colour } = readVp9Keyframe(frame);
  if (profile > 1 || colour.matrix !== 2) return;
  frame[SPACE.octet]! |= MATRICES.indexOf(matrix) << SPACE.shift;
}

/** Level, most luma samples of a picture, most of a second, most of a row or column: Annex A. */
const LEVELS = [
  [10, 36_864, 829_440, 512],
  [11, 73_728, 2_764_800, 768],
  [20, 122_880, 4_608_000, 960],
  [21, 245_760, 9_216_000, 1344],
  [30, 552_960, 20_736_000, 2048],
  [31, 983_040, 36_864_000, 2752],
  [40, 2_228_224, 83_558_400, 4160],
  [41, 2_228_224, 160_432_128, 4160],
  [50, 8_912_896, 311_951_360, 8384],
  [51, 8_912_896, 588_251_136, 8384],
  [52, 8_912_896, 1_176_502_272, 8384],
  [60, 35_651_584, 1_176_502_272, 16832],
  [61, 35_651_584, 2_353_004_544, 16832],
  [62, 35_651_584, 4_706_009_088, 16832],
] as const;

/** Frames a second that a decoder must expect; the stream does not say. */
const NOMINAL_RATE = 60;

/** The least level that allows a picture at 60 frames a second; the highest if none does. */
function levelOf(width: number, height: number): number {
  const samples = width * height;
  const level = LEVELS.find(([_, picture, second, side]) =>
    samples <= picture && samples * NOMINAL_RATE <= second && Math.max(width, height) <= side
  );
  return (level ?? LEVELS.at(-1)!)[0];
}

/** `chromaSubsampling`: 4:2:0 with samples at the left corner, which decoders assume, 4:2:2, 4:4:0, 4:4:4. */
function subsamplingCode([x, y]: readonly [boolean, boolean]): number {
  if (x) return y ? 1 : 2;
  // 4:4:0 is the newest of them.
  return y ? 4 : 3;
}

/**
 * Reads the decoder configuration of a keyframe, with all fields of its codec string. Where the stream does
 * not say how colours are made, the string says what browsers then assume: BT.709, and in small pictures
 * the matrix of BT.601. The level is the picture's.
 *
 * @throws {BitstreamError} If it is no keyframe, or malformed.
 */
export function readVp9Config(frame: Uint8Array): DecoderConfig {
  const { profile, bitDepth, subsampling, colour, width, height } = readVp9Keyframe(frame);
  const { matrix } = colour;
  const fields = [
    profile,
    levelOf(width, height),
    bitDepth,
    subsamplingCode(subsampling),
    colour.primaries === 2 ? 1 : colour.primaries,
    colour.transfer === 2 ? 1 : colour.transfer,
    matrix === 2 ? height < 720 ? 6 : 1 : matrix,
    colour.fullRange ? 1 : 0,
  ].map((field) => String(field).padStart(2, "0"));
  return { codec: `vp09.${fields.join(".")}`, codedWidth: width, codedHeight: height };
}
