/**
 * One direction of a link as a WebSocket sees it: in order, without loss, as fast as its rate and
 * after its delay, with a queue in front that takes everything, like a deep buffer does.
 *
 * @module
 */

import type { Schedule } from "../protocol/deadline_timer.ts";

export interface LinkOptions {
  /** Octets a second; default: no limit. 0 is an outage, until the rate is set anew. */
  readonly rate?: number;
  /** One way, in ms; default 0. */
  readonly delay?: number;
  /** What each message costs beside its octets: the headers of WebSocket, TCP and IP. */
  readonly overhead?: number;
}

interface Parcel {
  readonly octets: number;
  readonly arrive: () => void;
}

export class SimulatedLink {
  readonly #schedule: Schedule;
  readonly #delay: number;
  readonly #overhead: number;
  #rate: number;
  readonly #queue: Parcel[] = [];
  #queuedOctets = 0;
  #busy = false;
  #carried = 0;

  constructor(schedule: Schedule, options: LinkOptions = {}) {
    this.#schedule = schedule;
    this.#rate = options.rate ?? Infinity;
    this.#delay = options.delay ?? 0;
    this.#overhead = options.overhead ?? 0;
  }

  /** Octets that wait for the link. */
  get queuedOctets(): number {
    return this.#queuedOctets;
  }

  /** Octets that have gone over the link. */
  get carriedOctets(): number {
    return this.#carried;
  }

  get rate(): number {
    return this.#rate;
  }
  /** Holds from the next message on. */
  set rate(octetsPerSecond: number) {
    this.#rate = octetsPerSecond;
    this.#serve();
  }

  /**
   * @param octets The message's size.
   * @param arrive Called when all of it has arrived.
   */
  send(octets: number, arrive: () => void): void {
    this.#queue.push({ octets: octets + this.#overhead, arrive });
    this.#queuedOctets += octets + this.#overhead;
    this.#serve();
  }

  #serve(): void {
    if (this.#busy || this.#rate === 0) return;
    const parcel = this.#queue.shift();
    if (parcel === undefined) return;
    this.#busy = true;
    this.#schedule(parcel.octets * 1000 / this.#rate, () => {
      this.#busy = false;
      this.#queuedOctets -= parcel.octets;
      this.#carried += parcel.octets;
      this.#schedule(this.#delay, parcel.arrive);
      this.#serve();
    });
  }
}
