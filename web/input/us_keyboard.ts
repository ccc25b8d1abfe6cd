/**
 * What shortcuts mean on keyboards of other scripts. Ctrl+С of a Russian keyboard is Ctrl+C: programs
 * know shortcuts by Latin letters, and systems with such keyboards find those where a US one has them.
 *
 * @module
 */

/** What is read of a `KeyboardEvent`. */
export interface PlacedKey {
  readonly key: string;
  /** Where the key is, by its name on a US keyboard; empty on virtual ones. */
  readonly code: string;
}

/** By `KeyboardEvent.code`: without Shift, and with it. */
const US_CHARACTERS: ReadonlyMap<string, readonly [plain: string, shifted: string]> = new Map([
  ...Array.from("abcdefghijklmnopqrstuvwxyz", (letter) => {
    const upper = letter.toUpperCase();
    return [`Key${upper}`, [letter, upper]] as const;
  }),
  ...Array.from(")!@#$%^&*(", (sign, digit) => [`Digit${digit}`, [`${digit}`, sign]] as const),
  ["Minus", ["-", "_"]],
  ["Equal", ["=", "+"]],
  ["BracketLeft", ["[", "{"]],
  ["BracketRight", ["]", "}"]],
  ["Backslash", ["\\", "|"]],
  ["Semicolon", [";", ":"]],
  ["Quote", ["'", '"']],
  ["Backquote", ["`", "~"]],
  ["Comma", [",", "<"]],
  ["Period", [".", ">"]],
  ["Slash", ["/", "?"]],
]);

/** Signs that keyboards of every script have, such as µ, tell nothing. */
const OTHER_SCRIPT =
  /^(?!\p{Script=Latin}|\p{Script=Common}|\p{Script=Inherited})[\p{Letter}\p{Mark}]$/u;

/** @returns What a US keyboard types there; undefined for keys that type nothing. */
export function usCharacter(code: string, shifted: boolean): string | undefined {
  return US_CHARACTERS.get(code)?.[shifted ? 1 : 0];
}

/** @returns Whether this is a letter that no Latin keyboard has. */
export function isOfOtherScript(key: string): boolean {
  return OTHER_SCRIPT.test(key);
}

/** @returns Whether this is one of the letters that shortcuts are known by. */
export function isBasicLetter(key: string): boolean {
  return /^[A-Za-z]$/.test(key);
}

/** @returns The letter, in lower case, that a shortcut with this key means; undefined for none. */
export function shortcutLetter({ code, key }: PlacedKey): string | undefined {
  const character = isOfOtherScript(key) ? usCharacter(code, false) : key;
  return character !== undefined && isBasicLetter(character) ? character.toLowerCase() : undefined;
}
