/**
 * Messages of a `video` flow: one access unit each, behind a header that says when its picture was
 * taken and what each step took, so that the viewer can split the latency it sees.
 *
 * All numbers are big-endian.
 *
 * | octets | field |
 * |---|---|
 * | 1 | type, 1 |
 * | 1 | flags: 1 keyframe, 2 top-off, 4 decoder configuration follows |
 * | 4 | sequence number |
 * | 8 | capture time (the grab's start), µs of the server's monotonic clock, float64 |
 * | 4 | damage to grab, µs |
 * | 4 | grab, µs |
 * | 4 | convert, µs |
 * | 4 | encode, µs |
 * | 4 | sequence number of the last input injected before the grab, 0 for none |
 * | 4 | that input's injection to the grab, µs |
 * | 1, 8 n | number of changed rectangles, then x, y, width, height of each, u16; 0: all of it |
 * | 2, n | if flagged: length, decoder configuration in UTF-8 JSON |
 * | rest | the access unit, at least one octet |
 *
 * @module
 */

import * as v from "valibot";
import { ProtocolError } from "./errors.ts";
import { decodeJson, encodeJson } from "./json.ts";

/** The version of this format, for the flow's metadata. */
export const VIDEO_VERSION = 1;

const TYPE_ACCESS_UNIT = 1;
const FLAG_KEYFRAME = 1;
const FLAG_TOP_OFF = 2;
const FLAG_CONFIG = 4;
const LAST_INPUT_OFFSET = 30;
const FIXED_OCTETS = 39;
const CHANGED_OFFSET = FIXED_OCTETS - 1;
const RECTANGLE_OCTETS = 8;
/** Most changed rectangles that a message names; a picture with more has changed as a whole. */
export const MAX_CHANGED_RECTANGLES = 8;
const RECTANGLE_KEYS = ["x", "y", "width", "height"] as const;
const MAX_CONFIG_OCTETS = 1024;
const MAX_DIMENSION = 32768;
const U32_MAX = 0xffff_ffff;

const Dimension = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MAX_DIMENSION));

const DecoderConfig = v.object({
  /** The codec string of the WebCodecs registry, from the bitstream: `avc1.42c01f`, `vp8`. */
  codec: v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9.\-]{1,63}$/)),
  /** In pixels. */
  codedWidth: Dimension,
  codedHeight: Dimension,
});
/** What a decoder must be configured with before it is given this access unit. */
export type DecoderConfig = v.InferOutput<typeof DecoderConfig>;

/** A part of the picture, in pixels. */
export interface PictureRectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** All of a video message but the access unit. Durations are in µs and saturate at 2^32-1. */
export interface VideoHeader {
  /** Counts the flow's access units; wraps from 2^32-1 to 0. */
  readonly sequence: number;
  readonly keyframe: boolean;
  /** Whether the picture shows nothing new, only better. */
  readonly topOff: boolean;
  /** µs of the server's monotonic clock. */
  readonly captureTime: number;
  readonly damageToGrab: number;
  readonly grab: number;
  readonly convert: number;
  readonly encode: number;
  /** The sequence number of the last input injected before the grab; 0 for none. */
  readonly lastInput: number;
  readonly inputToGrab: number;
  /**
   * Where the picture differs from the one before: a hint that spares the viewer drawing the rest.
   * Empty for all of it. At most {@link MAX_CHANGED_RECTANGLES}.
   */
  readonly changed: readonly PictureRectangle[];
  /** On keyframes only. */
  readonly config?: DecoderConfig;
}

export interface VideoMessage extends VideoHeader {
  /** Shares its memory with the message. */
  readonly accessUnit: Uint8Array;
}

/**
 * What tells whether a message of one path follows those of another.
 *
 * @param octets A message of a video flow.
 * @throws {ProtocolError} if it is too short for one.
 */
