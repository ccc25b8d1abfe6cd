/**
 * Full screen, and in it the keys that browsers otherwise keep.
 *
 * @module
 */

/** The Keyboard Lock API of Chromium (WICG "Keyboard Lock"). */
interface KeyboardLock {
  lock(): Promise<void>;
  unlock(): void;
}

function keyboardLock(): KeyboardLock | undefined {
  return (navigator as { keyboard?: Partial<KeyboardLock> }).keyboard?.lock === undefined
    ? undefined
    : (navigator as unknown as { keyboard: KeyboardLock }).keyboard;
}

/** Whether this browser can give the page all keys. */
export function canLockKeyboard(): boolean {
  return keyboardLock() !== undefined;
}

export function isFullScreen(): boolean {
  return document.fullscreenElement !== null;
}

/** Locks the keys or lets them go, as the user wants it and only in full screen. */
export async function lockKeyboard(wanted: boolean): Promise<void> {
  const keyboard = keyboardLock();
  if (!wanted || !isFullScreen()) return keyboard?.unlock();
  try {
    await keyboard?.lock();
  } catch {
    // Refused, as in a frame: then the browser keeps its keys.
  }
}

/**
 * Enters full screen, in a click.
 *
 * @returns Whether it was allowed.
 */
export async function enterFullScreen(withKeys: boolean): Promise<boolean> {
  try {
    await document.documentElement.requestFullscreen({ navigationUI: "hide" });
  } catch {
    // Refused: a frame around this page, or the user, does not allow it.
    return false;
  }
  await lockKeyboard(withKeys);
  return true;
}

export async function leaveFullScreen(): Promise<void> {
  keyboardLock()?.unlock();
  await document.exitFullscreen();
}
