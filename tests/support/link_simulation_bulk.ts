/**
 * Somebody else's download on the same link: one CUBIC flow that always has more (RFC 9438), with its
 * slow start and its fast convergence, without the retransmissions.
 *
 * @module
 */

import type { EventClock } from "./link_simulation_clock.ts";
import type { Link } from "./link_simulation_link.ts";

const SEGMENT = 1500;
const BETA = 0.7;
const C = 0.4;

export class BulkFlow {
  readonly #clock: EventClock;
  readonly #link: Link;
  #window = 10;
  #threshold = Infinity;
  #most = 0;
  #lossAt = 0;
  #inFlight = 0;
  #sequence = 0;
  /** Losses of what was sent before the last one are of the same congestion. */
  #recover = 0;
  #running = false;
  delivered = 0;

  constructor(clock: EventClock, link: Link) {
    this.#clock = clock;
    this.#link = link;
  }

  start(): void {
    this.#running = true;
    this.#send();
  }

  stop(): void {
    this.#running = false;
  }

  #send(): void {
    while (this.#running && this.#inFlight < this.#window) {
      const sequence = this.#sequence++;
      this.#inFlight++;
      const delay = this.#link.delay;
      this.#link.send(SEGMENT, () => {
        this.delivered += SEGMENT;
        this.#clock.at(this.#clock.now + delay, () => this.#acked());
      }, () => this.#lost(sequence));
    }
  }

  #acked(): void {
    this.#inFlight--;
    if (this.#window < this.#threshold) this.#window++;
    else {
      const seconds = (this.#clock.now - this.#lossAt) / 1000;
      const k = Math.cbrt(this.#most * (1 - BETA) / C);
      const target = C * (seconds - k) ** 3 + this.#most;
      this.#window += Math.max((target - this.#window) / this.#window, 0.01 / this.#window);
    }
    this.#send();
  }

  #lost(sequence: number): void {
    this.#inFlight--;
    if (sequence >= this.#recover) {
      this.#recover = this.#sequence;
      this.#most = this.#window < this.#most ? this.#window * (1 + BETA) / 2 : this.#window;
      this.#window = this.#threshold = Math.max(this.#window * BETA, 2);
      this.#lossAt = this.#clock.now;
    }
    this.#send();
  }
}
