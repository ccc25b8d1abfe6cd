/**
 * Notices that acks are held back on their way.
 *
 * Nagle's algorithm (RFC 896) keeps a small segment until the one before it is acknowledged, which the other
 * end's TCP does up to 40 ms late (RFC 1122 §4.2.3.2) unless it has something to send. Browsers do
 * without it. Some proxies do not, as Tornado's client and so Jupyter's: of two acks for one frame the second
 * comes 40 ms after the first, and the path looks as if it carried a hundredth of what it does.
 *
 * @module
 */

import type { AckEvent } from "./ack_event.ts";

/** What is sent within this is sent together, in ms. */
const TOGETHER_MS = 2;
/** Acks that come so long after each other are held back; in ms. Or 1400 octets take so long: 800 kbit/s. */
const HELD_MS = 14;
/** So many more frames with such acks than without are no chance. */
const ENOUGH = 4;

export class HeldAcks {
  #sentAt = -Infinity;
  #ackedAt = -Infinity;
  /** The longest between two acks of what was last sent together; `-Infinity` after the first. */
  #longest = -Infinity;
  #more = 0;

  /** Whether they were; for good, since they are not once something is done about it. */
  get seen(): boolean {
    return this.#more >= ENOUGH;
  }

  /** Takes an ack into account. */
  acked({ ackedAt, sentAt }: AckEvent): void {
    if (sentAt === undefined || this.seen) return;
    if (sentAt - this.#sentAt <= TOGETHER_MS) {
      this.#longest = Math.max(this.#longest, ackedAt - this.#ackedAt);
    } else {
      if (this.#longest >= HELD_MS) this.#more++;
      else if (this.#longest >= 0) this.#more = Math.max(this.#more - 1, 0);
      this.#longest = -Infinity;
    }
    this.#sentAt = sentAt;
    this.#ackedAt = ackedAt;
  }
}
