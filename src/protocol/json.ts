/**
 * JSON payloads: bounded, strictly UTF-8, and checked against a schema.
 *
 * @module
 */

import * as v from "valibot";
import { ProtocolError } from "./errors.ts";

const encoder = new TextEncoder();
// A byte order mark would be an octet that nothing accounts for: keep it, and JSON refuses it.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * @param schema What the value must be.
 * @param value The value to encode.
 * @param limit The most octets that the encoding may have.
 * @param what The value's name, for the error.
 * @throws {RangeError} if the value does not fit the schema or the limit: a mistake of ours.
 */
export function encodeJson<const T extends v.GenericSchema>(
  schema: T,
  value: v.InferInput<T>,
  limit: number,
  what: string,
): Uint8Array<ArrayBuffer> {
  const checked = v.safeParse(schema, value);
  if (!checked.success) throw new RangeError(`The ${what} is not valid: ${issue(checked.issues)}`);
  const octets = encoder.encode(JSON.stringify(checked.output));
  if (octets.length > limit) {
    throw new RangeError(`The ${what} has ${octets.length} octets; the limit is ${limit}`);
  }
  return octets;
}

/**
 * @param schema What the value must be.
 * @param octets The encoding; nothing may precede or follow the one JSON value.
 * @param limit The most octets that are looked at.
 * @param what The value's name, for the error.
 * @throws {ProtocolError} if it is too large, not UTF-8, not JSON, or not what the schema says.
 */
export function decodeJson<const T extends v.GenericSchema>(
  schema: T,
  octets: Uint8Array,
  limit: number,
  what: string,
): v.InferOutput<T> {
  if (octets.length > limit) {
    throw new ProtocolError(`The ${what} has ${octets.length} octets; the limit is ${limit}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(octets), positiveZero);
  } catch (cause) {
    throw new ProtocolError(`The ${what} is not JSON in UTF-8`, { cause });
  }
  const checked = v.safeParse(schema, value);
  if (!checked.success) {
    throw new ProtocolError(`The ${what} is not valid: ${issue(checked.issues)}`);
  }
  return checked.output;
}

/** JSON can say -0, but is never written so: whoever compares or divides by it would be surprised. */
function positiveZero(_key: string, value: unknown): unknown {
  return value === 0 ? 0 : value;
}

/** The first issue, short enough for a log line and a close reason. */
function issue(issues: readonly v.BaseIssue<unknown>[]): string {
  const first = issues[0];
  if (first === undefined) return "no reason given";
  const path = first.path?.map((item) => String(item.key)).join(".") ?? "";
  return `${path ? `"${path.slice(0, 40)}": ` : ""}${first.message.slice(0, 120)}`;
}
