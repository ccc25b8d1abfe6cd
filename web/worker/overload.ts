/**
 * Tells when a decoder cannot keep up with what comes, for longer than a hiccup.
 *
 * @module
 */

/** So many access units in a decoder are a backlog: at 30 frames a second, 200 ms. */
const BACKLOG = 6;
/** How long a backlog has to last, in ms. */
const PATIENCE = 1_500;

export class Overload {
  #since: number | undefined;

  /**
   * @param pending Access units in the decoder.
   * @param now In ms.
   * @returns Whether there has been a backlog all the time for too long.
   */
  watch(pending: number, now: number): boolean {
    if (pending < BACKLOG) {
      this.#since = undefined;
      return false;
    }
    this.#since ??= now;
    return now - this.#since >= PATIENCE;
  }

  reset(): void {
    this.#since = undefined;
  }
}
