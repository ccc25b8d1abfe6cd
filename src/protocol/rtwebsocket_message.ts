/**
 * The messages of the RTWebSocket wire format, one to a binary WebSocket message.
 *
 * Source: the `protocol` file of the public RTWebSocket project, and RFC 7016 §2.1.2 for the
 * integers (vlu).
 *
 * | octets | message |
 * |---|---|
 * | `01` octets · `41` octets | ping · ping reply |
 * | `0a` vlu window | ack window |
 * | `10` vlu flow, metadata · `30` vlu flow, vlu return flow, metadata | open |
 * | `3d` · `1d` vlu flow, fragment | data, more to follow · last fragment |
 * | `1a` vlu flow [vlu count - 1] | abandon |
 * | `1c` vlu flow | close |
 * | `5a` vlu flow, vlu octets, vlu buffer | ack |
 * | `5c` vlu flow | close ack |
 * | `5e` vlu flow [vlu code [UTF-8 reason]] | exception |
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";
import { OctetReader, vluLength, writeVlu } from "./vlu.ts";

const Type = {
  Ping: 0x01,
  AckWindow: 0x0a,
  Open: 0x10,
  Abandon: 0x1a,
  Close: 0x1c,
  DataLast: 0x1d,
  OpenReturn: 0x30,
  DataMore: 0x3d,
  PingReply: 0x41,
  Ack: 0x5a,
  CloseAck: 0x5c,
  Exception: 0x5e,
} as const;

/** The longest reason of an exception that is sent or read, in octets; more is cut off. */
const MAX_REASON_OCTETS = 1024;

/** All but user data, which {@link encodeData} writes without a detour through an object. */
export type ControlMessage =
  | { readonly type: "ping" | "pingReply"; readonly octets: Uint8Array }
  | { readonly type: "ackWindow"; readonly octets: number }
  | {
    readonly type: "open";
    readonly flow: number;
    /** The flow of the receiver's that this one answers. */
    readonly returnFlow?: number;
    readonly metadata: Uint8Array;
  }
  /** How many messages are given up, 1 or more: first the one being assembled, if any. */
  | { readonly type: "abandon"; readonly flow: number; readonly count: number }
  | { readonly type: "close" | "closeAck"; readonly flow: number }
  | {
    readonly type: "ack";
    readonly flow: number;
    /** Octets of data messages, their headers included, since the last ack of the flow. */
    readonly octets: number;
    /** Octets that the receiver has room for. */
    readonly buffer: number;
  }
  | {
    readonly type: "exception";
    readonly flow: number;
    readonly code: number;
    readonly reason: string;
  };

export interface DataMessage {
  readonly type: "data";
  readonly flow: number;
  /** Whether the message ends with this fragment. */
  readonly last: boolean;
  /** Shares its memory with the WebSocket message. */
  readonly fragment: Uint8Array;
}

export type RtwebsocketMessage = ControlMessage | DataMessage;

const encoder = new TextEncoder();
// For people, and other implementations are loose with their UTF-8: nothing to fail a session for.
const decoder = new TextDecoder();
const NOTHING = new Uint8Array(0);

/**
 * @param flow The flow's number.
 * @returns How many octets {@link encodeData} writes before the fragment.
 */
export function dataHeaderLength(flow: number): number {
  return 1 + vluLength(flow);
}

/**
 * Encodes one fragment: a single allocation and a single copy of the octets.
 *
 * @param flow The flow's number.
 * @param message The message.
 * @param start The first octet of the message that is in the fragment.
 * @param end The first octet that is not; the message's length makes this the last fragment.
 */
export function encodeData(
  flow: number,
  message: Uint8Array,
  start: number,
  end: number,
): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(dataHeaderLength(flow) + end - start);
  octets[0] = end === message.length ? Type.DataLast : Type.DataMore;
  const offset = writeVlu(octets, 1, flow);
  octets.set(
    start === 0 && end === message.length ? message : message.subarray(start, end),
    offset,
  );
  return octets;
}

