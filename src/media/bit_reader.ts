/**
 * Reads bits of a header.
 *
 * @module
 */

import { BitstreamError } from "./bitstream.ts";

/**
 * Reads from the most significant bit on; in a NAL unit it skips emulation prevention octets
 * (H.264 7.3.1, HEVC 7.3.1.1).
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  readonly #escaped: boolean;
  #position = 0;
  #current = 0;
  #left = 0;
  #zeros = 0;

  /**
   * @param bytes What to read.
   * @param options `escaped`: whether it is a NAL unit's payload, emulation prevention included. It is by
   * default; AV1 and VP9 have nothing of the kind.
   */
  constructor(bytes: Uint8Array, { escaped = true }: { readonly escaped?: boolean } = {}) {
    this.#bytes = bytes;
    this.#escaped = escaped;
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

  /** Passes over bits. @throws {BitstreamError} At the end. */
  skip(count: number): void {
    for (let index = 0; index < count; index++) this.bit();
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
    if (this.#escaped && this.#zeros >= 2 && byte === 3) {
      this.#zeros = 0;
      byte = this.#bytes[this.#position++];
    }
    if (byte === undefined) throw new BitstreamError("The header ends within a field");
    this.#zeros = byte === 0 ? this.#zeros + 1 : 0;
    this.#current = byte;
    this.#left = 8;
  }
}