export function videoOrder(octets: Uint8Array): Pick<VideoHeader, "sequence" | "keyframe"> {
  if (octets.length <= FIXED_OCTETS) {
    throw new ProtocolError(`A video message has more than ${octets.length} octets`);
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  return { sequence: view.getUint32(2), keyframe: (view.getUint8(1) & FLAG_KEYFRAME) !== 0 };
}

/**
 * @param header The header, of which the parts of varying length count.
 * @returns How many octets {@link encodeVideoHeaderInto} writes.
 */
export function videoHeaderLength(
  { changed, config }: Pick<VideoHeader, "changed" | "config">,
): number {
  return FIXED_OCTETS + changed.length * RECTANGLE_OCTETS +
    (config === undefined ? 0 : 2 + encodeConfig(config).length);
}

/**
 * Writes the header right before the access unit, so that the encoder's output needs no copy.
 *
 * @param target The octets that hold the access unit, with room in front of it.
 * @param offset Where the header starts; {@link videoHeaderLength} octets before the access unit.
 * @returns The offset after the header.
 * @throws {RangeError} if a field is out of its range, the configuration is not on a keyframe, or
 * the target is too short.
 */
export function encodeVideoHeaderInto(
  target: Uint8Array,
  offset: number,
  header: VideoHeader,
): number {
  const config = header.config === undefined ? undefined : encodeConfig(header.config);
  if (config !== undefined && !header.keyframe) {
    throw new RangeError("Only a keyframe may carry a decoder configuration");
  }
  const { changed } = header;
  if (changed.length > MAX_CHANGED_RECTANGLES) {
    throw new RangeError(
      `A header names at most ${MAX_CHANGED_RECTANGLES} changed rectangles, not ${changed.length}`,
    );
  }
  const configOffset = FIXED_OCTETS + changed.length * RECTANGLE_OCTETS;
  const length = configOffset + (config === undefined ? 0 : 2 + config.length);
  if (offset < 0 || offset + length > target.length) {
    throw new RangeError(
      `A header of ${length} octets does not fit at ${offset} of ${target.length} octets`,
    );
  }
  if (!(header.captureTime >= 0 && header.captureTime <= Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`The capture time must be 0 or more µs, not ${header.captureTime}`);
  }
  const view = new DataView(target.buffer, target.byteOffset + offset, length);
  view.setUint8(0, TYPE_ACCESS_UNIT);
  view.setUint8(
    1,
    (header.keyframe ? FLAG_KEYFRAME : 0) | (header.topOff ? FLAG_TOP_OFF : 0) |
      (config === undefined ? 0 : FLAG_CONFIG),
  );
  view.setUint32(2, uint32(header.sequence, "sequence number"));
  view.setFloat64(6, header.captureTime);
  view.setUint32(14, duration(header.damageToGrab));
  view.setUint32(18, duration(header.grab));
  view.setUint32(22, duration(header.convert));
  view.setUint32(26, duration(header.encode));
  view.setUint32(LAST_INPUT_OFFSET, uint32(header.lastInput, "last input"));
  view.setUint32(34, duration(header.inputToGrab));
  view.setUint8(CHANGED_OFFSET, changed.length);
  changed.forEach((rectangle, index) =>
    setRectangle(view, FIXED_OCTETS + index * RECTANGLE_OCTETS, rectangle)
  );
  if (config !== undefined) {
    view.setUint16(configOffset, config.length);
    target.set(config, offset + configOffset + 2);
  }
  return offset + length;
}

/**
 * Encodes a whole message into new memory. The server uses {@link encodeVideoHeaderInto} instead.
 *
 * @throws {RangeError} if a field is out of its range or the access unit is empty.
 */
export function encodeVideoMessage(message: VideoMessage): Uint8Array<ArrayBuffer> {
  if (message.accessUnit.length === 0) throw new RangeError("The access unit is empty");
  const headerLength = videoHeaderLength(message);
  const octets = new Uint8Array(headerLength + message.accessUnit.length);
  octets.set(message.accessUnit, encodeVideoHeaderInto(octets, 0, message));
  return octets;
}

/**
 * @param octets One message of a video flow.
 * @returns Its parts; the access unit is a view of the same memory.
 * @throws {ProtocolError} if it is truncated, of another type, or a field is out of its range.
 */
export function decodeVideoMessage(octets: Uint8Array): VideoMessage {
  if (octets.length < FIXED_OCTETS) {
    throw new ProtocolError(
      `A video message of ${octets.length} octets is shorter than its header`,
    );
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const type = view.getUint8(0);
  if (type !== TYPE_ACCESS_UNIT) throw new ProtocolError(`There is no video message type ${type}`);
  const flags = view.getUint8(1);
  if ((flags & ~(FLAG_KEYFRAME | FLAG_TOP_OFF | FLAG_CONFIG)) !== 0) {
    throw new ProtocolError(`The video message has unknown flags: 0x${flags.toString(16)}`);
  }
  const keyframe = (flags & FLAG_KEYFRAME) !== 0;
  const captureTime = view.getFloat64(6);
  if (!(captureTime >= 0 && captureTime <= Number.MAX_SAFE_INTEGER)) {
    throw new ProtocolError(`The video message has a capture time of ${captureTime} µs`);
  }
  const rectangles = view.getUint8(CHANGED_OFFSET);
  if (rectangles > MAX_CHANGED_RECTANGLES) {
    throw new ProtocolError(`The video message names ${rectangles} changed rectangles`);
  }
  let at = FIXED_OCTETS + rectangles * RECTANGLE_OCTETS;
  if (octets.length < at) {
    throw new ProtocolError("The video message ends within its changed rectangles");
  }
  const changed = Array.from(
    { length: rectangles },
    (_, index) => getRectangle(view, FIXED_OCTETS + index * RECTANGLE_OCTETS),
  );
  let config: DecoderConfig | undefined;
  if ((flags & FLAG_CONFIG) !== 0) {
    if (!keyframe) {
      throw new ProtocolError("The video message has a configuration but is no keyframe");
    }
    if (octets.length < at + 2) {
      throw new ProtocolError("The video message ends within its configuration's length");
    }
    const end = at + 2 + view.getUint16(at);
    if (octets.length < end) {
      throw new ProtocolError("The video message ends within its configuration");
    }
    config = decodeJson(
      DecoderConfig,
      octets.subarray(at + 2, end),
      MAX_CONFIG_OCTETS,
      "decoder configuration",
    );
    at = end;
  }
  if (octets.length === at) throw new ProtocolError("The video message has no access unit");
  return {
    sequence: view.getUint32(2),
    keyframe,
    topOff: (flags & FLAG_TOP_OFF) !== 0,
    captureTime,
    damageToGrab: view.getUint32(14),
    grab: view.getUint32(18),
    convert: view.getUint32(22),
    encode: view.getUint32(26),
    lastInput: view.getUint32(LAST_INPUT_OFFSET),
    inputToGrab: view.getUint32(34),
    changed,
    ...(config === undefined ? {} : { config }),
    accessUnit: octets.subarray(at),
  };
}

/**
 * @param octets An encoded video message.
 * @returns A copy that names no input: sequence numbers of input belong to one viewer, and the
 * others must not take them for theirs.
 */
export function withoutLastInput(octets: Uint8Array): Uint8Array {
  return octets.slice().fill(0, LAST_INPUT_OFFSET, LAST_INPUT_OFFSET + 8);
}

function encodeConfig(config: DecoderConfig): Uint8Array {
  return encodeJson(DecoderConfig, config, MAX_CONFIG_OCTETS, "decoder configuration");
}

function setRectangle(view: DataView, offset: number, rectangle: PictureRectangle): void {
  for (const [index, key] of RECTANGLE_KEYS.entries()) {
    const value = rectangle[key];
    if (!Number.isInteger(value) || value < 0 || value > MAX_DIMENSION) {
      throw new RangeError(`A changed rectangle cannot have ${key} ${value}`);
    }
    view.setUint16(offset + 2 * index, value);
  }
}

function getRectangle(view: DataView, offset: number): PictureRectangle {
  const x = view.getUint16(offset);
  const y = view.getUint16(offset + 2);
  const width = view.getUint16(offset + 4);
  const height = view.getUint16(offset + 6);
  if (Math.max(x, y, width, height) > MAX_DIMENSION) {
    throw new ProtocolError(`A changed rectangle cannot be ${width}x${height} at ${x},${y}`);
  }
  return { x, y, width, height };
}

/** A still screen makes durations of hours, and clocks read in two places may go back by a hair. */
function duration(microseconds: number): number {
  if (Number.isNaN(microseconds)) throw new RangeError("A duration is not a number");
  return Math.min(Math.max(Math.round(microseconds), 0), U32_MAX);
}

function uint32(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 0 || value > U32_MAX) {
    throw new RangeError(`The ${what} must be an integer from 0 to 2^32-1, not ${value}`);
  }
  return value;
}
