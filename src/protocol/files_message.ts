/**
 * Messages of the `files` channel. The viewer numbers its transfers; pieces of both directions carry the
 * number and the place in the file, so that one that was ended meanwhile is told from one that goes on.
 *
 * Neither side sends more than {@link WINDOW_OCTETS} beyond what the other says it has stored: what
 * is under way belongs to the file for as long as it is kept in memory.
 *
 * The first octet says what follows: for `data`, the transfer's number (32 bits, most significant
 * octet first), the place (48 bits) and the piece; for all others, a JSON object in UTF-8.
 *
 * @module
 */

import * as v from "valibot";
import { ProtocolError } from "./errors.ts";
import { decodeJson, encodeJson } from "./json.ts";

/** The most octets of a piece. */
export const FILE_PIECE_OCTETS = 48 * 1024;
/** The most that may be sent and not stored, in octets. */
export const WINDOW_OCTETS = 4 * 1024 * 1024;
/** The most entries of a directory in one message. */
export const LISTING_ENTRIES = 100;

const DATA_HEADER_OCTETS = 11;
const MAX_JSON_OCTETS = 60 * 1024;

const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(0xffff_ffff));
const octets = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 48 - 1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const time = v.pipe(v.number(), v.integer(), v.minValue(-8.64e15), v.maxValue(8.64e15));
const text = (most: number) => v.pipe(v.string(), v.maxLength(most));
const path = text(4096);
const refusal = v.picklist([
  "not-found",
  "not-allowed",
  "exists",
  "quota",
  "disk-full",
  "changed",
  "failed",
]);

const SERVER = {
  /** The first message: what this viewer may do. Transfers of before are to be asked for again. */
  hello: v.object({
    upload: v.boolean(),
    download: v.boolean(),
    /** What people call the directory. */
    directory: path,
  }),
  /** Part of what is in a directory. */
  listing: v.object({
    id,
    offset: count,
    /** How many names there are in all. */
    total: count,
    /** From `offset` on; without those that are not to be seen. */
    entries: v.pipe(
      v.array(v.object({
        name: text(255),
        kind: v.picklist(["file", "directory"]),
        size: octets,
        modified: time,
      })),
      v.maxLength(LISTING_ENTRIES),
    ),
  }),
  /** The transfer may begin, or go on, at this place. Of a download, also what it is of. */
  begin: v.object({ id, offset: octets, size: octets, modified: time }),
  /** So much of an upload is stored. */
  stored: v.object({ id, octets }),
  /** All of it is there; of an upload, under this name. */
  done: v.object({ id, name: text(255) }),
  failed: v.object({ id, reason: refusal, detail: text(512) }),
} as const;

const VIEWER = {
  /** What is in a directory, from an entry on? Of names with `match` in them only, if there is one. */
  list: v.object({ id, path, offset: count, match: v.optional(text(255)) }),
  /** Takes a file, or goes on with it; into a directory below if there is one named, which is made. */
  upload: v.object({
    id,
    name: text(1024),
    folder: v.optional(path),
    size: octets,
    modified: time,
  }),
  /** Sends a file, from a place on. */
  download: v.object({ id, path, offset: octets }),
  /** So much of a download is stored. */
  taken: v.object({ id, octets }),
  /** The transfer is given up; what is there of an upload is removed if nobody will go on with it. */
  cancel: v.object({ id, discard: v.boolean() }),
} as const;

type Json<S extends Record<string, v.GenericSchema>> = {
  [K in keyof S & string]: { kind: K } & v.InferOutput<S[K]>;
}[keyof S & string];

/** A piece of a file. */
export interface FileData {
  readonly kind: "data";
  readonly id: number;
  /** From the file's beginning, in octets. */
  readonly offset: number;
  readonly octets: Uint8Array;
}

/** What the server says. */
export type FilesServerMessage = Json<typeof SERVER> | FileData;
/** What a viewer says. */
export type FilesViewerMessage = Json<typeof VIEWER> | FileData;