/** @throws {RangeError} if an integer is not one from 0 to 2^53-1, or an abandon counts nothing. */
export function encodeControl(message: ControlMessage): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "ping":
      return assemble(Type.Ping, [], message.octets);
    case "pingReply":
      return assemble(Type.PingReply, [], message.octets);
    case "ackWindow":
      return assemble(Type.AckWindow, [message.octets]);
    case "open":
      return message.returnFlow === undefined
        ? assemble(Type.Open, [message.flow], message.metadata)
        : assemble(Type.OpenReturn, [message.flow, message.returnFlow], message.metadata);
    case "abandon":
      if (message.count < 1) throw new RangeError(`Cannot abandon ${message.count} messages`);
      return assemble(
        Type.Abandon,
        message.count === 1 ? [message.flow] : [message.flow, message.count - 1],
      );
    case "close":
      return assemble(Type.Close, [message.flow]);
    case "closeAck":
      return assemble(Type.CloseAck, [message.flow]);
    case "ack":
      return assemble(Type.Ack, [message.flow, message.octets, message.buffer]);
    case "exception":
      return assemble(
        Type.Exception,
        message.code === 0 && message.reason === "" ? [message.flow] : [message.flow, message.code],
        utf8Prefix(message.reason, MAX_REASON_OCTETS),
      );
  }
}

/**
 * @param octets One WebSocket message.
 * @returns What it says; octets in it share its memory.
 * @throws {ProtocolError} if it is empty, of an unknown type, truncated or too long.
 */
export function decodeMessage(octets: Uint8Array): RtwebsocketMessage {
  const type = octets[0];
  if (type === undefined) throw new ProtocolError("A WebSocket message is empty");
  const reader = new OctetReader(octets, 1);
  switch (type) {
    case Type.DataLast:
    case Type.DataMore: {
      const flow = reader.vlu("flow number");
      return { type: "data", flow, last: type === Type.DataLast, fragment: reader.rest() };
    }
    case Type.Ack: {
      const flow = reader.vlu("flow number");
      const acked = reader.vlu("acked octets");
      const buffer = reader.vlu("receive buffer");
      reader.end("ack");
      return { type: "ack", flow, octets: acked, buffer };
    }
    case Type.Ping:
      return { type: "ping", octets: reader.rest() };
    case Type.PingReply:
      return { type: "pingReply", octets: reader.rest() };
    case Type.AckWindow: {
      const window = reader.vlu("ack window");
      reader.end("ack window message");
      return { type: "ackWindow", octets: window };
    }
    case Type.Open: {
      const flow = reader.vlu("flow number");
      return { type: "open", flow, metadata: reader.rest() };
    }
    case Type.OpenReturn: {
      const flow = reader.vlu("flow number");
      const returnFlow = reader.vlu("return flow number");
      return { type: "open", flow, returnFlow, metadata: reader.rest() };
    }
    case Type.Abandon: {
      const flow = reader.vlu("flow number");
      const count = reader.left === 0 ? 1 : reader.vlu("count of abandoned messages") + 1;
      reader.end("abandon message");
      return { type: "abandon", flow, count };
    }
    case Type.Close: {
      const flow = reader.vlu("flow number");
      reader.end("close message");
      return { type: "close", flow };
    }
    case Type.CloseAck: {
      const flow = reader.vlu("flow number");
      reader.end("close ack");
      return { type: "closeAck", flow };
    }
    case Type.Exception: {
      const flow = reader.vlu("flow number");
      const code = reader.left === 0 ? 0 : reader.vlu("exception code");
      const reason = decoder.decode(reader.rest().subarray(0, MAX_REASON_OCTETS));
      return { type: "exception", flow, code, reason };
    }
    default:
      throw new ProtocolError(`There is no message type 0x${type.toString(16).padStart(2, "0")}`);
  }
}

/**
 * @param text Any text.
 * @param limit The most octets wanted.
 * @returns As much of its front in UTF-8 as fits, in whole characters.
 */
export function utf8Prefix(text: string, limit: number): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(limit);
  const { written } = encoder.encodeInto(text, octets);
  return octets.subarray(0, written);
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
