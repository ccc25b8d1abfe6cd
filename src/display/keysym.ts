/**
 * Keysyms: the X Window System's names for what is on a key (X11 protocol, Appendix A).
 *
 * Characters have two kinds of them: legacy ones with a table, and 0x01000000 + code point. Maps
 * mostly hold the legacy kind; viewers may send either.
 */
import { keySyms } from "./x11_client.ts";

/** Keysym for "nothing here". */
export const NO_SYMBOL = 0;

/** The keysyms that the keyboard logic treats by name. */
export const Keysym = {
  Tab: 0xff09,
  ModeSwitch: 0xff7e,
  NumLock: 0xff7f,
  ShiftL: 0xffe1,
  ControlL: 0xffe3,
  AltL: 0xffe9,
  SuperL: 0xffeb,
  Level3Shift: 0xfe03,
  LeftTab: 0xfe20,
} as const;

const UNICODE = 0x01000000;
const toCodePoint = new Map<number, number>();
const toLegacy = new Map<number, number>();

for (const { code, description } of Object.values(keySyms)) {
  // "(X) NAME" is a character; "((X) NAME)" a doubtful one: understood, but not made.
  const match = /^\((\(?)(.)\)/u.exec(description ?? "");
  if (!match || code < 0x100 || code > 0x20ff) continue;
  const codePoint = match[2]!.codePointAt(0)!;
  if (!toCodePoint.has(code)) toCodePoint.set(code, codePoint);
  if (match[1] === "" && !toLegacy.has(codePoint)) toLegacy.set(codePoint, code);
}

/** The character of a keysym, as a code point; `undefined` for a function key or modifier. */
export function keysymToCodePoint(keysym: number): number | undefined {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return keysym;
  if (keysym >= UNICODE + 0x20 && keysym <= UNICODE + 0x10ffff) return keysym - UNICODE;
  return toCodePoint.get(keysym);
}

/** The keysym of a character: Latin-1 and legacy ones first, since every program knows those. */
export function codePointToKeysym(codePoint: number): number {
  if ((codePoint >= 0x20 && codePoint <= 0x7e) || (codePoint >= 0xa0 && codePoint <= 0xff)) {
    return codePoint;
  }
  return toLegacy.get(codePoint) ?? UNICODE + codePoint;
}

/** One keysym for each character, whichever kind it was given as; others are returned as they are. */
export function canonicalKeysym(keysym: number): number {
  const codePoint = keysymToCodePoint(keysym);
  return codePoint === undefined ? keysym : codePointToKeysym(codePoint);
}

/**
 * The small and the capital letter of a keysym, if it is a letter that has exactly one of each
 * (ß, ς and ı have not).
 */
export function casePair(keysym: number): { lower: number; upper: number } | undefined {
  const codePoint = keysymToCodePoint(keysym);
  if (codePoint === undefined) return undefined;
  const character = String.fromCodePoint(codePoint);
  const lower = character.toLowerCase();
  const upper = character.toUpperCase();
  const paired = lower !== upper && lower.toUpperCase() === upper && upper.toLowerCase() === lower;
  if (!paired || (character !== lower && character !== upper)) return undefined;
  return {
    lower: codePointToKeysym(lower.codePointAt(0)!),
    upper: codePointToKeysym(upper.codePointAt(0)!),
  };
}

/** Whether it is on the numeric keypad (KP_Space to KP_9, KP_Equal). */
export function isKeypad(keysym: number): boolean {
  return keysym >= 0xff80 && keysym <= 0xffbd;
}
