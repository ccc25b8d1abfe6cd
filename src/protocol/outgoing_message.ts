/**
 * One message on its way out.
 *
 * @module
 */

import type { Deadlines, Delivery, DeliveryOutcome, WriteOptions } from "./flow.ts";

/** The part of a send flow that its messages call. */
export interface MessageOwner {
  /** The message was abandoned with so many octets of it not sent. */
  dropped(message: OutgoingMessage, unsent: number): void;
  /** All that were abandoned together have been dropped. */
  droppedAll(): void;
  /** The message's deadlines have changed. */
  deadlinesChanged(message: OutgoingMessage): void;
}

const NOTHING = new Uint8Array(0);

export class OutgoingMessage implements Delivery {
  /** What is to be sent; let go of as soon as it was sent or given up. */
  octets: Uint8Array;
  /** How much of it was sent. */
  offset = 0;
  /** The octets of data, with headers, that its flow has sent up to its end. */
  endPosition = 0;
  /** For how many messages of the queue this one stands: more than 1 only once abandoned. */
  count = 1;
  startBy = Infinity;
  finishBy = Infinity;
  /** Whether the next message of the flow may take its place. */
  readonly replaceable: boolean;
  #started = false;
  #finished = false;
  #outcome: DeliveryOutcome | undefined;
  #promise: PromiseWithResolvers<DeliveryOutcome> | undefined;
  #dependents: OutgoingMessage[] = [];
  readonly #owner: MessageOwner;

  /**
   * @param owner The flow that sends it.
   * @param octets Its content; not copied.
   * @param options When it is too late for it, and what it is useless without.
   */
  constructor(owner: MessageOwner, octets: Uint8Array, options: WriteOptions) {
    this.#owner = owner;
    this.octets = octets;
    this.replaceable = options.replaceable ?? false;
    this.#setDeadlines(options);
  }

  // Made on demand: most messages are never asked.
  get outcome(): Promise<DeliveryOutcome> {
    if (this.#promise === undefined) {
      this.#promise = Promise.withResolvers();
      if (this.#outcome !== undefined) this.#promise.resolve(this.#outcome);
    }
    return this.#promise.promise;
  }

  get started(): boolean {
    return this.#started;
  }

  get finished(): boolean {
    return this.#finished;
  }

  /** Whether all of it was acknowledged. */
  get delivered(): boolean {
    return this.#outcome === "delivered";
  }

  get abandoned(): boolean {
    return this.#outcome === "abandoned";
  }

  /** When the message is given up unless it gets further, in ms; `Infinity` for never. */
  get deadline(): number {
    if (this.#finished || this.abandoned) return Infinity;
    return this.#started ? this.finishBy : Math.min(this.startBy, this.finishBy);
  }

  /** Whether it still waits for its octets to be sent. */
  get unfinished(): boolean {
    return !this.#finished && !this.abandoned;
  }

  revise(deadlines: Deadlines): void {
    this.#setDeadlines(deadlines);
    if (this.unfinished) this.#owner.deadlinesChanged(this);
  }

  abandon(): void {
    const owners = new Set<MessageOwner>();
    const abandoned: OutgoingMessage[] = [this];
    for (let next = abandoned.pop(); next !== undefined; next = abandoned.pop()) {
      if (!next.unfinished) continue;
      owners.add(next.#owner);
      const unsent = next.octets.length - next.offset;
      abandoned.push(...next.settle("abandoned"));
      next.#owner.dropped(next, unsent);
    }
    for (const owner of owners) owner.droppedAll();
  }

  /** Has another message abandoned along with this one. */
  addDependent(message: OutgoingMessage): void {
    if (this.unfinished) this.#dependents.push(message);
  }

  /** Accounts for octets that were sent, up to `offset`. */
  sentUpTo(offset: number): void {
    this.#started = true;
    this.offset = offset;
    if (offset < this.octets.length) return;
    this.#finished = true;
    this.octets = NOTHING;
    this.#dependents = [];
  }

  /**
   * Says what has become of it; only the first time counts.
   *
   * @returns The messages that are to be abandoned along with it.
   */
  settle(outcome: DeliveryOutcome): readonly OutgoingMessage[] {
    if (this.#outcome !== undefined) return [];
    this.#outcome = outcome;
    this.#promise?.resolve(outcome);
    this.octets = NOTHING;
    const dependents = outcome === "abandoned" ? this.#dependents : [];
    this.#dependents = [];
    return dependents;
  }

  #setDeadlines({ startBy = Infinity, finishBy = Infinity }: Deadlines): void {
    this.startBy = startBy;
    this.finishBy = finishBy;
  }
}
