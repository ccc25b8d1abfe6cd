/**
 * When the receiver acknowledges: at once on open, after each multiple of the ack window that has
 * arrived since it was set, and after half of the buffer that it last advertised for the flow; else
 * within 250 ms of the data. Whatever is due takes all other pending acks along.
 *
 * Source: the `protocol` file of the public RTWebSocket project.
 *
 * @module
 */

import type { Schedule } from "./deadline_timer.ts";
import { INITIAL_ACK_WINDOW } from "./path_estimator.ts";

/** The specification's 250 ms are the most; timers come late. */
export const ACK_DELAY_MS = 200;

/** What is acknowledged: a receive flow's octets. */
export interface Acknowledged {
  /** Octets of data messages, with headers, since the last ack. */
  unacked: number;
  /** The buffer that the last ack advertised. */
  readonly advertised: number;
}

export class AckScheduler<T extends Acknowledged> {
  readonly #pending = new Set<T>();
  readonly #schedule: Schedule;
  readonly #send: (flow: T) => void;
  #window = INITIAL_ACK_WINDOW;
  /** Octets since the last multiple of the window. */
  #received = 0;
  #cancel: (() => void) | undefined;

  /**
   * @param options.schedule Sets a timer.
   * @param options.send Sends the ack of one flow; called once for each that has one pending.
   */
  constructor(options: { schedule: Schedule; send: (flow: T) => void }) {
    this.#schedule = options.schedule;
    this.#send = options.send;
  }

  /** The peer wants an ack after each so many octets; 0 counts as 1. */
  setWindow(octets: number): void {
    this.#window = Math.max(octets, 1);
    this.#received = 0;
  }

  /** Data has come for a flow. */
  received(flow: T, octets: number): void {
    flow.unacked += octets;
    this.#pending.add(flow);
    this.#received += octets;
    const due = this.#received >= this.#window;
    this.#received %= this.#window;
    if (due || (flow.advertised > 0 && flow.unacked >= flow.advertised / 2)) this.flush();
    else this.#cancel ??= this.#schedule(ACK_DELAY_MS, () => this.flush());
  }

  /** Acknowledges a flow at once, and all others that have something pending. */
  acknowledge(flow: T): void {
    this.#pending.add(flow);
    this.flush();
  }

  /** Sends all pending acks. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    for (const flow of this.#pending) this.#send(flow);
    this.#pending.clear();
  }

  /** Sends nothing any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#pending.clear();
  }
}
