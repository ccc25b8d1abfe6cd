/**
 * Writes H.264 access units as fragmented MP4 (ISO/IEC 14496-12, -15), one fragment each, for Media
 * Source Extensions.
 *
 * Muxers for files and for streaming close a fragment when the next keyframe comes, or the next frame at
 * least, since only then they know how long the last one lasted. Here the last frame of a still screen is
 * to be seen at once, and the next may come in an hour.
 *
 * @module
 */

import type { Size } from "../input/pointer_mapping.ts";
import { NAL_PPS, NAL_SPS, nalType, nalUnits } from "../worker/h264_units.ts";

/** Units of time in a second. */
export const TIMESCALE = 90_000;

const TRACK = 1;
/** `sample_depends_on` 2 and 1; the latter with `sample_is_non_sync_sample` (ISO/IEC 14496-12 §8.8.3.1). */
const SYNC_SAMPLE = 0x0200_0000;
const DEPENDENT_SAMPLE = 0x0101_0000;
/** `tkhd` flags: enabled, in movie, in preview. */
const TRACK_FLAGS = 7;
/** `tfhd`: default-base-is-moof; `trun`: data offset, and each sample's duration, size and flags. */
const BASE_IS_MOOF = 0x02_0000;
const RUN_FLAGS = 0x000_701;
/** 72 dots an inch, 16.16. */
const RESOLUTION = 0x0048_0000;
const IDENTITY = [0x0001_0000, 0, 0, 0, 0x0001_0000, 0, 0, 0, 0x4000_0000];

type Part = Uint8Array | readonly number[];

/** The keyframe has no parameter sets, so nothing after it can be decoded. */
export class ParameterSetsMissingError extends Error {
  override readonly name = "ParameterSetsMissingError";
}

/**
 * The initialization segment. Its duration is unknown, as that of a live stream: browsers buffer less then.
 *
 * @param keyframe Annex B, with parameter sets.
 * @throws {ParameterSetsMissingError}
 */
export function initializationSegment(
  keyframe: Uint8Array,
  { width, height }: Size,
): Uint8Array<ArrayBuffer> {
  const units = nalUnits(keyframe);
  const sps = units.find((unit) => nalType(unit) === NAL_SPS);
  const pps = units.find((unit) => nalType(unit) === NAL_PPS);
  if (sps === undefined || pps === undefined) {
    throw new ParameterSetsMissingError("The keyframe has no parameter sets");
  }
  // ISO/IEC 14496-15 §5.3.3.1: lengths of four octets.
  const avcC = box(
    "avcC",
    [1, sps[1]!, sps[2]!, sps[3]!, 0xff, 0xe1],
    u16(sps.length),
    sps,
    [1],
    u16(pps.length),
    pps,
  );
  const avc1 = box(
    "avc1",
    [...u32(0), ...u16(0), ...u16(1)],
    new Uint8Array(16),
    [...u16(width), ...u16(height), ...u32(RESOLUTION), ...u32(RESOLUTION), ...u32(0), ...u16(1)],
    new Uint8Array(32),
    [...u16(0x18), ...u16(0xffff)],
    avcC,
  );
  const empty = (type: string) => fullBox(type, 0, u32(0));
  const table = box(
    "stbl",
    fullBox("stsd", 0, u32(1), avc1),
    empty("stts"),
    empty("stsc"),
    fullBox("stsz", 0, u32(0), u32(0)),
    empty("stco"),
  );
  const media = box(
    "mdia",
    fullBox("mdhd", 0, u32(0), u32(0), u32(TIMESCALE), u32(0), u16(0x55c4), u16(0)),
    fullBox("hdlr", 0, u32(0), ascii("vide"), new Uint8Array(12), [0]),
    box(
      "minf",
      fullBox("vmhd", 1, new Uint8Array(8)),
      box("dinf", fullBox("dref", 0, u32(1), fullBox("url ", 1))),
      table,
    ),
  );
  const track = box(
    "trak",
    fullBox(
      "tkhd",
      TRACK_FLAGS,
      [0, 0, TRACK, 0, 0, 0, 0].flatMap(u32),
      new Uint8Array(8),
      IDENTITY.flatMap(u32),
      u32(width * 0x1_0000),
      u32(height * 0x1_0000),
    ),
    media,
  );
  const movie = box(
    "moov",
    fullBox(
      "mvhd",
      0,
      [0, 0, TIMESCALE, 0, 0x0001_0000].flatMap(u32),
      [...u16(0x100), ...u16(0)],
      new Uint8Array(8),
      IDENTITY.flatMap(u32),
      new Uint8Array(24),
      u32(TRACK + 1),
    ),
    track,
    box("mvex", fullBox("trex", 0, [TRACK, 1, 0, 0, 0].flatMap(u32))),
  );
  return join([box("ftyp", ascii("iso5"), u32(512), ascii("iso5iso6mp41avc1")), movie]);
}

/** One access unit as a sample. */
export interface Sample {
  /** Counts the fragments, from 1. */
  readonly sequence: number;
  /** When it is to be shown, and for how long it may be; in units of {@link TIMESCALE}. */
  readonly time: number;
  readonly duration: number;
  readonly keyframe: boolean;
  /** Annex B. */
  readonly accessUnit: Uint8Array;
}

/** A media segment of one sample. */
export function mediaSegment(sample: Sample): Uint8Array<ArrayBuffer> {
  const { accessUnit, duration, keyframe, sequence, time } = sample;
  const units = nalUnits(accessUnit);
  const length = units.reduce((sum, unit) => sum + 4 + unit.length, 0);
  const fragment = (offset: number) =>
    box(
      "moof",
      fullBox("mfhd", 0, u32(sequence)),
      box(
        "traf",
        fullBox("tfhd", BASE_IS_MOOF, u32(TRACK)),
        // Version 1: 64 bits.
        box("tfdt", [1, 0, 0, 0], u32(Math.floor(time / 2 ** 32)), u32(time)),
        fullBox(
          "trun",
          RUN_FLAGS,
          u32(1),
          u32(offset),
          u32(duration),
          u32(length),
          u32(keyframe ? SYNC_SAMPLE : DEPENDENT_SAMPLE),
        ),
      ),
    );
  const header = 8;
  const moof = fragment(fragment(0).length + header);
  return join([
    moof,
    u32(header + length),
    ascii("mdat"),
    ...units.flatMap((unit) => [u32(unit.length), unit]),
  ]);
}

function box(type: string, ...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return join([u32(length), ascii(type), ...parts]);
}

/** Version 0. */
function fullBox(type: string, flags: number, ...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  return box(type, u32(flags), ...parts);
}

function join(parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}

function u16(value: number): number[] {
  return [value >>> 8 & 255, value & 255];
}

function u32(value: number): number[] {
  return [value >>> 24 & 255, value >>> 16 & 255, value >>> 8 & 255, value & 255];
}

function ascii(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}
