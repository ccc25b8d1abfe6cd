/**
 * The flow model: what everything above the transports sees, on both sides of the wire.
 *
 * A flow is unidirectional, ordered and carries whole messages. Its sender gives it metadata and a
 * priority; its receiver may refuse it. The model is RTMFP's (RFC 7016 §1.1, §3.6), as RTWebSocket
 * profiles it. Code that uses these interfaces cannot tell which transport carries them.
 *
 * @module
 */

import type { PathModel } from "./path_model.ts";

/**
 * Strict sending priorities, RTMFP's names for them. A lower one is sent only when no higher one
 * has anything to send; flows of the same priority take turns, fragment by fragment.
 */
export const Priority = {
  Background: 0,
  Bulk: 1,
  Data: 2,
  Routine: 3,
  Elevated: 4,
  Immediate: 5,
  Flash: 6,
  FlashOverride: 7,
} as const;
export type Priority = (typeof Priority)[keyof typeof Priority];

/** How a message left the sender: all of it acknowledged, or given up (late, abandoned, closed). */
export type DeliveryOutcome = "delivered" | "abandoned";

/** A message handed to a {@link SendFlow}; times are milliseconds of the endpoint's own clock. */
export interface Delivery {
  /** Resolves once the outcome is known; never rejects. */
  readonly outcome: Promise<DeliveryOutcome>;
  /** Whether the first octet has been sent. */
  readonly started: boolean;
  /** Whether the last octet has been sent. */
  readonly finished: boolean;
  /** Replaces the deadlines; a deadline already past abandons the message at once. */
  revise(deadlines: Deadlines): void;
  /** Gives the message up, also when half of it is sent. Does nothing once it is finished. */
  abandon(): void;
}

/** Absolute times in milliseconds of the endpoint's clock ({@link Transport.now}). */
export interface Deadlines {
  /** Abandon the message unless its first octet was sent by then. */
  readonly startBy?: number;
  /** Abandon the message unless its last octet was sent by then. */
  readonly finishBy?: number;
}

/** How a message may be given up. */
export interface WriteOptions extends Deadlines {
  /**
   * A message that this one is of no use without: when that is abandoned, so is this, unless all of
   * it was sent. A video frame names the one that it refers to.
   */
  readonly dependsOn?: Delivery;
  /**
   * Whether the next message of the flow replaces this one if it is replaceable, too: a position, say,
   * but not a key. What is replaced before it was sent is given up. The last one arrives, and in its
   * place among the others. Where the transport can, it goes ahead as a datagram.
   */
  readonly replaceable?: boolean;
}

export interface SendFlow {
  readonly metadata: Uint8Array;
  /** May be changed at any time; holds from the next fragment on. */
  priority: Priority;
  /** Octets of messages accepted but not yet sent. */
  readonly queuedBytes: number;
  /** Octets sent but not yet acknowledged, headers included. */
  readonly outstandingBytes: number;
  /** The receive buffer that the peer last advertised for this flow, in octets. */
  readonly advertisedBytes: number;
  readonly state: "open" | "closing" | "closed";
  /** Resolves when the flow has ended, with what the receiver said if it refused the flow. */
  readonly closed: Promise<FlowException | undefined>;
  /**
   * Queues one message, and sends of it at once what there is room for. The octets are not copied:
   * leave them alone until it is finished.
   *
   * @throws {FlowClosedError} if the flow is no longer open.
   * @throws {MessageTooLargeError} if the message is larger than the endpoint's limit.
   * @throws {QueueFullError} if too much is queued already, of all flows together.
   */
  write(message: Uint8Array, options?: WriteOptions): Delivery;
  /** Lets what is queued go out, then closes. */
  close(): void;
}

/** Why a receiver wants no more of a flow (RTWebSocket's flow exception). */
export interface FlowException {
  readonly code: number;
  readonly reason: string;
}

