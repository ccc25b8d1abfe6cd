/**
 * What flows say over WebTransport.
 *
 * A session has one reliable stream, which the server opens. Each side's first octet on it is
 * {@link WEBTRANSPORT_VERSION}; what follows are frames: the length (vlu), then a message. Messages are
 * RTWebSocket's, with its acks replaced, and these:
 *
 * | octets | message |
 * |---|---|
 * | `6a` vlu echo, vlu held, vlu losses, then vlu flow, vlu total, vlu buffer, vlu index for each flow | acks |
| `2d` vlu flow, vlu index, vlu after, octets | a replaceable message |
 * | `2e` vlu flow, octets | a losable message |
 * | `2f` vlu flow, vlu before, vlu index, octets | a copy of a message of an ordered flow |
 * | `2a` vlu flow, vlu sequence, vlu octets | give up a message of an independent flow |
 * | `2c` vlu flow, vlu count | close an independent flow after so many messages |
 * | `7c` vlu code, UTF-8 reason | bye: the session ends |
 *
 * Acks and replaceable messages also travel as datagrams, one each, and losable messages only so.
 * Datagrams get lost, so acks are cumulative: `total` is all octets of the flow that have come so far, `index` that of its newest
 * replaceable message (0 before the first), and `echo` the time stamp of the message stream that came
 * last (plus 1; 0 if none did since the last acks), which was `held` microseconds before the acks were
 * sent.
 *
 * Replaceable messages of an ordered flow are counted from 1, by `index`, and `after` says how many of
 * the flow's other messages come before one. The receiver waits for those, and ignores what is older
 * than what it has had. The last one that was not acknowledged goes on the reliable stream before any
 * other message of the flow, or after a while.
 *
 * On a path that loses packets what is urgent is sent twice. The copy of a message of an ordered flow is a
 * datagram: it counts if `before` is how many of the flow's messages the receiver has had and `index` is not
 * beyond its newest replaceable message, and then the one on the reliable stream does not. A message
 * of an independent flow gets a second stream, the same as the first: the one that is whole first counts,
 * and the further of the two says what is acknowledged. `losses` counts messages of independent flows that were
 * not whole when a later one was, or when their copy was, and losses that the application has found among its
 * losable messages: that is how the sender learns of them.
 *
 * Each message of an independent flow has a unidirectional stream to itself, which begins with vlu
 * flow, vlu sequence, vlu skip, vlu length, vlu time. Sequence numbers begin at 0; `skip` says how many
 * messages right before this one were given up, so that nobody waits for them; `time` is the sender's
 * clock in microseconds modulo 2^32. Knowing the length, the receiver does not wait for the stream's end.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";
import type { LatestMessage } from "./latest_sender.ts";
import {
  type ControlMessage,
  decodeMessage,
  encodeControl,
  type RtwebsocketMessage,
  utf8Prefix,
} from "./rtwebsocket_message.ts";
import { OctetReader, vluLength, writeVlu } from "./vlu.ts";

/** The version of all this. */
export const WEBTRANSPORT_VERSION = 2;

const Type = {
  GiveUp: 0x2a,
  CloseIndependent: 0x2c,
  Latest: 0x2d,
  Losable: 0x2e,
  Copy: 0x2f,
  RtwebsocketAck: 0x5a,
  Acks: 0x6a,
  Bye: 0x7c,
} as const;

/** Time stamps are microseconds modulo this. */
export const TIME_MODULUS = 2 ** 32;

/** The longest reason of a bye that is sent or read, in octets; more is cut off. */
const MAX_REASON_OCTETS = 1024;

/** The ack of one flow. */
export interface FlowAck {
  readonly flow: number;
  /** All octets of the flow that have come so far, with headers. */
  readonly total: number;
  /** Octets that the receiver has room for. */
  readonly buffer: number;
  /** The newest replaceable message that has come; 0 before the first. */
  readonly latest: number;
}

export interface AcksMessage {
  readonly type: "acks";
  /** The time stamp of the message stream that came last, and how long ago that was; both in µs. */
  readonly echo?: { readonly time: number; readonly held: number };
  /** How many losses have shown in all. */
  readonly losses: number;
  readonly acks: readonly FlowAck[];
}

/** A replaceable message of a flow. */
export interface LatestFrame extends LatestMessage {
  readonly type: "latest";
  readonly flow: number;
}

