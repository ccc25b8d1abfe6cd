/**
 * What the rate control is told of a path: nothing but this, so that it works alike over any transport
 * that acknowledges.
 *
 * @module
 */

import type { Bytes, Milliseconds } from "./units.ts";

/** One acknowledgement. The counters are cumulative: one that is lost is made up for by the next. */
export interface AckEvent {
  /** Octets sent until the ack came, in all. */
  readonly sentBytes: Bytes;
  /** Octets acknowledged, in all, with this ack. */
  readonly ackedBytes: Bytes;
  /**
   * When the last octet that the ack reaches was sent. Undefined if the receiver may have held the ack
   * back for longer than a moment: such an ack makes room, and is not timed.
   */
  readonly sentAt: Milliseconds | undefined;
  /** When the ack came. */
  readonly ackedAt: Milliseconds;
  /**
   * Whether the sender had nothing to send for a while before that octet, though there was room: what
   * was delivered then is what there was, not what the path takes.
   */
  readonly appLimited: boolean;
  /** Octets that the transport knows to be lost, in all, if it tells; they are sent again. */
  readonly lostBytes?: Bytes;
}

/** What is under way. */
export interface InFlight {
  /** Octets sent and not acknowledged. */
  readonly outstanding: Bytes;
  /**
   * When the first octet was sent whose ack is awaited and will come at once; undefined if there is
   * none.
   */
  readonly awaitedSince: Milliseconds | undefined;
  /**
   * How many of the outstanding octets the receiver may acknowledge late, as nothing follows them, and
   * when the last of them was sent.
   */
  readonly tail: { readonly octets: Bytes; readonly sentAt: Milliseconds } | undefined;
}

/** Nothing is. */
export const NOTHING_IN_FLIGHT: InFlight = {
  outstanding: 0 as Bytes,
  awaitedSince: undefined,
  tail: undefined,
};
