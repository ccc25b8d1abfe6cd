/**
 * How long what was sent has to wait for what we sent before it, at the rate that the path is believed to
 * have: a bucket that leaks at that rate.
 *
 * @module
 */

import { type Bytes, type BytesPerSecond, type Milliseconds, milliseconds } from "./units.ts";

export class OwnQueue {
  #octets = 0;
  #position = 0;
  #sentAt = -Infinity;

  /**
   * Accounts for what was sent.
   *
   * @param position Octets sent, in all, with the last of them.
   * @param sentAt When that was; never goes back.
   * @param rate If it is known.
   * @returns How long the last octet takes to get through; 0 if the rate is not known.
   */
  sent(position: Bytes, sentAt: Milliseconds, rate: BytesPerSecond | undefined): Milliseconds {
    const drained = (rate ?? Infinity) * (sentAt - this.#sentAt) / 1000;
    // Neither 0 times Infinity, nor what was never sent.
    const left = sentAt > this.#sentAt ? Math.max(this.#octets - drained, 0) : this.#octets;
    this.#octets = left + position - this.#position;
    this.#position = position;
    this.#sentAt = sentAt;
    return milliseconds(rate === undefined ? 0 : this.#octets * 1000 / rate);
  }
}
