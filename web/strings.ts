/**
 * Every word that the page shows or says, in the user's language if it is one of ours.
 *
 * A language is a file beside `strings/en.ts` with the same members, and a line here.
 *
 * @module
 */

import { de } from "./strings/de.ts";
import { en } from "./strings/en.ts";

export { transportName } from "./strings/transport_name.ts";

export type Strings = typeof en;

const LANGUAGES: Readonly<Record<string, Strings>> = { en, de };

/**
 * How numbers and times are written: as the user wants them in the language that the page speaks.
 *
 * @param preferred Languages as `navigator.languages` has them, the best first.
 */
export function localeFor(preferred: readonly string[]): string {
  const { language } = stringsFor(preferred);
  return preferred.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}

/**
 * @param preferred Languages as `navigator.languages` has them, the best first.
 * @returns The words of the first that there is, or the English ones.
 */
export function stringsFor(preferred: readonly string[]): Strings {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split("-")[0]!;
    if (Object.hasOwn(LANGUAGES, language)) return LANGUAGES[language]!;
  }
  return en;
}

export const strings: Strings = stringsFor(navigator.languages);
export const locale: string = localeFor(navigator.languages);
