/**
 * What a sender asks of its model of the path: how much may be sent now. It learns from what the sender
 * tells it, and from acks alone.
 *
 * {@link PathEstimator} is the plain one, which pages use. A server that paces pictures brings its own.
 *
 * @module
 */

export interface PathModel {
  /** The latest round-trip time in ms; undefined before the first. */
  readonly rtt: number | undefined;
  /** The least round-trip time of the recent past, in ms; undefined before the first. */
  readonly minRtt: number | undefined;
  /** Octets a second; application-limited samples are set aside. Undefined before any. */
  readonly deliveryRate: number | undefined;
  /** What the path is believed to carry, in octets a second; undefined while nothing is known of it. */
  readonly rate: number | undefined;
  /** What queues add to the round trip, in ms; 0 while that is not known. */
  readonly queueDelay: number;
  /** Octets sent and not acknowledged. */
  readonly outstanding: number;
  /** The most octets that may be outstanding. */
  readonly limit: number;
  /** Octets that may be sent now. */
  readonly room: number;
  /** Octets that may be sent now of flows that yield to the others: less, so that these start at once. */
  readonly bulkRoom: number;
  /** The payload of a fragment of a flow that shares its priority with no other, in octets. */
  readonly fragmentOctets: number;
  /** Whether acks of what was sent together come apart, as if the peer's TCP held them back. */
  readonly acksHeld?: boolean;
  /**
   * Accounts for a fragment that was sent.
   *
   * @param octets Its size, with its header.
   * @param now When, in ms.
   * @returns The ack window to announce right after it, if it is to change.
   */
  sent(octets: number, now: number): number | undefined;
  /**
   * Accounts for an ack.
   *
   * @param octets Newly acknowledged.
   * @param now When, in ms.
   */
  acked(octets: number, now: number): void;
  /** Takes the round-trip time of something into account that the peer answered at once, in ms. */
  roundTrip(rtt: number, now: number): void;
  /** Says that there was room and nothing to send. */
  applicationLimited(): void;
}

/** What a model of a path is made for. */
export interface PathModelOptions {
  /** The clock of the transport: monotonic, in ms. */
  readonly now: () => number;
  /** What the receiver starts with: it acknowledges at once after each multiple of so many octets. */
  readonly ackWindow: number;
  /** Whether it also acknowledges the end of each message at once, as over WebTransport. */
  readonly promptEnds: boolean;
  /** What may never be outstanding, in octets. */
  readonly maxOutstanding: number;
}

/** Makes the model of one transport's path. */
export type MakePathModel = (options: PathModelOptions) => PathModel;
