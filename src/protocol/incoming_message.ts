/**
 * One message that comes on a stream of its own.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";
import {
  MAX_STREAM_HEADER_OCTETS,
  readStreamHeader,
  type StreamHeader,
} from "./webtransport_message.ts";

/** What a part of a message costs beside its octets. */
const PART_COST = 128;

export class IncomingMessage {
  readonly #cancel: () => void;
  #header: StreamHeader | undefined;
  #headerOctets = 0;
  /** Octets of the header, until it is whole; then of the message. */
  #parts: Uint8Array[] = [];
  #payload = 0;
  #dropped = false;

  /** @param cancel Wants no more of the stream. */
  constructor(cancel: () => void) {
    this.#cancel = cancel;
  }

  /** What the stream began with, once that has come. */
  get header(): StreamHeader | undefined {
    return this.#header;
  }

  /** What has come so far, with the header; no longer counted once it was dropped. */
  get octets(): number {
    return this.#headerOctets + this.#payload;
  }

  /** What it takes to keep what has come, in octets. */
  get cost(): number {
    return this.#dropped ? 0 : this.#payload + this.#parts.length * PART_COST;
  }

  get complete(): boolean {
    return !this.#dropped && this.#payload === this.#header?.length;
  }

  get dropped(): boolean {
    return this.#dropped;
  }

  /**
   * Takes the next octets.
   *
   * @throws {ProtocolError} if they are more than the header says, or no header.
   */
  take(octets: Uint8Array): void {
    if (this.#header === undefined) {
      const front = this.#parts.length === 0 ? octets : concatenate([...this.#parts, octets]);
      const read = readStreamHeader(front.subarray(0, MAX_STREAM_HEADER_OCTETS));
      if (read === undefined) {
        this.#parts = [front.slice()];
        return;
      }
      this.#header = read.header;
      this.#headerOctets = read.size;
      this.#parts = [];
      octets = front.subarray(read.size);
    }
    const { sequence, length } = this.#header;
    this.#payload += octets.length;
    if (this.#payload > length) {
      throw new ProtocolError(
        `Message ${sequence} is longer than the ${length} octets it is to have`,
      );
    }
    if (octets.length === 0) return;
    // A few octets are not worth keeping the whole buffer for that they came in.
    const sparse = !this.complete && octets.length * 2 < octets.buffer.byteLength;
    this.#parts.push(sparse ? octets.slice() : octets);
  }

  /** @returns The message, once it is complete. */
  join(): Uint8Array {
    const [first] = this.#parts;
    return this.#parts.length === 1 && first !== undefined ? first : concatenate(this.#parts);
  }

  /** Wants no more of it. */
  drop(): void {
    if (this.#dropped) return;
    this.ignore();
    this.#cancel();
  }

  /**
   * Takes no notice of what else comes of it, for streams that the peer ends by itself. Firefox 153 grants no
   * other stream in the place of one that is cancelled just as its end comes: after some thousand copies on
   * a path that lost packets it had none left, and the picture stood.
   */
  ignore(): void {
    this.#dropped = true;
    this.#parts = [];
  }
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
