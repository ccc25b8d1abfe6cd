/**
 * Messages of an `audio` flow: one Opus packet each (RFC 6716), 48 kHz stereo.
 *
 * Silence is not sent. Sequence numbers count messages, so a missing number is a loss; silence shows
 * as a jump of the capture time between two messages that follow each other.
 *
 * All numbers are big-endian.
 *
 * | octets | field |
 * |---|---|
 * | 1 | type, 1 |
 * | 1 | flags: 1 silence follows, 2 the packet of the message before is repeated |
 * | 4 | sequence number |
 * | 8 | capture time of the first sample, µs of the server's monotonic clock, float64 |
 * | 2 | duration of the packet, and of the repeated one, µs |
 * | 2, n | if flagged: length, the packet of the message before |
 * | rest | the packet, at least one octet |
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

/** The version of this format, for the flow's metadata. */
export const AUDIO_VERSION = 1;

/** Samples a second of every channel, whatever was encoded (RFC 6716 §2). */
export const AUDIO_RATE = 48_000;
/** Left and right. */
export const AUDIO_CHANNELS = 2;
/** The largest packet in octets: three times what one frame may have (RFC 6716 §3.4). */
export const MAX_AUDIO_PACKET_OCTETS = 3 * 1275 + 7;

const TYPE_PACKET = 1;
const FLAG_SILENCE_FOLLOWS = 1;
const FLAG_REPEATED = 2;
const FIXED_OCTETS = 16;
const LENGTH_OCTETS = 2;
const U32_MAX = 0xffff_ffff;
/** The longest packet lasts 120 ms, but 60 is the most that encoders make of one frame. */
const MAX_DURATION = 60_000;

export interface AudioMessage {
  /** Counts the flow's messages; wraps from 2^32-1 to 0. */
  readonly sequence: number;
  /** Of the first sample, µs of the server's monotonic clock. */
  readonly captureTime: number;
  /** In µs. */
  readonly duration: number;
  /** Whether nothing comes after this until there is something to hear again. */
  readonly silenceFollows: boolean;
  /** Decoded, it shares the message's memory; so does `repeated`. */
  readonly packet: Uint8Array;
  /** The packet of the message before, for receivers that have lost that. */
  readonly repeated?: Uint8Array;
}

/** @throws {RangeError} if a field is out of its range. */
export function encodeAudioMessage(message: AudioMessage): Uint8Array<ArrayBuffer> {
  const wrong = refusal(message);
  if (wrong !== undefined) throw new RangeError(`An audio message cannot have ${wrong}`);
  const { packet, repeated, silenceFollows } = message;
  const start = FIXED_OCTETS + (repeated === undefined ? 0 : LENGTH_OCTETS + repeated.length);
  const octets = new Uint8Array(start + packet.length);
  const view = new DataView(octets.buffer);
  view.setUint8(0, TYPE_PACKET);
  view.setUint8(
    1,
    (silenceFollows ? FLAG_SILENCE_FOLLOWS : 0) | (repeated === undefined ? 0 : FLAG_REPEATED),
  );
  view.setUint32(2, message.sequence);
  view.setFloat64(6, message.captureTime);
  view.setUint16(14, message.duration);
  if (repeated !== undefined) {
    view.setUint16(FIXED_OCTETS, repeated.length);
    octets.set(repeated, FIXED_OCTETS + LENGTH_OCTETS);
  }
  octets.set(packet, start);
  return octets;
}

/**
 * @param octets One message of an audio flow.
 * @throws {ProtocolError} if it is truncated, or a field is out of range.
 */
export function decodeAudioMessage(octets: Uint8Array): AudioMessage {
  if (octets.length <= FIXED_OCTETS) {
    throw new ProtocolError(`An audio message of ${octets.length} octets holds no packet`);
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const type = view.getUint8(0);
  const flags = view.getUint8(1);
  if (type !== TYPE_PACKET || (flags & ~(FLAG_SILENCE_FOLLOWS | FLAG_REPEATED)) !== 0) {
    throw new ProtocolError(`Audio messages of type ${type} with flags ${flags} are not known`);
  }
  let start = FIXED_OCTETS;
  let repeated: Uint8Array | undefined;
  if ((flags & FLAG_REPEATED) !== 0) {
    if (octets.length < start + LENGTH_OCTETS) {
      throw new ProtocolError("An audio message ends before its repeated packet");
    }
    const length = view.getUint16(start);
    start += LENGTH_OCTETS;
    repeated = octets.subarray(start, start + length);
    if (repeated.length < length) {
      throw new ProtocolError("An audio message ends within its repeated packet");
    }
    start += length;
  }
  const message: AudioMessage = {
    sequence: view.getUint32(2),
    captureTime: view.getFloat64(6),
    duration: view.getUint16(14),
    silenceFollows: (flags & FLAG_SILENCE_FOLLOWS) !== 0,
    packet: octets.subarray(start),
    ...(repeated === undefined ? {} : { repeated }),
  };
  const wrong = refusal(message);
  if (wrong !== undefined) throw new ProtocolError(`An audio message cannot have ${wrong}`);
  return message;
}

/** What is wrong with a message, if anything. */
function refusal(message: AudioMessage): string | undefined {
  const { sequence, captureTime, duration, packet, repeated } = message;
  if (!Number.isInteger(sequence) || sequence < 0 || sequence > U32_MAX) {
    return `the sequence number ${sequence}`;
  }
  if (!(captureTime >= 0 && captureTime <= Number.MAX_SAFE_INTEGER)) {
    return `the capture time ${captureTime}`;
  }
  if (!Number.isInteger(duration) || duration < 1 || duration > MAX_DURATION) {
    return `a duration of ${duration} µs`;
  }
  for (const { length } of repeated === undefined ? [packet] : [packet, repeated]) {
    if (length < 1 || length > MAX_AUDIO_PACKET_OCTETS) return `a packet of ${length} octets`;
  }
  return undefined;
}

/**
 * How many messages are missing between two.
 *
 * @returns 0 if they follow each other, and undefined if the second is no newer than the first.
 */
export function missingAudioMessages(last: number, next: number): number | undefined {
  const ahead = (next - last) >>> 0;
  return ahead === 0 || ahead > U32_MAX / 2 ? undefined : ahead - 1;
}