export type FilesFailure = v.InferOutput<typeof SERVER.failed>["reason"];
export type FilesEntry = v.InferOutput<typeof SERVER.listing>["entries"][number];
export type FilesHello = v.InferOutput<typeof SERVER.hello>;

const DATA = 0;
const SERVER_KINDS = Object.keys(SERVER) as (keyof typeof SERVER)[];
const VIEWER_KINDS = Object.keys(VIEWER) as (keyof typeof VIEWER)[];

/** @throws {RangeError} if a field is out of its range. */
export function encodeFilesServerMessage(message: FilesServerMessage): Uint8Array<ArrayBuffer> {
  return encode(SERVER, SERVER_KINDS, message);
}

/** @throws {ProtocolError} if it is no message of the server. */
export function decodeFilesServerMessage(encoded: Uint8Array): FilesServerMessage {
  return decode(SERVER, SERVER_KINDS, encoded) as FilesServerMessage;
}

/** @throws {RangeError} if a field is out of its range. */
export function encodeFilesViewerMessage(message: FilesViewerMessage): Uint8Array<ArrayBuffer> {
  return encode(VIEWER, VIEWER_KINDS, message);
}

/** @throws {ProtocolError} if it is no message of a viewer. */
export function decodeFilesViewerMessage(encoded: Uint8Array): FilesViewerMessage {
  return decode(VIEWER, VIEWER_KINDS, encoded) as FilesViewerMessage;
}

function encode<K extends string>(
  schemas: Readonly<Record<K, v.GenericSchema>>,
  kinds: readonly K[],
  message: { readonly kind: K } | FileData,
): Uint8Array<ArrayBuffer> {
  if (message.kind === "data") return encodeData(message as FileData);
  const { kind, ...fields } = message as { kind: K };
  const json = encodeJson(schemas[kind], fields, MAX_JSON_OCTETS, `files message "${kind}"`);
  const encoded = new Uint8Array(1 + json.length);
  encoded[0] = kinds.indexOf(kind) + 1;
  encoded.set(json, 1);
  return encoded;
}

function decode<K extends string>(
  schemas: Readonly<Record<K, v.GenericSchema>>,
  kinds: readonly K[],
  encoded: Uint8Array,
): { readonly kind: K } | FileData {
  if (encoded[0] === DATA) return decodeData(encoded);
  const kind = kinds[(encoded[0] ?? 0) - 1];
  if (kind === undefined) {
    throw new ProtocolError(`There is no files message of kind ${encoded[0] ?? "none"}`);
  }
  const what = `files message "${kind}"`;
  const fields = decodeJson(schemas[kind], encoded.subarray(1), MAX_JSON_OCTETS, what);
  return { kind, ...fields as object };
}

function encodeData({ id, octets, offset }: FileData): Uint8Array<ArrayBuffer> {
  if (octets.length > FILE_PIECE_OCTETS) {
    throw new RangeError(`A piece has ${octets.length} octets; the limit is ${FILE_PIECE_OCTETS}`);
  }
  const encoded = new Uint8Array(DATA_HEADER_OCTETS + octets.length);
  const view = new DataView(encoded.buffer);
  view.setUint8(0, DATA);
  view.setUint32(1, id);
  view.setUint16(5, Math.floor(offset / 2 ** 32));
  view.setUint32(7, offset % 2 ** 32);
  encoded.set(octets, DATA_HEADER_OCTETS);
  return encoded;
}

function decodeData(encoded: Uint8Array): FileData {
  const octets = encoded.subarray(DATA_HEADER_OCTETS);
  if (encoded.length < DATA_HEADER_OCTETS || octets.length > FILE_PIECE_OCTETS) {
    throw new ProtocolError(`A piece of a file of ${encoded.length} octets is none`);
  }
  const view = new DataView(encoded.buffer, encoded.byteOffset);
  const offset = view.getUint16(5) * 2 ** 32 + view.getUint32(7);
  return { kind: "data", id: view.getUint32(1), offset, octets };
}
