/**
 * The receiving end of what only counts until the next of its kind: see latest_sender.ts.
 *
 * @module
 */

import type { LatestMessage } from "./latest_sender.ts";

export class LatestReceiver {
  readonly #deliver: (message: Uint8Array) => void;
  /** How many of the flow's other messages have come. */
  #others = 0;
  #index = 0;
  /** The newest one that has come before others that belong before it. */
  #early: LatestMessage | undefined;

  /** @param deliver Hands a message on. */
  constructor(deliver: (message: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** The index of the newest message that was handed on; 0 before the first. */
  get index(): number {
    return this.#index;
  }

  /**
   * Whether a copy of one of the flow's other messages is its turn.
   *
   * @param before How many of the others come before it.
   * @param index The newest message of this kind before it.
   */
  isNext(before: number, index: number): boolean {
    return before === this.#others && index <= this.#index;
  }

  /** Takes one that came as a datagram. */
  datagram(message: LatestMessage): void {
    // One that others have overtaken has come on the reliable stream, before them.
    if (message.index <= this.#index || message.after < this.#others) return;
    if (message.after === this.#others) this.reliable(message);
    else if (message.index > (this.#early?.index ?? 0)) this.#early = message;
  }

  /** Takes one that came on the reliable stream, and so in its place among the others. */
  reliable({ index, octets }: LatestMessage): void {
    if (index <= this.#index) return;
    this.#index = index;
    this.#deliver(octets);
  }

  /** One of the flow's other messages has come, and was handed on. */
  other(): void {
    this.#others++;
    const early = this.#early;
    if (early === undefined || early.after > this.#others) return;
    this.#early = undefined;
    this.datagram(early);
  }
}

/** One for each of the peer's flows that needs one. */
export class LatestReceivers {
  readonly #deliver: (flow: number, message: Uint8Array) => void;
  readonly #flows = new Map<number, LatestReceiver>();

  /** @param deliver Hands a message of a flow on. */
  constructor(deliver: (flow: number, message: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** That of a flow. */
  of(flow: number): LatestReceiver {
    const known = this.#flows.get(flow);
    if (known !== undefined) return known;
    const receiver = new LatestReceiver((message) => this.#deliver(flow, message));
    this.#flows.set(flow, receiver);
    return receiver;
  }

  /** The peer has closed a flow. */
  forget(flow: number): void {
    this.#flows.delete(flow);
  }
}
