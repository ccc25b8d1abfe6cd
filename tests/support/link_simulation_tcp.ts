/**
 * The sending side of a TCP connection with CUBIC (RFC 9438): a congestion window between the application and
 * the link, that starts small, starts small again after a pause (RFC 5681 §4.1), and shrinks with each loss.
 * Left out are retransmission timeouts: what is lost is noticed a round trip later.
 *
 * @module
 */

import type { EventClock } from "./link_simulation_clock.ts";
import type { Link } from "./link_simulation_link.ts";

const INITIAL_WINDOW = 10;
const RESTART_MS = 250;
const BETA = 0.7;
const C = 0.4;
const RENO_ALPHA = 3 * (1 - BETA) / (1 + BETA);

/** What is sent. */
export interface Segment {
  /** With all headers. */
  readonly octets: number;
  /** Called when it arrives; segments may overtake lost ones. */
  readonly arrive: () => void;
}

export class TcpSender {
  readonly #clock: EventClock;
  readonly #link: Link;
  readonly #onwait: (wait: number) => void;
  readonly #queue: Segment[] = [];
  #window = INITIAL_WINDOW;
  #threshold = Infinity;
  #most = 0;
  /** What the window would be with Reno. */
  #reno = 0;
  #lossAt = 0;
  #inFlight = 0;
  #sequence = 0;
  /** Losses of what was sent before the last one are of the same congestion. */
  #recover = 0;
  #sentAt = -Infinity;
  /** What was sent before it was sent in a window that was used up. */
  #limitedUntil = 0;

  /** @param onwait Called with each segment's wait in the link's queue, in ms. */
  constructor(clock: EventClock, link: Link, onwait: (wait: number) => void = () => {}) {
    this.#clock = clock;
    this.#link = link;
    this.#onwait = onwait;
  }

  /** In segments. */
  get window(): number {
    return this.#window;
  }

  /** Segments not acknowledged or not even sent. */
  get pending(): number {
    return this.#queue.length + this.#inFlight;
  }

  send(segment: Segment): void {
    if (this.pending === 0 && this.#clock.now - this.#sentAt > RESTART_MS) {
      this.#window = Math.min(this.#window, INITIAL_WINDOW);
    }
    this.#queue.push(segment);
    this.#pump();
  }

  #pump(): void {
    while (this.#inFlight < Math.floor(this.#window)) {
      const segment = this.#queue.shift();
      if (segment === undefined) return;
      const sequence = this.#sequence++;
      this.#inFlight++;
      this.#sentAt = this.#clock.now;
      const wait = this.#link.send(segment.octets, () => {
        segment.arrive();
        this.#clock.at(this.#clock.now + this.#link.delay, () => this.#acked(sequence));
      }, () => this.#lost(segment, sequence));
      if (wait !== undefined) this.#onwait(wait);
    }
    if (this.#queue.length > 0) this.#limitedUntil = this.#sequence;
  }

  #acked(sequence: number): void {
    // A window that was not used up says nothing of the path (RFC 7661).
    if (sequence < this.#limitedUntil) this.#grow();
    this.#inFlight--;
    this.#pump();
  }

  #grow(): void {
    if (this.#window < this.#threshold) {
      this.#window++;
      return;
    }
    const seconds = (this.#clock.now - this.#lossAt) / 1000;
    const k = Math.cbrt(this.#most * (1 - BETA) / C);
    const target = C * (seconds - k) ** 3 + this.#most;
    // Never slower than Reno would be, §4.3.
    this.#reno += RENO_ALPHA / this.#window;
    const growth = Math.max((target - this.#window) / this.#window, 0.01 / this.#window);
    this.#window = Math.max(this.#window + growth, this.#reno);
  }

  #lost(segment: Segment, sequence: number): void {
    this.#inFlight--;
    if (sequence >= this.#recover) {
      this.#recover = this.#sequence;
      // Fast convergence, RFC 9438 §4.7.
      this.#most = this.#window < this.#most ? this.#window * (1 + BETA) / 2 : this.#window;
      this.#window = this.#threshold = this.#reno = Math.max(this.#window * BETA, 2);
      this.#lossAt = this.#clock.now;
    }
    this.#queue.unshift(segment);
    this.#pump();
  }
}