export interface ReceiveFlow {
  readonly metadata: Uint8Array;
  /** The flow of ours that the peer says this one answers, if it says so. */
  readonly returnFor: SendFlow | undefined;
  /**
   * Called once for each whole message, in order. Set it before returning from `onflow`. The octets
   * may be a view of a larger buffer. What it throws closes the transport; a ProtocolError blames
   * the peer.
   */
  onmessage: ((message: Uint8Array) => void) | undefined;
  /** Called once when the sender has closed the flow, or the transport has ended. */
  onclose: (() => void) | undefined;
  /** Tells the sender to stop; later messages are dropped. */
  reject(code?: number, reason?: string): void;
}

/**
 * How the messages of a flow travel where the transport has a choice; but for the last kind, the
 * receiver gets them in the order of writing all the same. A WebSocket has none.
 *
 * - `ordered`: all behind each other, with those of other such flows. For what is small, or must
 *   arrive.
 * - `independent`: each by itself. What is lost of one holds up no message of another flow, and of one
 *   that is given up even what was sent is taken back as far as it can be. For frames.
 * - `losable`: each by itself, in any order, and what is lost is lost: it would come too late. Messages
 *   that do not fit a datagram are sent as ordered ones. What was sent counts as delivered. For sound.
 */
export type FlowDelivery = "ordered" | "independent" | "losable";

export interface OpenFlowOptions {
  readonly priority?: Priority;
  /** Default: ordered. */
  readonly delivery?: FlowDelivery;
  /** The peer's flow that this one answers. It must be open. */
  readonly returnFor?: ReceiveFlow;
}

/** What is known of the path; every figure comes from the peer's acknowledgements. */
export interface PathStatistics {
  /** The latest and the smallest round-trip time in milliseconds; undefined before the first. */
  readonly rtt: number | undefined;
  readonly minRtt: number | undefined;
  /** Acknowledged octets a second, application-limited samples set aside; undefined before any. */
  readonly deliveryRate: number | undefined;
  /** Octets sent and not acknowledged, of all flows, and the limit that they are held to. */
  readonly outstandingBytes: number;
  readonly outstandingLimit: number;
  /** How much of what is outstanding is of flows that yield: of priority {@link Priority.Data} or less. */
  readonly yieldingBytes: number;
  /** What queues add to the round trip, in ms; 0 while that is not known. */
  readonly queueDelay: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export type TransportKind = "websocket" | "webtransport" | "memory";

export interface TransportClose {
  /** True when either side closed it in an orderly way. */
  readonly clean: boolean;
  readonly code: number;
  readonly reason: string;
  /** Why this side closed it, if it did so for an error: a ProtocolError if the peer is at fault. */
  readonly error?: Error;
}

export interface Transport extends AsyncDisposable {
  readonly kind: TransportKind;
  /** The clock of all deadlines of this transport: monotonic milliseconds. */
  now(): number;
  readonly statistics: PathStatistics;
  /** What decides how much may be sent. */
  readonly path: PathModel;
  /** Resolves when the transport has ended, for whatever reason; never rejects. */
  readonly closed: Promise<TransportClose>;
  /** Called for each flow that the peer opens; a flow that is given no `onmessage` is refused. */
  onflow: ((flow: ReceiveFlow) => void) | undefined;
  /**
   * Called when octets were acknowledged, sent or given up, so that a gate may have room again;
   * never from within a call of the application's.
   */
  onroom: (() => void) | undefined;
  /**
   * Called when the peer is reached at another port of the same host from now on, as after a NAT has
   * forgotten it. Never called where a transport does not survive that.
   */
  onmoved: (() => void) | undefined;
  /** @throws {TransportClosedError} once the transport has ended. */
  openFlow(metadata: Uint8Array, options?: OpenFlowOptions): SendFlow;
  /**
   * Asks the peer for a sign of life, behind all that was sent before.
   *
   * @returns The round-trip time in ms; undefined if the transport ended before the reply.
   * @throws {TransportClosedError} once the transport has ended.
   */
  ping(): Promise<number | undefined>;
  /**
   * The application has found that a losable message of the peer's did not come. Where packets get lost, what
   * is urgent is sent twice if there is room.
   */
  lossSeen(): void;
  /** Closes in order; safe to call more than once. */
  close(code?: number, reason?: string): void;
}
