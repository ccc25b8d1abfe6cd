/**
 * Somebody else's download on the same link: one TCP connection that always has more.
 *
 * @module
 */

import type { EventClock } from "./link_simulation_clock.ts";
import type { Link } from "./link_simulation_link.ts";
import { TcpSender } from "./link_simulation_tcp.ts";

const SEGMENT = 1500;
/** What the sender keeps ready, in segments. */
const READY = 64;

export class BulkFlow {
  /** In octets. */
  delivered = 0;
  readonly #tcp: TcpSender;
  #running = false;

  constructor(clock: EventClock, link: Link) {
    this.#tcp = new TcpSender(clock, link);
  }

  start(): void {
    this.#running = true;
    this.#refill();
  }

  stop(): void {
    this.#running = false;
  }

  #refill(): void {
    while (this.#running && this.#tcp.pending < this.#tcp.window + READY) {
      this.#tcp.send({
        octets: SEGMENT,
        arrive: () => {
          this.delivered += SEGMENT;
          this.#refill();
        },
      });
    }
  }
}
