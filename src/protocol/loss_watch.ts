/**
 * Whether a path loses packets, and whether it has so much room to spare that what is urgent may be sent
 * twice, so that nobody waits a round trip and more for it to be sent again.
 *
 * QUIC's own figures are hidden from both ends. What shows is that a message is overtaken: each has a stream
 * of its own, so only a loss lets a later one be whole before it. Networks that reorder look the same, and
 * copies do no harm there. And who numbers datagrams sees which are missing.
 *
 * @module
 */

/** So many losses within {@link MEMORY_MS} are no accident. A still desktop sends little that can get lost. */
const EVIDENCE = 2;
const MEMORY_MS = 60_000;
/** Below this round trip sending again is soon enough, in ms. */
const MIN_RTT_MS = 15;
/** Copies must leave so much of the path free. */
const MAX_PART = 0.6;
/** What is sent is averaged over about this, in ms. */
const AVERAGE_MS = 250;

export class LossWatch {
  /** When the last losses showed, in ms; the oldest first. */
  readonly #seen: number[] = [];
  #reported = 0;
  /** Octets sent, each counted the less the longer ago it was. */
  #recent = 0;
  #recentAt = 0;

  /** A loss has shown, at a time in ms. */
  seen(now: number): void {
    this.#seen.push(now);
    if (this.#seen.length > EVIDENCE) this.#seen.shift();
  }

  /** The peer has seen so many losses, in all. */
  report(total: number, now: number): void {
    for (let known = Math.max(this.#reported, total - EVIDENCE); known < total; known++) {
      this.seen(now);
    }
    this.#reported = Math.max(this.#reported, total);
  }

  /** Octets were sent. */
  sent(octets: number, now: number): void {
    this.#recent = this.#recent * Math.exp((this.#recentAt - now) / AVERAGE_MS) + octets;
    this.#recentAt = now;
  }

  /**
   * Whether something urgent that has just been sent had better be sent again.
   *
   * @param path.minRtt In ms.
   * @param path.rate What the path carries, in octets a second; undefined where little is sent.
   */
  wantsCopies(
    { minRtt = 0, rate = Infinity }: { minRtt?: number | undefined; rate?: number | undefined },
    now: number,
  ): boolean {
    const [first] = this.#seen;
    if (this.#seen.length < EVIDENCE || first === undefined || now - first > MEMORY_MS) {
      return false;
    }
    const sending = this.#recent * Math.exp((this.#recentAt - now) / AVERAGE_MS) * 1000 /
      AVERAGE_MS;
    return minRtt >= MIN_RTT_MS && 2 * sending <= MAX_PART * rate;
  }
}
