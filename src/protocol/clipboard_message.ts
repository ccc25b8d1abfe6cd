/**
 * Messages of the `clipboard` channel, the same both ways. Whoever has something new in its clipboard
 * offers it; the other end says whether it takes it, and asks for what it wants of it, when it wants it.
 * Only the last offer of each end counts.
 *
 * The first octet says what follows: for `data`, the offer's number (32 bits, most significant octet
 * first), the type's place in {@link CLIPBOARD_TYPES}, whether it is the last piece, and the piece; for
 * all others, a JSON object in UTF-8.
 *
 * @module
 */

import * as v from "valibot";
import { ProtocolError } from "./errors.ts";
import { decodeJson, encodeJson } from "./json.ts";

/** What a clipboard may hold that is passed on; text is UTF-8. */
export const CLIPBOARD_TYPES = ["text/plain", "text/html", "image/png"] as const;
export type ClipboardType = (typeof CLIPBOARD_TYPES)[number];

/** The most octets of a piece. */
export const MAX_PIECE_OCTETS = 32 * 1024;

const DATA_HEADER_OCTETS = 7;
const MAX_JSON_OCTETS = 4096;

const number = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const octets = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const type = v.picklist(CLIPBOARD_TYPES);
const detail = v.pipe(v.string(), v.maxLength(512));

const SCHEMAS = {
  /** The server's first message: what this viewer may do. Nothing that was said before counts. */
  hello: v.object({
    /** Whether the viewer may put something into the desktop's clipboard, and be told what is in it. */
    in: v.boolean(),
    out: v.boolean(),
    /** The most octets of each type. */
    limit: octets,
  }),
  /** This is in the sender's clipboard now. */
  offer: v.object({
    id: number,
    types: v.pipe(
      v.array(v.object({ type, octets: v.optional(octets) })),
      v.minLength(1),
      v.maxLength(CLIPBOARD_TYPES.length),
      v.check((types) => new Set(types.map(({ type }) => type)).size === types.length),
    ),
    /** Whether it was copied just now, and not before the receiver came. */
    fresh: v.boolean(),
  }),
  /** What was offered is in the receiver's clipboard from now on, or not, and why not. */
  taken: v.object({ id: number, refusal: v.optional(detail) }),
  /** The receiver of an offer wants this of it. */
  request: v.object({ id: number, type }),
  /** What was requested is not to be had. */
  refused: v.object({
    id: number,
    type,
    reason: v.picklist(["gone", "too-large", "failed"]),
    detail,
  }),
} as const;

type Json = { [K in keyof typeof SCHEMAS]: { kind: K } & v.InferOutput<(typeof SCHEMAS)[K]> };

export type ClipboardHello = v.InferOutput<typeof SCHEMAS.hello>;

/** A piece of what was requested. */
export interface ClipboardData {
  readonly kind: "data";
  readonly id: number;
  readonly type: ClipboardType;
  readonly last: boolean;
  readonly octets: Uint8Array;
}

export type ClipboardMessage = Json[keyof Json] | ClipboardData;

/** In the order of their first octets, from 1. */
const KINDS = ["hello", "offer", "taken", "request", "refused", "data"] as const;

/** @throws {RangeError} if a field is out of its range. */
export function encodeClipboardMessage(message: ClipboardMessage): Uint8Array<ArrayBuffer> {
  const first = KINDS.indexOf(message.kind) + 1;
  if (message.kind === "data") return encodeData(first, message);
  const { kind, ...fields } = message;
  const what = `clipboard message "${kind}"`;
  const json = encodeJson(SCHEMAS[kind] as v.GenericSchema, fields, MAX_JSON_OCTETS, what);
  const encoded = new Uint8Array(1 + json.length);
  encoded[0] = first;
  encoded.set(json, 1);
  return encoded;
}

/** @throws {ProtocolError} if it is no clipboard message. */
export function decodeClipboardMessage(encoded: Uint8Array): ClipboardMessage {
  const kind = KINDS[(encoded[0] ?? 0) - 1];
  if (kind === undefined) {
    throw new ProtocolError(`There is no clipboard message of kind ${encoded[0] ?? "none"}`);
  }
  if (kind === "data") return decodeData(encoded);
  const what = `clipboard message "${kind}"`;
  const schema = SCHEMAS[kind] as v.GenericSchema;
  const fields = decodeJson(schema, encoded.subarray(1), MAX_JSON_OCTETS, what);
  return { kind, ...fields as object } as ClipboardMessage;
}

function encodeData(first: number, { id, type, last, octets }: ClipboardData) {
  if (octets.length > MAX_PIECE_OCTETS) {
    throw new RangeError(`A piece has ${octets.length} octets; the limit is ${MAX_PIECE_OCTETS}`);
  }
  const encoded = new Uint8Array(DATA_HEADER_OCTETS + octets.length);
  const view = new DataView(encoded.buffer);
  view.setUint8(0, first);
  view.setUint32(1, id);
  view.setUint8(5, CLIPBOARD_TYPES.indexOf(type));
  view.setUint8(6, last ? 1 : 0);
  encoded.set(octets, DATA_HEADER_OCTETS);
  return encoded;
}

function decodeData(encoded: Uint8Array): ClipboardData {
  const octets = encoded.subarray(DATA_HEADER_OCTETS);
  if (encoded.length < DATA_HEADER_OCTETS || octets.length > MAX_PIECE_OCTETS) {
    throw new ProtocolError(`A clipboard piece of ${encoded.length} octets is none`);
  }
  const view = new DataView(encoded.buffer, encoded.byteOffset);
  const type = CLIPBOARD_TYPES[view.getUint8(5)];
  const last = view.getUint8(6);
  if (type === undefined || last > 1) throw new ProtocolError("The clipboard piece is of no type");
  return { kind: "data", id: view.getUint32(1), type, last: last === 1, octets };
}
