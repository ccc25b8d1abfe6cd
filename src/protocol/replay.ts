/**
 * Messages that reach the other side once each and in order, whatever becomes of the transports that
 * carry them. The sender numbers them and keeps each until a transport has delivered it; when another
 * path takes over, what was not delivered is sent again there. The receiver skips what it has had.
 *
 * @module
 */

import { FlowClosedError, QueueFullError } from "./errors.ts";
import type { SendFlow, WriteOptions } from "./flow.ts";

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
}

/** The sending end. */
export class ReplaySender {
  readonly #maxOctets: number;
  /** What no transport has delivered yet, the oldest first. */
  readonly #kept = new Map<number, Kept>();
  #keptOctets = 0;
  #last = 0;
  #flow: SendFlow | undefined;

  constructor({ maxOctets = 1024 * 1024 }: ReplaySenderOptions = {}) {
    this.#maxOctets = maxOctets;
  }

  /** The number of the last message; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** How many messages no transport has delivered yet. */
  get undelivered(): number {
    return this.#kept.size;
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
   * @throws {QueueFullError} if too much is kept already; nothing was sent.
   */
  send(encode: (number: number) => Uint8Array, options: ReplayOptions = {}): number {
    const number = this.#last >= LARGEST ? 1 : this.#last + 1;
    const octets = encode(number);
    if (this.#keptOctets + octets.length > this.#maxOctets) {
      throw new QueueFullError(this.#keptOctets, this.#maxOctets);
    }
    const before = this.#kept.get(this.#last);
    if (options.replaceable && before?.options.replaceable) this.#forget(this.#last, before);
    this.#last = number;
    const kept: Kept = { octets, options };
    this.#kept.set(number, kept);
    this.#keptOctets += octets.length;
    this.#write(number, kept);
    return number;
  }

  /** Gives up what was not delivered: nobody waits for it any more. */
  discard(): void {
    this.#kept.clear();
    this.#keptOctets = 0;
  }

  #write(number: number, kept: Kept): void {
    const flow = this.#flow;
    if (flow?.state !== "open") return;
    try {
      flow.write(kept.octets, kept.options).outcome.then((outcome) => {
        if (outcome === "delivered") this.#forget(number, kept);
      });
    } catch (error) {
      // The path ends just now: the next one gets it.
      if (!(error instanceof FlowClosedError)) throw error;
    }
  }

  #forget(number: number, kept: Kept): void {
    if (this.#kept.get(number) !== kept) return;
    this.#kept.delete(number);
    this.#keptOctets -= kept.octets.length;
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
