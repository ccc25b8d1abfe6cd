/**
 * From a browser's key to an X keysym. Keys travel as what they mean, not as where they are, so that
 * the viewer's layout counts and the server's does not.
 *
 * @module
 */

import { KEYPAD_CHARACTERS, NAMED_KEYS, XK } from "./keysym_table.ts";

/** What is read of a `KeyboardEvent`. */
export interface KeyLike {
  readonly key: string;
  /** 0 standard, 1 left, 2 right, 3 numeric keypad. */
  readonly location: number;
}

export type Platform = "mac" | "windows" | "other";

const NUMPAD = 3;

/**
 * @param character A string of exactly one code point.
 * @returns Its keysym: Latin-1 is itself, everything else 0x01000000 + code point (X11 Protocol,
 * Appendix A); undefined for control characters and for anything but one character.
 */
export function keysymOfCharacter(character: string): number | undefined {
  const point = character.codePointAt(0);
  if (point === undefined || character.length !== (point > 0xffff ? 2 : 1)) return undefined;
  if (point === 0x0a || point === 0x0d) return XK.Return;
  if (point === 0x09) return 0xff09;
  if (point === 0x08) return XK.BackSpace;
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return undefined;
  if (point >= 0xd800 && point <= 0xdfff) return undefined;
  return point <= 0xff ? point : 0x0100_0000 | point;
}

/**
 * @param event A key press.
 * @returns Its keysym; undefined for keys that are not sent: dead and composing ones (the text that
 * comes of them is sent), and the locks, whose effect is already in every other key's meaning.
 */
export function keysymOf(event: KeyLike, platform: Platform): number | undefined {
  const { key, location } = event;
  if (platform === "mac") {
    // Option picks characters there, as AltGr does elsewhere; the character comes as it is.
    if (key === "Alt") return XK.Iso3Shift;
    // Mac keyboards have no Num Lock; this key is "clear" and sits in its place.
    if (key === "Clear" && location === NUMPAD) return undefined;
  }
  if (location === NUMPAD) {
    const keysym = KEYPAD_CHARACTERS.get(key);
    if (keysym !== undefined) return keysym;
  }
  const named = NAMED_KEYS.get(key);
  if (named !== undefined) return named[location] ?? named[0];
  return keysymOfCharacter(key);
}
