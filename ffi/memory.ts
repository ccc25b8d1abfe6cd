/**
 * C strings, out-pointers and GErrors.
 *
 * @module
 */

import { GStreamerError } from "./errors.ts";
import { glib } from "./library.ts";

/** A pointer that C gave us, or null. */
export type Pointer = Deno.PointerValue;
/** A pointer that is not null. */
export type Address = Deno.PointerObject;

const encoder = new TextEncoder();

/**
 * Encodes text as a C string.
 *
 * The memory is more than 64 octets, since V8 moves smaller typed arrays.
 *
 * @throws {TypeError} If the text contains a NUL, which would cut it short.
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  if (text.includes("\0")) {
    throw new TypeError(`Cannot pass ${JSON.stringify(text)} to C: it contains a NUL character`);
  }
  const bytes = new Uint8Array(Math.max(text.length * 3 + 1, 128));
  encoder.encodeInto(text, bytes);
  return bytes;
}

/** Reads a C string that stays C's own; null reads as the empty string. */
export function readString(pointer: Pointer): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

/** Reads a C string that is now ours (transfer full), and frees it. */
export function takeString(pointer: Pointer): string {
  const text = readString(pointer);
  glib().g_free(pointer);
  return text;
}

/** Reads a `gchar **` that is now ours (transfer full), and frees it. */
export function takeStrings(pointer: Pointer): string[] {
  const strings: string[] = [];
  if (pointer === null) return strings;
  const view = new Deno.UnsafePointerView(pointer);
  for (let offset = 0;; offset += 8) {
    const string = view.getPointer(offset);
    if (string === null) break;
    strings.push(readString(string));
  }
  glib().g_strfreev(pointer);
  return strings;
}

/** Memory for one `T **` argument. */
export class OutPointer {
  // More than 64 octets: V8 moves smaller typed arrays.
  readonly memory: BigUint64Array<ArrayBuffer> = new BigUint64Array(16);

  /** The pointer that C stored. */
  get value(): Pointer {
    return Deno.UnsafePointer.create(this.memory[0] ?? 0n);
  }
}

/** Offsets within `struct _GError { GQuark domain; gint code; gchar *message; }`. */
export const GERROR = { domain: 0, code: 4, message: 8 } as const;

/** Makes an error of a GError that is now ours, and frees it. */
export function takeError(
  pointer: Address,
  debug = "",
  source?: string,
): GStreamerError {
  const view = new Deno.UnsafePointerView(pointer);
  const error = new GStreamerError(
    readString(view.getPointer(GERROR.message)),
    readString(glib().g_quark_to_string(view.getUint32(GERROR.domain))),
    view.getInt32(GERROR.code),
    debug,
    source,
  );
  glib().g_error_free(pointer);
  return error;
}
