/**
 * The receiving end of a flow: puts messages together from fragments.
 *
 * @module
 */

import { LimitExceededError } from "./errors.ts";
import type { ReceiveFlow, SendFlow } from "./flow.ts";
import type { EndpointLimits } from "./limits.ts";

/** What a fragment that waits costs beside its octets: objects, and the buffer it is a view of. */
const FRAGMENT_COST = 128;

/** The part of the endpoint that its receive flows use. */
export interface ReceiveFlowHost {
  readonly limits: EndpointLimits;
  /** What the fragments of all flows cost, in octets. */
  assembly: number;
  /** Tells the peer that no more of the flow is wanted. */
  refuse(flow: RtwebsocketReceiveFlow, code: number, reason: string): void;
}

export class RtwebsocketReceiveFlow implements ReceiveFlow {
  onmessage: ((message: Uint8Array) => void) | undefined;
  onclose: (() => void) | undefined;
  readonly id: number;
  readonly metadata: Uint8Array;
  readonly returnFor: SendFlow | undefined;
  unacked = 0;
  advertised = 0;
  readonly #host: ReceiveFlowHost;
  #state: "open" | "refused" | "closed" = "open";
  /** Messages that were handed on by their copies, and whose own octets are still to come. */
  #ahead = 0;
  #fragments: Uint8Array[] = [];
  #octets = 0;

  /**
   * @param host The endpoint.
   * @param options.id The peer's number for the flow.
   * @param options.metadata What the peer says of it.
   * @param options.returnFor The flow of ours that it answers.
   */
  constructor(
    host: ReceiveFlowHost,
    options: { id: number; metadata: Uint8Array; returnFor: SendFlow | undefined },
  ) {
    this.#host = host;
    this.id = options.id;
    this.metadata = options.metadata;
    this.returnFor = options.returnFor;
  }

  get open(): boolean {
    return this.#state === "open";
  }

  /** The buffer to advertise. Messages are handed on at once, so that none of it is ever in use. */
  get buffer(): number {
    return this.open ? this.#host.limits.receiveBufferOctets : 0;
  }

  reject(code = 0, reason = ""): void {
    if (!this.open) return;
    this.#state = "refused";
    this.abandon();
    this.#host.refuse(this, code, reason);
  }

  /**
   * Takes a fragment, and hands the message on if it was the last.
   *
   * @throws {LimitExceededError} if the message, or all that wait, would be too large.
   */
  received(fragment: Uint8Array, last: boolean): void {
    if (!this.open) return;
    const { limits } = this.#host;
    if (this.#octets + fragment.length > limits.maxMessageOctets) {
      throw new LimitExceededError(
        `A message is over the limit of ${limits.maxMessageOctets} octets`,
      );
    }
    if (last && this.#ahead > 0) {
      this.#ahead--;
      this.abandon();
    } else if (last) {
      const message = this.#assemble(fragment);
      this.abandon();
      this.onmessage?.(message);
    } else if (fragment.length > 0) {
      this.#fragments.push(fragment);
      this.#octets += fragment.length;
      this.#host.assembly += fragment.length + FRAGMENT_COST;
      if (this.#host.assembly > limits.maxAssemblyOctets) {
        throw new LimitExceededError(
          `Unfinished messages are over the limit of ${limits.maxAssemblyOctets} octets`,
        );
      }
    }
  }

  /** Whether the next message is one that was handed on already. */
  get repeats(): boolean {
    return this.#ahead > 0;
  }

  /** Hands on a copy of the next message, which will come all the same. */
  deliverAhead(copy: Uint8Array): void {
    this.#ahead++;
    this.deliver(copy);
  }

  /** Hands on a message that has come whole. */
  deliver(message: Uint8Array): void {
    if (this.open) this.onmessage?.(message);
  }

  /** Drops the message that is being put together. */
  abandon(): void {
    this.#host.assembly -= this.#octets + this.#fragments.length * FRAGMENT_COST;
    this.#fragments = [];
    this.#octets = 0;
  }

  /** The peer has closed the flow, or the transport has ended. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.abandon();
    this.onclose?.();
  }

  #assemble(last: Uint8Array): Uint8Array {
    if (this.#fragments.length === 0) return last;
    const message = new Uint8Array(this.#octets + last.length);
    let offset = 0;
    for (const fragment of this.#fragments) {
      message.set(fragment, offset);
      offset += fragment.length;
    }
    message.set(last, offset);
    return message;
  }
}
