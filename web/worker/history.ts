/**
 * How the connection did over the last minute, for the plots.
 *
 * @module
 */

/** What was true at a time; undefined where nobody knew. */
export interface HistorySample {
  /** In ms since 1970. */
  readonly at: number;
  /** How long what is sent to us waits in the network, in ms. */
  readonly queueDelay: number | undefined;
  /** What the path is believed to take, in kbit/s. */
  readonly rate: number | undefined;
  /** Of video received, in kbit/s. */
  readonly bitrate: number;
  /** From the change on the desktop to the picture of it, in ms. */
  readonly age: number | undefined;
}

export const HISTORY_MS = 60_000;
/** No more often than this, in ms. */
const INTERVAL = 500;

/** Grows with what happens, not with the time: a still screen costs nothing. */
export class History {
  #samples: HistorySample[] = [];

  /** @param sample Asked for only if it is time for one. */
  note(at: number, sample: () => Omit<HistorySample, "at">): void {
    if (at - (this.#samples.at(-1)?.at ?? -Infinity) < INTERVAL) return;
    this.#samples.push({ at, ...sample() });
    this.#prune(at);
  }

  /** The samples of the last minute, the oldest first. */
  samples(now: number): readonly HistorySample[] {
    this.#prune(now);
    return [...this.#samples];
  }

  #prune(now: number): void {
    const since = now - HISTORY_MS;
    let old = 0;
    while ((this.#samples[old]?.at ?? since) < since) old++;
    if (old > 0) this.#samples = this.#samples.slice(old);
  }
}
