/**
 * Spare keycodes: keys with nothing on them, lent to characters that the keyboard map lacks.
 *
 * A program that is told of a new mapping reads it only when it handles the next key event. If the
 * key has been given to another character by then, the program shows that one. So a spare is not
 * given away while it is down, nor soon after it was used, and always the one unused for longest.
 */
import { casePair, NO_SYMBOL } from "./keysym.ts";

/** Milliseconds that a spare rests after its last use before another character may have it. */
export const REST = 500;

interface Spare {
  readonly keycode: number;
  /** Small letter and capital, or one keysym and nothing. */
  symbols: readonly [number, number] | undefined;
  lastUse: number;
}

/** A spare key, and what is to be put on it: a small letter and its capital, or one keysym. */
export interface SpareBinding {
  readonly keycode: number;
  readonly symbols: readonly [number, number];
}

/** The pool of spare keycodes. */
export class SpareKeys {
  #spares: Spare[] = [];

  /** @param now A clock in milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /**
   * Takes note of a new keyboard map: of the keycodes that are unused in it, and of spares that
   * somebody has put something else on, which are given up.
   *
   * @param unused Keycodes with nothing on them.
   * @param isOurs Whether a keycode still has these symbols on it.
   */
  update(
    unused: readonly number[],
    isOurs: (keycode: number, symbols: readonly [number, number]) => boolean,
  ): void {
    const free = new Set(unused);
    this.#spares = this.#spares.filter(({ keycode, symbols }) =>
      symbols ? isOurs(keycode, symbols) : free.has(keycode)
    );
    for (const { keycode } of this.#spares) free.delete(keycode);
    for (const keycode of free) {
      this.#spares.push({ keycode, symbols: undefined, lastUse: -Infinity });
    }
    // The highest first: programs know low keycodes as keys of a real keyboard.
    this.#spares.sort((a, b) => b.keycode - a.keycode);
  }

  /** All keycodes with one of our keysyms on them. */
  get bound(): number[] {
    return this.#spares.filter((spare) => spare.symbols).map((spare) => spare.keycode);
  }

  /**
   * Finds a key for a keysym.
   *
   * @param isDown Whether a keycode is down now.
   * @returns The binding, or how many milliseconds to wait until one is free; `undefined` if the
   *   keyboard has no spare key at all.
   */
  lend(
    keysym: number,
    isDown: (keycode: number) => boolean,
  ): SpareBinding | { readonly wait: number } | undefined {
    const pair = casePair(keysym);
    const symbols = pair ? [pair.lower, pair.upper] as const : [keysym, NO_SYMBOL] as const;
    const known = this.#spares.find((spare) =>
      spare.symbols?.[0] === symbols[0] && spare.symbols[1] === symbols[1]
    );
    if (known) {
      known.lastUse = this.now();
      return { keycode: known.keycode, symbols };
    }
    let oldest: Spare | undefined;
    for (const spare of this.#spares) {
      if (isDown(spare.keycode)) continue;
      if (!oldest || spare.lastUse < oldest.lastUse) oldest = spare;
    }
    if (!oldest) return this.#spares.length > 0 ? { wait: REST } : undefined;
    const wait = oldest.lastUse + REST - this.now();
    if (wait > 0) return { wait };
    oldest.symbols = symbols;
    oldest.lastUse = this.now();
    return { keycode: oldest.keycode, symbols };
  }

  /** Notes that a key was used just now. */
  touch(keycode: number): void {
    const spare = this.#spares.find((s) => s.keycode === keycode);
    if (spare) spare.lastUse = this.now();
  }
}
