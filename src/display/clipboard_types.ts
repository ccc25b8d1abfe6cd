/**
 * What X programs call the types that clipboards hold (ICCCM 2.0 §2.6.2, and the MIME types that
 * toolkits use beside).
 *
 * @module
 */

import { CLIPBOARD_TYPES, type ClipboardType } from "../protocol/clipboard_message.ts";

export { CLIPBOARD_TYPES, type ClipboardType };

/** The targets that stand for a type, those that lose nothing first. */
export const TARGETS: Readonly<Record<ClipboardType, readonly string[]>> = {
  "text/plain": ["UTF8_STRING", "text/plain;charset=utf-8", "text/plain", "STRING", "TEXT"],
  "text/html": ["text/html"],
  "image/png": ["image/png"],
};

/** Every target that is answered or asked for. */
export const TARGET_NAMES: readonly string[] = CLIPBOARD_TYPES.flatMap((type) => TARGETS[type]);

const encoder = new TextEncoder();

/**
 * Makes UTF-8 of text as X programs give it.
 *
 * @param type The name of the property's type: "STRING" is Latin-1.
 */
export function fromProperty(octets: Uint8Array, type: string): Uint8Array {
  if (type === "STRING") return encoder.encode(latin1(octets));
  // Some programs have always given HTML as UTF-16, with a byte order mark.
  if (octets[0] === 0xff && octets[1] === 0xfe) {
    return encoder.encode(new TextDecoder("utf-16le").decode(octets));
  }
  if (octets[0] === 0xfe && octets[1] === 0xff) {
    return encoder.encode(new TextDecoder("utf-16be").decode(octets));
  }
  // What is not UTF-8 gets replacement characters here rather than in some program. A terminating 0
  // is no part of a property, but given by some.
  const text = new TextDecoder().decode(octets);
  return encoder.encode(text.endsWith("\0") ? text.replace(/\0+$/, "") : text);
}

/**
 * Makes Latin-1 of UTF-8, for programs that know nothing else.
 *
 * @returns With a question mark for each character that it has not.
 */
export function toLatin1(utf8: Uint8Array): Uint8Array {
  const characters = [...new TextDecoder().decode(utf8)];
  return Uint8Array.from(characters, (character) => {
    const code = character.codePointAt(0)!;
    return code < 256 ? code : 0x3f;
  });
}

function latin1(octets: Uint8Array): string {
  let text = "";
  const step = 8192;
  for (let i = 0; i < octets.length; i += step) {
    text += String.fromCharCode(...octets.subarray(i, i + step));
  }
  return text;
}
