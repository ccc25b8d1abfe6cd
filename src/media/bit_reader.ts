/**
 * Reads bits of an H.264 raw byte sequence payload.
 *
 * @module
 */

import { BitstreamError } from "./bitstream.ts";

/** Reads from the most significant bit on, and skips emulation prevention octets (H.264 7.3.1). */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position = 0;
  #current = 0;
  #left = 0;
  #zeros = 0;

  /** @param bytes NAL unit payload, emulation prevention included. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** One bit. @throws {BitstreamError} At the end. */
  bit(): number {
    if (this.#left === 0) this.#next();
    this.#left--;
    return (this.#current >> this.#left) & 1;
  }

  /** u(n), at most 32 bits. @throws {BitstreamError} At the end. */
  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index++) value = value * 2 + this.bit();
    return value;
  }

  /** ue(v), H.264 9.1. @throws {BitstreamError} At the end, or above 32 bits. */
  unsigned(): number {
    let zeros = 0;
    while (this.bit() === 0) {
      if (++zeros > 32) {
        throw new BitstreamError("An Exp-Golomb code has more than 32 leading zeros");
      }
    }
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  /** se(v), H.264 9.1.1. @throws {BitstreamError} At the end, or above 32 bits. */
  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : 0 - code / 2;
  }

  #next(): void {
    let byte = this.#bytes[this.#position++];
    if (this.#zeros >= 2 && byte === 3) {
      this.#zeros = 0;
      byte = this.#bytes[this.#position++];
    }
    if (byte === undefined) throw new BitstreamError("The NAL unit ends within a field");
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
    this.#current = byte;
    this.#left = 8;
  }
}
