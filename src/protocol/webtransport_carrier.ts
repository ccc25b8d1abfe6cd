/**
 * What flows over WebTransport need of a session. Deno's QUIC connections and browsers' WebTransport
 * have an adapter each.
 *
 * @module
 */

import type { Priority } from "./flow.ts";

/** A unidirectional stream of ours, for one message. Nothing here throws; failures end the session. */
export interface OutgoingStream {
  /**
   * Sends octets. They begin with the carrier's `streamPrefix` the first time, and are not used again.
   *
   * @param last Whether the stream ends with them.
   */
  write(octets: Uint8Array<ArrayBuffer>, last: boolean): void;
  /** No more will be written, and what was is of no use: take back what can be. */
  abandon(): void;
}

export interface WebtransportCarrier {
  /** Octets that every message stream must begin with. */
  readonly streamPrefix: Uint8Array;
  /** Octets that every datagram must begin with. */
  readonly datagramPrefix: Uint8Array;
  /** The largest datagram, prefix and all; may change. */
  readonly maxDatagramOctets: number;
  /** Octets that were written to the reliable stream and are still held back. */
  readonly unsentOctets: number;
  /** Sends octets on the reliable stream; they are not used again. */
  write(octets: Uint8Array<ArrayBuffer>): void;
  /** Sends a datagram, or loses it. */
  sendDatagram(octets: Uint8Array<ArrayBuffer>): void;
  /** Opens a stream; what is written to it waits until it may be. */
  openStream(priority: Priority): OutgoingStream;
  /** Ends the session once what was written has gone out, then calls the endpoint's `ended`. */
  close(code: number, reason: string): void;
}
