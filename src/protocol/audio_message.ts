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
 * | 1 | flags: 1 silence follows; 2 and 4: how many packets are repeated, as a number, 2 at most |
 * | 4 | sequence number |
 * | 8 | capture time of the first sample, µs of the server's monotonic clock, float64 |
 * | 2 | duration of the packet, and of each repeated one, µs |
 * | 2, n | of each repeated packet, the latest first: length, the packet |
 * | rest | the packet, at least one octet |
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

/** The version of this format, for the flow's metadata. */
export const AUDIO_VERSION = 2;

/** Samples a second of every channel, whatever was encoded (RFC 6716 §2). */
export const AUDIO_RATE = 48_000;
/** Left and right. */
export const AUDIO_CHANNELS = 2;
/** The largest packet in octets: three times what one frame may have (RFC 6716 §3.4). */
export const MAX_AUDIO_PACKET_OCTETS = 3 * 1275 + 7;
/** So many of the packets before may come again with one. */
export const MAX_REPEATED_AUDIO_PACKETS = 2;

const TYPE_PACKET = 1;
const FLAG_SILENCE_FOLLOWS = 1;
const REPEATED_SHIFT = 1;
const REPEATED_MASK = 3;
/** Of a message, but for packets and their lengths. */
export const AUDIO_HEADER_OCTETS = 16;
/** Of a repeated packet's length. */
export const AUDIO_LENGTH_OCTETS = 2;
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
  /** Decoded, it shares the message's memory; so do those of `repeated`. */
  readonly packet: Uint8Array;
  /** The packets of the messages before, the latest first, for receivers that have lost those. */
  readonly repeated: readonly Uint8Array[];
}

/** @throws {RangeError} if a field is out of its range. */
export function encodeAudioMessage(message: AudioMessage): Uint8Array<ArrayBuffer> {
  const wrong = refusal(message);
  if (wrong !== undefined) throw new RangeError(`An audio message cannot have ${wrong}`);
  const { packet, repeated, silenceFollows } = message;
  let start = AUDIO_HEADER_OCTETS;
  for (const { length } of repeated) start += AUDIO_LENGTH_OCTETS + length;
  const octets = new Uint8Array(start + packet.length);
  const view = new DataView(octets.buffer);
  view.setUint8(0, TYPE_PACKET);
  view.setUint8(1, (silenceFollows ? FLAG_SILENCE_FOLLOWS : 0) | repeated.length << REPEATED_SHIFT);
  view.setUint32(2, message.sequence);
  view.setFloat64(6, message.captureTime);
  view.setUint16(14, message.duration);
  let at = AUDIO_HEADER_OCTETS;
  for (const again of repeated) {
    view.setUint16(at, again.length);
    octets.set(again, at + AUDIO_LENGTH_OCTETS);
    at += AUDIO_LENGTH_OCTETS + again.length;
  }
  octets.set(packet, start);
  return octets;
}

/**
 * @param octets One message of an audio flow.
 * @throws {ProtocolError} if it is truncated, or a field is out of range.
 */
export function decodeAudioMessage(octets: Uint8Array): AudioMessage {
  if (octets.length <= AUDIO_HEADER_OCTETS) {
    throw new ProtocolError(`An audio message of ${octets.length} octets holds no packet`);
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const type = view.getUint8(0);
  const flags = view.getUint8(1);
  const count = flags >> REPEATED_SHIFT & REPEATED_MASK;
  const known = FLAG_SILENCE_FOLLOWS | REPEATED_MASK << REPEATED_SHIFT;
  if (type !== TYPE_PACKET || (flags & ~known) !== 0) {
    throw new ProtocolError(`Audio messages of type ${type} with flags ${flags} are not known`);
  }
  let start = AUDIO_HEADER_OCTETS;
  const repeated: Uint8Array[] = [];
  for (let i = 0; i < count; i++) {
    if (octets.length < start + AUDIO_LENGTH_OCTETS) {
      throw new ProtocolError("An audio message ends before its repeated packet");
    }
    const length = view.getUint16(start);
    start += AUDIO_LENGTH_OCTETS;
    const again = octets.subarray(start, start + length);
    if (again.length < length) {
      throw new ProtocolError("An audio message ends within its repeated packet");
    }
    repeated.push(again);
    start += length;
  }
  const message: AudioMessage = {
    sequence: view.getUint32(2),
    captureTime: view.getFloat64(6),
    duration: view.getUint16(14),
    silenceFollows: (flags & FLAG_SILENCE_FOLLOWS) !== 0,
    packet: octets.subarray(start),
    repeated,
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
  if (repeated.length > MAX_REPEATED_AUDIO_PACKETS) return `${repeated.length} repeated packets`;
  for (const { length } of [packet, ...repeated]) {
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
