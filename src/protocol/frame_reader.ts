/**
 * Takes messages out of a stream of octets: each is preceded by its length, a vlu.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";
import { vluLength, writeVlu } from "./vlu.ts";

/** The longest encoding of a length: no frame needs four octets. */
const MAX_LENGTH_OCTETS = 3;

/** @returns What precedes a message of so many octets. */
export function frameHeader(octets: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(vluLength(octets));
  writeVlu(header, 0, octets);
  return header;
}

export class FrameReader {
  readonly #limit: number;
  #length = 0;
  #lengthOctets = 0;
  /** The message that is being put together, if its length is known. */
  #message: Uint8Array | undefined;
  #filled = 0;

  /** @param limit The largest message, in octets. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * Takes the next octets of the stream.
   *
   * @param chunk Messages that lie within it share its memory.
   * @param take Called for each message that is complete.
   * @throws {ProtocolError} if a message is too large; also what `take` throws.
   */
  feed(chunk: Uint8Array, take: (message: Uint8Array) => void): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#message === undefined) {
        const octet = chunk[offset++] ?? 0;
        if (++this.#lengthOctets > MAX_LENGTH_OCTETS) {
          throw new ProtocolError("The length of a message does not end");
        }
        this.#length = this.#length * 128 + (octet & 0x7f);
        if (octet >= 0x80) continue;
        const length = this.#length;
        this.#length = this.#lengthOctets = 0;
        if (length > this.#limit) {
          throw new ProtocolError(
            `A message of ${length} octets is over the limit of ${this.#limit}`,
          );
        }
        if (length <= chunk.length - offset) {
          take(chunk.subarray(offset, offset + length));
          offset += length;
          continue;
        }
        this.#message = new Uint8Array(length);
        this.#filled = 0;
      }
      const message = this.#message;
      const part = chunk.subarray(offset, offset + message.length - this.#filled);
      message.set(part, this.#filled);
      this.#filled += part.length;
      offset += part.length;
      if (this.#filled < message.length) return;
      this.#message = undefined;
      take(message);
    }
  }
}
