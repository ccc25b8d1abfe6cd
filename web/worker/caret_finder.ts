/**
 * Where the remote program's caret is, as far as the picture tells: what changes first after a character
 * was typed, if that is no larger than a few characters, ends at the caret. X itself knows of no carets.
 *
 * @module
 */

import type { VideoHeader } from "../../src/protocol/video_message.ts";
import type { PageInput } from "../messages.ts";

/** A place in the picture, in remote pixels. */
export interface Caret {
  /** Right of what was typed last. */
  readonly x: number;
  /** The line's top. */
  readonly y: number;
}

/** The largest change that still is a few characters of a line, in remote pixels. */
const MOST = { width: 320, height: 80 } as const;
/** What changes later, in ms, has other reasons. */
const PATIENCE_MS = 1000;

export class CaretFinder {
  readonly #found: (caret: Caret) => void;
  #typed: { readonly sequence: number; readonly at: number } | undefined;

  /** @param found Told where the caret is, when that is known anew. */
  constructor(found: (caret: Caret) => void) {
    this.#found = found;
  }

  /** @param sequence What the event was sent as. */
  sent(input: PageInput, sequence: number): void {
    if (input.type === "button") this.#typed = undefined;
    else if (input.type === "key" && input.down && isCharacter(input.keysym)) {
      this.#typed ??= { sequence, at: input.at };
    }
  }

  /** @param at When a picture was seen, in ms since 1970. */
  shown({ changed, lastInput, topOff }: VideoHeader, at: number): void {
    const typed = this.#typed;
    if (typed === undefined || topOff || lastInput < typed.sequence) return;
    this.#typed = undefined;
    if (changed.length === 0 || at - typed.at > PATIENCE_MS) return;
    const left = Math.min(...changed.map(({ x }) => x));
    const top = Math.min(...changed.map(({ y }) => y));
    const right = Math.max(...changed.map(({ width, x }) => x + width));
    const bottom = Math.max(...changed.map(({ height, y }) => y + height));
    if (right - left > MOST.width || bottom - top > MOST.height) return;
    this.#found({ x: right, y: top });
  }
}

/** Latin-1, or a code point of Unicode (X11 protocol, Appendix A). */
function isCharacter(keysym: number): boolean {
  return (keysym >= 0x20 && keysym <= 0xff) || keysym >= 0x0100_0000;
}
