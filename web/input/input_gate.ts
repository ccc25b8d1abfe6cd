/**
 * Holds input back while something has to get to the server before it: what is to be pasted before
 * the key that pastes it.
 *
 * @module
 */

import type { PageInput } from "../messages.ts";

export class InputGate {
  readonly #pass: (input: PageInput) => void;
  readonly #waiting: PageInput[] = [];
  #holds = 0;

  /** @param pass Takes what is not held back. */
  constructor(pass: (input: PageInput) => void) {
    this.#pass = pass;
  }

  send(input: PageInput): void {
    if (this.#holds === 0) return this.#pass(input);
    const last = this.#waiting.at(-1);
    // Of motion only where it ends is worth keeping.
    if (input.type === "pointer" && last?.type === "pointer") this.#waiting.pop();
    this.#waiting.push(input);
  }

  /**
   * Holds back all input from now on.
   *
   * @returns Lets it go, in order, unless somebody else holds it; safe to call more than once.
   */
  hold(): () => void {
    this.#holds++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      if (--this.#holds > 0) return;
      for (const input of this.#waiting.splice(0)) this.#pass(input);
    };
  }
}
