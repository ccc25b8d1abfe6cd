/**
 * Messages that reach the other side once each and in order, whatever becomes of the transports that
 * carry them. The sender numbers them and keeps each until a transport has delivered it; when another
 * path takes over, what was not delivered is sent again there. The receiver skips what it has had.
 *
 * @module
 */

import { FlowClosedError, QueueFullError } from "./errors.ts";
import type { SendFlow, WriteOptions } from "./flow.ts";

/** The most messages that are kept unless told otherwise. */
export const MAX_KEPT_MESSAGES = 4096;

/** Numbers are 32 bits wide; 0 is left free to mean "none yet". */
const LARGEST = 0xffff_ffff;

interface Kept {
  readonly octets: Uint8Array;
  readonly options: ReplayOptions;
}

export type ReplayOptions = Pick<WriteOptions, "replaceable">;

export interface ReplaySenderOptions {
  /** The most octets to keep for a peer that is away. Default: 1 MiB. */
  readonly maxOctets?: number;
  /** The most messages; default 4096, which is less than a transport takes at once. */
  readonly maxMessages?: number;
  /** Called when so much need not be kept any more: delivered, replaced or discarded. */
  readonly onforgotten?: (octets: number, messages: number) => void;
}

/** The sending end. */
export class ReplaySender {
  readonly #maxOctets: number;
  readonly #maxMessages: number;
  readonly #onforgotten: ReplaySenderOptions["onforgotten"];
  /** What no transport has delivered yet, the oldest first. */
  readonly #kept = new Map<number, Kept>();
  #keptOctets = 0;
  #last = 0;
  #flow: SendFlow | undefined;

  constructor(
    { maxOctets = 1024 * 1024, maxMessages = MAX_KEPT_MESSAGES, onforgotten }: ReplaySenderOptions =
      {},
  ) {
    this.#maxOctets = maxOctets;
    this.#maxMessages = maxMessages;
    this.#onforgotten = onforgotten;
  }

  /** The number of the last message; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** How many messages no transport has delivered yet. */
  get undelivered(): number {
    return this.#kept.size;
  }

  /** What no transport has delivered yet, in octets. */
  get keptOctets(): number {
    return this.#keptOctets;
  }

  /** What waits on our side, in octets. */
  get queuedBytes(): number {
    return this.#flow === undefined ? this.#keptOctets : this.#flow.queuedBytes;
  }

  /** What is on its way, in octets. */
  get outstandingBytes(): number {
    return this.#flow?.outstandingBytes ?? 0;
  }

  /**
   * Sends by this flow from now on, first of all what was not delivered before.
   *
   * @param flow Of a transport's; undefined while there is none.
   */
  attach(flow: SendFlow | undefined): void {
    if (flow === this.#flow) return;
    this.#flow = flow;
    for (const [number, kept] of this.#kept) this.#write(number, kept);
  }

  /**
   * Sends a message, or keeps it until there is a flow.
   *
   * @param encode Writes the message with its number.
   * @param options.replaceable See {@link WriteOptions.replaceable}.
   * @returns The number.
   * @throws {QueueFullError} if too much is kept or queued already; nothing was sent.
   */
  send(encode: (number: number) => Uint8Array, options: ReplayOptions = {}): number {
    const number = this.#last >= LARGEST ? 1 : this.#last + 1;
    const octets = encode(number);
    const before = this.#last;
    const last = this.#kept.get(before);
    const replaced = options.replaceable && last?.options.replaceable ? last : undefined;
    const keptOctets = this.#keptOctets - (replaced?.octets.length ?? 0);
    const keptMessages = this.#kept.size - (replaced === undefined ? 0 : 1);
    if (keptOctets + octets.length > this.#maxOctets || keptMessages >= this.#maxMessages) {
      throw new QueueFullError(this.#keptOctets, this.#maxOctets);
    }
    this.#last = number;
    const kept: Kept = { octets, options };
    this.#kept.set(number, kept);
    this.#keptOctets += octets.length;
    try {
      this.#write(number, kept);
    } catch (error) {
      // As if it had never been: the number after a gap would count, and this one never come.
      this.#forget(number, kept);
      this.#last = before;
      throw error;
    }
    if (replaced !== undefined) this.#forget(before, replaced);
    return number;
  }

  /** Gives up what was not delivered: nobody waits for it any more. */
  discard(): void {
    const [octets, messages] = [this.#keptOctets, this.#kept.size];
    this.#kept.clear();
    this.#keptOctets = 0;
    if (messages > 0) this.#onforgotten?.(octets, messages);
  }

  #write(number: number, kept: Kept): void {
    const flow = this.#flow;
    if (flow?.state !== "open") return;
    try {
      flow.write(kept.octets, kept.options).outcome.then((outcome) => {
        if (outcome === "delivered") this.#delivered(number, kept);
      });
    } catch (error) {
      // The path ends just now: the next one gets it.
      if (!(error instanceof FlowClosedError)) throw error;
    }
  }

  /**
   * The receiver has had it, and takes no earlier one any more. Of those, ones that were replaced on
   * the way are nowhere said to have been delivered.
   */
  #delivered(number: number, kept: Kept): void {
    if (this.#kept.get(number) !== kept) return;
    for (const [earlier, other] of this.#kept) {
      this.#forget(earlier, other);
      if (other === kept) return;
    }
  }

  #forget(number: number, kept: Kept): void {
    if (this.#kept.get(number) !== kept) return;
    this.#kept.delete(number);
    this.#keptOctets -= kept.octets.length;
    this.#onforgotten?.(kept.octets.length, 1);
  }
}

/** The receiving end: tells what is new from what has come by another path already. */
export class ReplayFilter {
  #last = 0;

  /** The number of the last message that was let through; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** @returns Whether the message of this number is to be handled, which is then the last one. */
  accept(number: number): boolean {
    // Serial number arithmetic (RFC 1982 §3.2): numbers wrap.
    if (this.#last !== 0 && ((number - this.#last) | 0) <= 0) return false;
    this.#last = number;
    return true;
  }

  /** Another sender's numbers follow. */
  reset(): void {
    this.#last = 0;
  }
}
