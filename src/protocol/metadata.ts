/**
 * Flow metadata: what a flow carries, in which version of which format, so that the receiver knows
 * how to read its messages before the first arrives, or refuses the flow. UTF-8 JSON.
 *
 * @module
 */

import * as v from "valibot";
import { ProtocolError } from "./errors.ts";
import type { ReceiveFlow } from "./flow.ts";
import { decodeJson, encodeJson } from "./json.ts";

/** The largest metadata of a flow, in octets. */
export const MAX_METADATA_OCTETS = 1024;

/** What flows of this version of Skerry carry. */
export const FLOW_KINDS = [
  "video",
  "audio",
  "cursor",
  "control",
  "input",
  "clipboard",
  "files",
  "padding",
] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

/** What a `padding` flow carries means nothing: it is sent to be acknowledged, and dropped. */
export const PADDING_VERSION = 1;

const FlowMetadata = v.object({
  /** What the flow is for; a kind that the receiver does not know is refused, not an error. */
  kind: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,31}$/)),
  /** The version of the kind's message format. */
  version: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(0xffff)),
  /** What else the receiver must know: a codec's name, say. */
  format: v.optional(v.pipe(v.string(), v.maxLength(64), v.regex(/^[\x20-\x7e]*$/))),
});
export type FlowMetadata = v.InferOutput<typeof FlowMetadata>;

/** Codes of the flow exceptions that receivers send. */
export const FlowRefusal = {
  /** Nobody took the flow, or what it answers is not open. */
  NotAccepted: 0,
  /** The receiver does not know the kind, or does not expect one here. */
  UnknownKind: 1,
  /** The receiver does not speak this version of the kind. */
  UnsupportedVersion: 2,
  /** The metadata cannot be read. */
  BadMetadata: 3,
  /** The receiver has enough flows. */
  TooManyFlows: 4,
} as const;
export type FlowRefusal = (typeof FlowRefusal)[keyof typeof FlowRefusal];

/**
 * @param metadata What the flow carries.
 * @throws {RangeError} if a field is out of its range.
 */
export function encodeMetadata(metadata: FlowMetadata): Uint8Array<ArrayBuffer> {
  return encodeJson(FlowMetadata, metadata, MAX_METADATA_OCTETS, "flow metadata");
}

/**
 * @param octets The metadata of a flow.
 * @throws {ProtocolError} if they are too long, not UTF-8 JSON, or not metadata.
 */
export function decodeMetadata(octets: Uint8Array): FlowMetadata {
  return decodeJson(FlowMetadata, octets, MAX_METADATA_OCTETS, "flow metadata");
}

/**
 * Reads the metadata of a new flow, and refuses the flow with an exception that says why if this
 * receiver cannot use it.
 *
 * @param flow A flow that the peer has just opened.
 * @param accepted The kinds that are expected, each with the version that is spoken.
 * @returns The metadata, or undefined once the flow has been refused.
 */
export function acceptMetadata<K extends FlowKind>(
  flow: ReceiveFlow,
  accepted: Readonly<Record<K, number>>,
): FlowMetadata & { kind: K } | undefined {
  let metadata: FlowMetadata;
  try {
    metadata = decodeMetadata(flow.metadata);
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    flow.reject(FlowRefusal.BadMetadata, error.message);
    return undefined;
  }
  const { kind, version } = metadata;
  if (!isKey(accepted, kind)) {
    flow.reject(FlowRefusal.UnknownKind, `Flows of kind "${kind}" are not expected here`);
    return undefined;
  }
  if (accepted[kind] !== version) {
    flow.reject(
      FlowRefusal.UnsupportedVersion,
      `Version ${accepted[kind]} of "${kind}" is spoken here, not ${version}`,
    );
    return undefined;
  }
  return { ...metadata, kind };
}

function isKey<K extends string>(record: Readonly<Record<K, unknown>>, key: string): key is K {
  return Object.hasOwn(record, key);
}