/** A losable message of a flow. */
export interface LosableFrame {
  readonly type: "losable";
  readonly flow: number;
  readonly octets: Uint8Array;
}

/** A copy of a message that is also on the reliable stream. */
export interface CopyFrame {
  readonly type: "copy";
  readonly flow: number;
  /** How many of the flow's messages come before it, without replaceable ones. */
  readonly before: number;
  /** The index of the last replaceable message before it. */
  readonly index: number;
  readonly octets: Uint8Array;
}

export type WebtransportMessage =
  | Exclude<RtwebsocketMessage, { type: "ack" }>
  | AcksMessage
  | {
    readonly type: "giveUp";
    readonly flow: number;
    readonly sequence: number;
    /** What was sent of the message, with its header. */
    readonly octets: number;
  }
  | LatestFrame
  | LosableFrame
  | CopyFrame
  | { readonly type: "closeIndependent"; readonly flow: number; readonly count: number }
  | { readonly type: "bye"; readonly code: number; readonly reason: string };

/** What may be sent as a datagram. */
export type DatagramMessage = AcksMessage | CopyFrame | LatestFrame | LosableFrame;

/** What can be sent as it is: all but user data and RTWebSocket's acks. */
export type WebtransportControl =
  | Exclude<ControlMessage, { type: "ack" }>
  | Exclude<WebtransportMessage, RtwebsocketMessage>;

/** What a message stream begins with. */
export interface StreamHeader {
  readonly flow: number;
  readonly sequence: number;
  /** How many messages right before this one were given up. */
  readonly skip: number;
  /** Octets of the message. */
  readonly length: number;
  /** When it was sent, in µs of the sender's clock modulo {@link TIME_MODULUS}. */
  readonly time: number;
}

/** The longest header of a message stream that is read, in octets. */
export const MAX_STREAM_HEADER_OCTETS = 40;

const decoder = new TextDecoder();
const NOTHING = new Uint8Array(0);

/** @throws {RangeError} if an integer is not one from 0 to 2^53-1. */
export function encodeWebtransportMessage(message: WebtransportControl): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "acks": {
      const { acks, echo, losses } = message;
      return assemble(Type.Acks, [
        echo === undefined ? 0 : echo.time + 1,
        echo?.held ?? 0,
        losses,
        ...acks.flatMap(({ flow, total, buffer, latest }) => [flow, total, buffer, latest]),
      ]);
    }
    case "giveUp":
      return assemble(Type.GiveUp, [message.flow, message.sequence, message.octets]);
    case "latest":
      return assemble(Type.Latest, [message.flow, message.index, message.after], message.octets);
    case "copy": {
      const { before, flow, index, octets } = message;
      return assemble(Type.Copy, [flow, before, index], octets);
    }
    case "losable":
      return assemble(Type.Losable, [message.flow], message.octets);
    case "closeIndependent":
      return assemble(Type.CloseIndependent, [message.flow, message.count]);
    case "bye":
      return assemble(Type.Bye, [message.code], utf8Prefix(message.reason, MAX_REASON_OCTETS));
    default:
      return encodeControl(message);
  }
}

/**
 * @param octets One frame of the reliable stream.
 * @returns What it says; octets in it share its memory.
 * @throws {ProtocolError} if it is empty, of an unknown type, truncated or too long.
 */
