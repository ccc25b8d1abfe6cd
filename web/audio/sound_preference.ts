/**
 * Whether the user has turned sound on here before.
 *
 * @module
 */

const KEY = "skerry.sound";

/** Reads it; false where the page may store nothing. */
export function soundWanted(): boolean {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
}

/** Remembers it, if the page may store anything. */
export function rememberSound(on: boolean): void {
  try {
    if (on) localStorage.setItem(KEY, "on");
    else localStorage.removeItem(KEY);
  } catch {
    // It will be asked for again.
  }
}
