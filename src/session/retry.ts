/** Waits between tries, longer each time, until it is told to stop. */
export class Retry {
  /** Milliseconds before the second try, doubled up to the most. */
  static readonly FIRST_MS = 250;
  static readonly MOST_MS = 10_000;

  readonly #signal: AbortSignal;
  #wait = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Resolves when the next try is due: true at once for the first, false once aborted. */
  async next(): Promise<boolean> {
    if (this.#wait > 0) await sleep(this.#wait, this.#signal);
    this.#wait = Math.min(Math.max(this.#wait * 2, Retry.FIRST_MS), Retry.MOST_MS);
    return !this.#signal.aborted;
  }
}

/** Resolves after so many milliseconds, or as soon as the signal is aborted. */
export function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done, { once: true });
  });
}
