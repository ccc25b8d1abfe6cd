/**
 * The sending end of what only counts until the next of its kind: goes ahead as datagrams, which may get
 * lost or overtake each other, and sees to it that the last one arrives.
 *
 * @module
 */

import type { Schedule } from "./deadline_timer.ts";
import type { Delivery, DeliveryOutcome } from "./flow.ts";

/** Datagrams that are not acknowledged, from which on they are spaced. */
const MAX_UNACKED = 16;
/** The least time between two datagrams while so many are not acknowledged; in ms. */
const SPACING_MS = 8;
/** How long, beside two round trips, the receiver may take to acknowledge one; in ms. */
const ACK_MS = 60;
/** Assumed before anything was measured, in ms. */
const UNKNOWN_RTT_MS = 100;

/** One message, as it travels. */
export interface LatestMessage {
  /** Counts the messages of this kind in a flow, from 1. */
  readonly index: number;
  /** How many of the flow's other messages come before it. */
  readonly after: number;
  readonly octets: Uint8Array;
}

export interface LatestSenderOptions {
  /** Monotonic ms. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** The round-trip time in ms, if known. */
  readonly rtt: () => number | undefined;
  /** Sends one as a datagram. */
  readonly datagram: (message: LatestMessage) => void;
  /** Sends one on the reliable stream. */
  readonly reliable: (message: LatestMessage) => void;
}

class Entry implements Delivery {
  readonly #settled = Promise.withResolvers<DeliveryOutcome>();
  started = false;

  constructor(readonly message: LatestMessage) {}

  get index(): number {
    return this.message.index;
  }

  get outcome(): Promise<DeliveryOutcome> {
    return this.#settled.promise;
  }

  get finished(): boolean {
    return this.started;
  }

  settle(outcome: DeliveryOutcome): void {
    this.#settled.resolve(outcome);
  }

  /** It is sent at once, or replaced before its deadline would matter. */
  revise(): void {}
  abandon(): void {}
}

export class LatestSender {
  readonly #options: LatestSenderOptions;
  #index = 0;
  /** Sent, not acknowledged, and not sent reliably; the last of them may have to be. */
  #unacked: Entry[] = [];
  /** The newest, while it has to wait. */
  #held: Entry | undefined;
  /** Sent on the reliable stream, and not acknowledged. */
  #reliable: Entry | undefined;
  #sentAt = -Infinity;
  #cancelSpacing: (() => void) | undefined;
  #cancelFallback: (() => void) | undefined;

  constructor(options: LatestSenderOptions) {
    this.#options = options;
  }

  /** The index of the newest message; 0 before the first. */
  get index(): number {
    return this.#index;
  }

  /**
   * Sends a message that replaces the one before.
   *
   * @param after How many of the flow's other messages come before it.
   */
  write(octets: Uint8Array, after: number): Delivery {
    const entry = new Entry({ index: ++this.#index, after, octets });
    this.#held?.settle("abandoned");
    this.#held = entry;
    this.#release();
    return entry;
  }

  /** The receiver has had the message of this index: no earlier one matters. */
  acknowledged(index: number): void {
    while (this.#unacked[0] !== undefined && this.#unacked[0].index <= index) {
      this.#unacked.shift()?.settle("delivered");
    }
    if (this.#reliable !== undefined && this.#reliable.index <= index) {
      this.#reliable.settle("delivered");
      this.#reliable = undefined;
    }
    if (this.#unacked.length === 0) this.#stopFallback();
    this.#release();
  }

  /** Makes sure of the last message before others of the flow follow it. */
  flush(): void {
    this.#cancelSpacing?.();
    this.#cancelSpacing = undefined;
    this.#stopFallback();
    const last = this.#held ?? this.#unacked.at(-1);
    this.#held = undefined;
    if (last === undefined) return;
    for (const entry of this.#unacked) if (entry !== last) entry.settle("abandoned");
    this.#unacked = [];
    this.#reliable?.settle("abandoned");
    this.#reliable = last;
    last.started = true;
    this.#options.reliable(last.message);
  }

  /** Ends the timers, and gives up what is not acknowledged. */
  stop(): void {
    this.#cancelSpacing?.();
    this.#stopFallback();
    for (const entry of [...this.#unacked, this.#held, this.#reliable]) entry?.settle("abandoned");
    this.#unacked = [];
    this.#held = this.#reliable = undefined;
  }

  /** Sends what is held, if it may be sent. */
  #release(): void {
    const entry = this.#held;
    if (entry === undefined) return;
    const { now, schedule, datagram } = this.#options;
    const wait = this.#unacked.length < MAX_UNACKED ? 0 : this.#sentAt + SPACING_MS - now();
    if (wait > 0) {
      this.#cancelSpacing ??= schedule(Math.ceil(wait), () => {
        this.#cancelSpacing = undefined;
        this.#release();
      });
      return;
    }
    this.#held = undefined;
    this.#sentAt = now();
    this.#unacked.push(entry);
    // What was overtaken so often will not be told of any more.
    if (this.#unacked.length > 4 * MAX_UNACKED) this.#unacked.shift()?.settle("abandoned");
    entry.started = true;
    datagram(entry.message);
    this.#awaitAck();
  }

  /** Falls back to the reliable stream if nothing is heard of the last message in time. */
  #awaitAck(): void {
    if (this.#cancelFallback !== undefined) return;
    const { now, schedule, rtt } = this.#options;
    const patience = 2 * (rtt() ?? UNKNOWN_RTT_MS) + ACK_MS;
    const wait = this.#sentAt + patience - now();
    this.#cancelFallback = schedule(Math.max(Math.ceil(wait), 1), () => {
      this.#cancelFallback = undefined;
      if (this.#unacked.length === 0) return;
      if (now() - this.#sentAt >= patience) this.flush();
      else this.#awaitAck();
    });
  }

  #stopFallback(): void {
    this.#cancelFallback?.();
    this.#cancelFallback = undefined;
  }
}
