/**
 * Puts messages into a stream of octets, each preceded by its length (see {@link FrameReader}), and all
 * that is written in one go into one write.
 *
 * @module
 */

import { frameHeader } from "./frame_reader.ts";

export class FrameWriter {
  readonly #write: (octets: Uint8Array<ArrayBuffer>) => void;
  #batch: Uint8Array<ArrayBuffer>[] = [];

  /** @param write Takes what is to go out; the octets are not used again. */
  constructor(write: (octets: Uint8Array<ArrayBuffer>) => void) {
    this.#write = write;
  }

  /** Writes octets as they are, at the end of this go. */
  raw(octets: Uint8Array<ArrayBuffer>): void {
    if (this.#batch.length === 0) queueMicrotask(() => this.flush());
    this.#batch.push(octets);
  }

  /**
   * Writes a message, at the end of this go.
   *
   * @returns How many octets that takes.
   */
  message(octets: Uint8Array<ArrayBuffer>): number {
    const header = frameHeader(octets.length);
    this.raw(header);
    this.raw(octets);
    return header.length + octets.length;
  }

  /** Writes now what was written in this go. */
  flush(): void {
    const batch = this.#batch;
    if (batch.length === 0) return;
    this.#batch = [];
    let length = 0;
    for (const octets of batch) length += octets.length;
    const whole = new Uint8Array(length);
    let offset = 0;
    for (const octets of batch) {
      whole.set(octets, offset);
      offset += octets.length;
    }
    this.#write(whole);
  }
}
