/**
 * The share of what was sent that was lost, where the transport tells.
 *
 * @module
 */

import type { AckEvent } from "./ack_event.ts";

/** Below this, one loss would be a large share. */
const MIN_ROUND_OCTETS = 20_000;

export class LossRate {
  #sent = 0;
  #lost = 0;
  #since = -Infinity;
  #share = 0;

  /** Of the last round trip or more: 0 to 1. */
  get share(): number {
    return this.#share;
  }

  /**
   * Takes an ack into account.
   *
   * @param round The round-trip time, in ms.
   * @returns The share of a round, at its end.
   */
  acked({ sentBytes, lostBytes, ackedAt }: AckEvent, round: number): number | undefined {
    const lost = lostBytes ?? 0;
    if (ackedAt - this.#since < round || sentBytes - this.#sent < MIN_ROUND_OCTETS) {
      return undefined;
    }
    this.#share = Math.min((lost - this.#lost) / (sentBytes - this.#sent), 1);
    this.#sent = sentBytes;
    this.#lost = lost;
    this.#since = ackedAt;
    return this.#share;
  }
}
