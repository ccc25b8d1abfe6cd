/**
 * Puts messages that come in any order back into the order of their sequence numbers.
 *
 * @module
 */

import { LimitExceededError } from "./errors.ts";

/** How far ahead of the first missing message one may be. */
const MAX_AHEAD = 4096;

export class MessageOrder {
  readonly #deliver: (message: Uint8Array) => void;
  /** What came early: messages, and undefined for those given up. */
  readonly #early = new Map<number, Uint8Array | undefined>();
  #next = 0;

  /** @param deliver Called for each message when it is its turn. */
  constructor(deliver: (message: Uint8Array) => void) {
    this.#deliver = deliver;
  }

  /** The sequence number of the first message that is missing. */
  get next(): number {
    return this.#next;
  }

  /** Whether a message has come, or was given up. */
  has(sequence: number): boolean {
    return sequence < this.#next || this.#early.has(sequence);
  }

  /**
   * A message is complete, or given up: undefined. Only the first word on it counts.
   *
   * @throws {LimitExceededError} if it is too far ahead; also what `deliver` throws.
   */
  settle(sequence: number, message: Uint8Array | undefined): void {
    if (this.has(sequence)) return;
    this.expect(sequence);
    if (sequence > this.#next) {
      this.#early.set(sequence, message);
      return;
    }
    this.#next++;
    if (message !== undefined) this.#deliver(message);
    while (this.#early.has(this.#next)) {
      const early = this.#early.get(this.#next);
      this.#early.delete(this.#next++);
      if (early !== undefined) this.#deliver(early);
    }
  }

  /** @throws {LimitExceededError} if a message of that number would be too far ahead. */
  expect(sequence: number): void {
    if (sequence < this.#next + MAX_AHEAD) return;
    throw new LimitExceededError(
      `Message ${sequence} is too far ahead of message ${this.#next}, which is missing`,
    );
  }
}
