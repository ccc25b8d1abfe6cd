/**
 * Variable-length unsigned integers: base 128, most significant group first, the high bit set on
 * all but the last octet (RFC 7016 §2.1.2).
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

/** The longest encoding that is read: enough for 2^53-1 with room for two padding octets. */
const MAX_VLU_OCTETS = 10;

/**
 * @param value An integer, 0 to 2^53-1.
 * @returns How many octets {@link writeVlu} needs for it.
 * @throws {RangeError} if the value is not such an integer.
 */
export function vluLength(value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new RangeError(`A VLU holds integers from 0 to 2^53-1, not ${value}`);
  }
  let length = 1;
  while (value >= 128) {
    value = Math.floor(value / 128);
    length++;
  }
  return length;
}

/**
 * Writes one integer.
 *
 * @param target Where to; it must have {@link vluLength} octets left.
 * @param offset The first octet to write.
 * @param value An integer, 0 to 2^53-1.
 * @returns The offset after the last octet written.
 * @throws {RangeError} if the value is not such an integer, or the target is too short.
 */
export function writeVlu(target: Uint8Array, offset: number, value: number): number {
  const end = offset + vluLength(value);
  if (end > target.length) {
    throw new RangeError(
      `A VLU of ${end - offset} octets does not fit at ${offset} of ${target.length} octets`,
    );
  }
  let more = 0;
  for (let at = end - 1; at >= offset; at--) {
    target[at] = (value % 128) | more;
    value = Math.floor(value / 128);
    more = 0x80;
  }
  return end;
}

/** Reads integers and octets from the front of one message, and knows what is left of it. */
export class OctetReader {
  /** The offset of the next octet. */
  offset: number;

  /**
   * @param octets The message.
   * @param offset Where to begin.
   */
  constructor(readonly octets: Uint8Array, offset = 0) {
    this.offset = offset;
  }

  /** How many octets have not been read. */
  get left(): number {
    return this.octets.length - this.offset;
  }

  /**
   * Reads one integer.
   *
   * @param what Its name, for the error.
   * @throws {ProtocolError} if it is truncated or above 2^53-1.
   */
  vlu(what: string): number {
    let value = 0;
    for (let length = 0; length < MAX_VLU_OCTETS; length++) {
      const octet = this.octets[this.offset];
      if (octet === undefined) {
        throw new ProtocolError(`The message ends within its ${what}`);
      }
      this.offset++;
      value = value * 128 + (octet & 0x7f);
      if (octet < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) break;
        return value;
      }
    }
    throw new ProtocolError(`The ${what} is above 2^53-1`);
  }

  /** Takes all that is left, without a copy. */
  rest(): Uint8Array {
    const rest = this.octets.subarray(this.offset);
    this.offset = this.octets.length;
    return rest;
  }

  /**
   * @param what The message's name, for the error.
   * @throws {ProtocolError} if anything is left.
   */
  end(what: string): void {
    if (this.left > 0) throw new ProtocolError(`The ${what} has ${this.left} octets too many`);
  }
}
