/**
 * Says whether the machine was calm enough to judge what has to be in time.
 *
 * @module
 */

const TICK_MS = 5;
/** A timer that is late by so much says that the machine is too busy; in ms. */
const CALM_MS = 15;

/** A timer that watches its own lateness until it is disposed. */
export class Canary implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #last = performance.now();
  #latest = 0;

  constructor() {
    this.#timer = setInterval(() => this.#look(), TICK_MS);
  }

  /** Whether nothing of ours was held up up to now. */
  get calm(): boolean {
    this.#look();
    return this.#latest < CALM_MS;
  }

  #look(): void {
    const now = performance.now();
    this.#latest = Math.max(this.#latest, now - this.#last - TICK_MS);
    this.#last = now;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
