/**
 * What can be known of the viewer's keyboard layout from what was typed on it. Browsers tell a page
 * what a key means now, not what it would mean without a modifier.
 *
 * @module
 */

import { isBasicLetter, isOfOtherScript, type PlacedKey, usCharacter } from "./us_keyboard.ts";

/** What is read of a `KeyboardEvent`. */
export interface LayoutKey extends PlacedKey {
  readonly shiftKey: boolean;
}

export class TypedLayout {
  /** Whether it is one of another script. */
  #other = false;
  /** Characters by where they were typed, and whether with Shift. */
  readonly #seen = new Map<string, string>();

  /** @param event A key press that no other modifier than Shift changes. */
  learn({ code, key, shiftKey }: LayoutKey): void {
    if ([...key].length !== 1) return;
    this.#seen.set(place(code, shiftKey), key);
    if (isOfOtherScript(key)) this.#other = true;
    else if (isBasicLetter(key)) this.#other = false;
  }

  /** @returns What a key that is pressed with Control or its like means to programs. */
  shortcut({ code, key, shiftKey }: LayoutKey): string {
    if (isOfOtherScript(key)) this.#other = true;
    // On such keyboards even signs are elsewhere; one that types Latin letters means what it types.
    if (!this.#other || isBasicLetter(key) || [...key].length !== 1) return key;
    return usCharacter(code, shiftKey) ?? key;
  }

  /** @returns What the key would mean if no modifier but Shift were held, as far as that is known. */
  plain({ code, key, shiftKey }: LayoutKey): string {
    const seen = this.#seen.get(place(code, shiftKey));
    return seen === undefined || isOfOtherScript(seen) ? usCharacter(code, shiftKey) ?? key : seen;
  }
}

function place(code: string, shifted: boolean): string {
  return shifted ? `Shift ${code}` : code;
}