export function decodeWebtransportMessage(octets: Uint8Array): WebtransportMessage {
  const type = octets[0];
  const reader = new OctetReader(octets, 1);
  switch (type) {
    case Type.Acks: {
      const time = reader.vlu("echoed time stamp");
      const held = reader.vlu("time that it was held");
      const losses = reader.vlu("count of losses");
      if (time > TIME_MODULUS) throw new ProtocolError(`There is no time stamp ${time}`);
      const acks: FlowAck[] = [];
      while (reader.left > 0) {
        acks.push({
          flow: reader.vlu("flow number"),
          total: reader.vlu("acked octets"),
          buffer: reader.vlu("receive buffer"),
          latest: reader.vlu("index"),
        });
      }
      return {
        type: "acks",
        losses,
        acks,
        ...(time === 0 ? {} : { echo: { time: time - 1, held } }),
      };
    }
    case Type.GiveUp: {
      const flow = reader.vlu("flow number");
      const sequence = reader.vlu("sequence number");
      const sent = reader.vlu("octets sent");
      reader.end("message that gives one up");
      return { type: "giveUp", flow, sequence, octets: sent };
    }
    case Type.Latest: {
      const flow = reader.vlu("flow number");
      const index = reader.vlu("index");
      const after = reader.vlu("count of other messages");
      if (index === 0) throw new ProtocolError("Replaceable messages are counted from 1");
      return { type: "latest", flow, index, after, octets: reader.rest() };
    }
    case Type.Losable: {
      const flow = reader.vlu("flow number");
      return { type: "losable", flow, octets: reader.rest() };
    }
    case Type.Copy: {
      const flow = reader.vlu("flow number");
      const before = reader.vlu("count of messages");
      const index = reader.vlu("index");
      return { type: "copy", flow, before, index, octets: reader.rest() };
    }
    case Type.CloseIndependent: {
      const flow = reader.vlu("flow number");
      const count = reader.vlu("count of messages");
      reader.end("close message");
      return { type: "closeIndependent", flow, count };
    }
    case Type.Bye: {
      const code = reader.vlu("close code");
      return { type: "bye", code, reason: decoder.decode(reader.rest().subarray(0, 1024)) };
    }
  }
  const message = decodeMessage(octets);
  if (message.type === "ack") {
    throw new ProtocolError("Acks of single flows are not for WebTransport");
  }
  return message;
}

/**
 * @param octets A datagram.
 * @throws {ProtocolError} if it is none that is sent as a datagram.
 */
export function decodeDatagram(octets: Uint8Array): DatagramMessage {
  const message = decodeWebtransportMessage(octets);
  switch (message.type) {
    case "acks":
    case "copy":
    case "latest":
    case "losable":
      return message;
  }
  throw new ProtocolError(`Messages of type ${message.type} are not sent as datagrams`);
}

/** @returns How many octets {@link writeStreamHeader} writes. */
export function streamHeaderLength(header: StreamHeader): number {
  return vluLength(header.flow) + vluLength(header.sequence) + vluLength(header.skip) +
    vluLength(header.length) + vluLength(header.time);
}

/**
 * @param target Where to; it must have {@link streamHeaderLength} octets left.
 * @param offset The first octet to write.
 * @returns The offset after the last octet written.
 */
export function writeStreamHeader(
  target: Uint8Array,
  offset: number,
  header: StreamHeader,
): number {
  offset = writeVlu(target, offset, header.flow);
  offset = writeVlu(target, offset, header.sequence);
  offset = writeVlu(target, offset, header.skip);
  offset = writeVlu(target, offset, header.length);
  return writeVlu(target, offset, header.time);
}

/**
 * @param octets The front of a message stream.
 * @returns The header and its size in octets; undefined if more octets are needed.
 * @throws {ProtocolError} if it is not one.
 */
export function readStreamHeader(
  octets: Uint8Array,
): { header: StreamHeader; size: number } | undefined {
  if (octets.length < MAX_STREAM_HEADER_OCTETS) {
    // Each of the five integers ends with an octet below 0x80.
    let ends = 0;
    for (const octet of octets) if (octet < 0x80) ends++;
    if (ends < 5) return undefined;
  }
  const reader = new OctetReader(octets);
  const header = {
    flow: reader.vlu("flow number"),
    sequence: reader.vlu("sequence number"),
    skip: reader.vlu("count of messages to skip"),
    length: reader.vlu("message length"),
    time: reader.vlu("time stamp"),
  };
  if (header.skip > header.sequence) {
    throw new ProtocolError(`Message ${header.sequence} cannot have ${header.skip} before it`);
  }
  if (header.time >= TIME_MODULUS) throw new ProtocolError(`There is no time stamp ${header.time}`);
  return { header, size: reader.offset };
}

function assemble(
  type: number,
  integers: readonly number[],
  rest: Uint8Array = NOTHING,
): Uint8Array<ArrayBuffer> {
  let length = 1 + rest.length;
  for (const integer of integers) length += vluLength(integer);
  const octets = new Uint8Array(length);
  octets[0] = type;
  let offset = 1;
  for (const integer of integers) offset = writeVlu(octets, offset, integer);
  octets.set(rest, offset);
  return octets;
}
