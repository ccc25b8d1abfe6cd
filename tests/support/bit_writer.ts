/**
 * Writes bitstream headers, for their readers to read.
 *
 * @module
 */

/** Writes from the most significant bit on. */
export class BitWriter {
  readonly #bits: number[] = [];

  bits(value: number, count: number): this {
    for (let index = count - 1; index >= 0; index--) {
      this.#bits.push(Math.floor(value / 2 ** index) % 2);
    }
    return this;
  }

  unsigned(value: number): this {
    const length = Math.floor(Math.log2(value + 1));
    return this.bits(0, length).bits(value + 1, length + 1);
  }

  signed(value: number): this {
    return this.unsigned(value > 0 ? value * 2 - 1 : -value * 2);
  }

  /** The bits so far, filled up with zeros to whole octets, as AV1 and VP9 have them. */
  octets(): Uint8Array<ArrayBuffer> {
    const bits = [...this.#bits];
    while (bits.length % 8 !== 0) bits.push(0);
    return Uint8Array.from(
      { length: bits.length / 8 },
      (_, index) => bits.slice(index * 8, index * 8 + 8).reduce((sum, bit) => sum * 2 + bit, 0),
    );
  }

  /** Trailing bits, H.264 7.3.2.11, then octets with emulation prevention, 7.4.1. */
  finish(): Uint8Array<ArrayBuffer> {
    const octets: number[] = [];
    for (const octet of this.bits(1, 1).octets()) {
      if (octet <= 3 && octets.at(-1) === 0 && octets.at(-2) === 0) octets.push(3);
      octets.push(octet);
    }
    return new Uint8Array(octets);
  }
}
