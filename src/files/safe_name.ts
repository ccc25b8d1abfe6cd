/**
 * Names of files that come from elsewhere.
 *
 * @module
 */

/** What a name may have on common file systems, in octets, less room for " (9999)". */
const MOST_OCTETS = 255 - 8;
/** Longer extensions are none. */
const MOST_EXTENSION_OCTETS = 32;

/** Separators, what Windows keeps for itself, and whatever cannot be seen or turns writing around. */
const UNSAFE = /[/\\<>:"|?*\p{Cc}\p{Zl}\p{Zp}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;
/** Names that are devices on Windows, where a file may be taken later. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

const encoder = new TextEncoder();

/**
 * Makes a name that is safe as one, in any directory, from whatever was given: its last part, without
 * what could do harm or be mistaken.
 *
 * @returns Never empty, `.`, `..`, hidden, or longer than 247 octets of UTF-8.
 */
export function safeName(given: string): string {
  const last = given.split(/[/\\]/).findLast((part) => part !== "") ?? "";
  let name = last.toWellFormed().normalize("NFC").replace(UNSAFE, "_").trim();
  // Windows drops what these end with.
  name = name.replace(/[. ]+$/, "");
  if (name.startsWith(".")) name = `_${name}`;
  if (name === "") name = "file";
  if (DEVICE.test(name)) name = `_${name}`;
  return shortened(name);
}

/** `name`, `name (2)`, `name (3)` and so on, before the extension. */
export function numberedName(name: string, number: number): string {
  if (number < 2) return name;
  const [stem, extension] = split(name);
  return `${stem} (${number})${extension}`;
}

/** Whether a name is one that is shown: hidden and unfinished files are not, nor what cannot be told. */
export function isShown(name: string): boolean {
  return name !== "" && !name.startsWith(".") && !/[/\p{Cc}\ufffd]/u.test(name);
}

function split(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf(".");
  const extension = dot > 0 ? name.slice(dot) : "";
  if (encoder.encode(extension).length > MOST_EXTENSION_OCTETS) return [name, ""];
  return [name.slice(0, name.length - extension.length), extension];
}

function shortened(name: string): string {
  if (encoder.encode(name).length <= MOST_OCTETS) return name;
  const [stem, extension] = split(name);
  let left = MOST_OCTETS - encoder.encode(extension).length;
  let short = "";
  for (const character of stem) {
    left -= encoder.encode(character).length;
    if (left < 0) break;
    short += character;
  }
  return short.trimEnd() + extension;
}
