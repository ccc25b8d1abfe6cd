/**
 * What was delivered during one round trip: how much was under way, and the rate that the path has at
 * least.
 *
 * Sampled as in draft-cheng-iccrg-delivery-rate-estimation-02, from cumulative acks alone: what was
 * acknowledged between the sending of an octet and its own ack, over the longer of the times that sending
 * and acknowledging it took. Unlike BBR, this is never more than a lower bound here: a source that is
 * mostly idle fills no round trip. See {@link BusyRate} for the other side.
 *
 * @module
 */

import { type Bytes, bytes, type BytesPerSecond, milliseconds, rateOf } from "./units.ts";
import type { AckEvent } from "./ack_event.ts";

interface Past {
  readonly at: number;
  readonly acked: number;
  /** When the last octet acknowledged by then was sent, as far as known. */
  readonly sentAt: number;
}

/** What one timed ack says. */
export interface DeliverySample {
  /** Octets that were under way when the acknowledged one had been sent. */
  readonly inFlight: Bytes;
  /** Undefined if nothing had been acknowledged before. */
  readonly rate: BytesPerSecond | undefined;
}

export class DeliveryRate {
  /** Acks since before the octet was sent that was acknowledged last. */
  #past: Past[] = [];
  #first = 0;
  #latestSentAt = -Infinity;

  /** Takes an ack into account. @returns What it says, if it was timed. */
  acked({ sentAt, ackedAt, ackedBytes }: AckEvent): DeliverySample | undefined {
    let sample: DeliverySample | undefined;
    if (sentAt !== undefined) {
      this.#latestSentAt = sentAt;
      while ((this.#past[this.#first + 1]?.at ?? Infinity) <= sentAt) this.#first++;
      const then = this.#past[this.#first];
      if (then === undefined || then.at > sentAt) {
        sample = { inFlight: ackedBytes, rate: undefined };
      } else {
        const delivered = bytes(ackedBytes - then.acked);
        const interval = milliseconds(Math.max(ackedAt - then.at, sentAt - then.sentAt, 1));
        sample = { inFlight: delivered, rate: rateOf(delivered, interval) };
      }
      if (this.#first > 64 && this.#first * 2 > this.#past.length) {
        this.#past = this.#past.slice(this.#first);
        this.#first = 0;
      }
    }
    this.#past.push({ at: ackedAt, acked: ackedBytes, sentAt: this.#latestSentAt });
    return sample;
  }
}
