/**
 * The errors of the protocol and of the transports, and the codes that connections close with.
 *
 * @module
 */

/**
 * Codes of {@link TransportClose}. A WebSocket lets an application send 1000 and 3000 to 4999 only
 * (RFC 6455 §7.4.2, WebSockets Standard `close()`), hence our own for the rest.
 */
export const CloseCode = {
  /** Either side was done. */
  Normal: 1000,
  /** The connection broke without a close; never sent, only reported. */
  Lost: 1006,
  /** The peer broke the protocol; the reason says how. */
  ProtocolError: 4002,
  /** We failed; the reason says at what. */
  InternalError: 4011,
  /** The peer did not keep within a limit on what it may have open, queued or in flight. */
  LimitExceeded: 4029,
  /** Nothing was heard of the other side: this path is given up, and whoever uses it is not leaving. */
  Silent: 4100,
} as const;
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

/** The peer sent something that the protocol does not allow. The connection is closed for it. */
export class ProtocolError extends Error {
  override readonly name: string = "ProtocolError";
  /** What the connection is closed with. */
  readonly closeCode: number = CloseCode.ProtocolError;
}

/** The peer opened, queued or sent more than this endpoint's limits allow. */
export class LimitExceededError extends ProtocolError {
  override readonly name = "LimitExceededError";
  override readonly closeCode = CloseCode.LimitExceeded;
}

/** A message was written to a flow that is closing or closed. */
export class FlowClosedError extends Error {
  override readonly name = "FlowClosedError";
}

/** A message is larger than the endpoint's limit; nothing of it was queued. */
export class MessageTooLargeError extends Error {
  override readonly name = "MessageTooLargeError";
  /**
   * @param octets The size of the refused message.
   * @param limit The largest message that the endpoint takes.
   */
  constructor(readonly octets: number, readonly limit: number) {
    super(
      `A message of ${octets} octets is over the limit of ${limit}: split it or raise the limit`,
    );
  }
}

/** More was queued on a transport than its limit on unsent octets; nothing of it was queued. */
export class QueueFullError extends Error {
  override readonly name = "QueueFullError";
  /**
   * @param queued The octets that are queued already.
   * @param limit The most that may be queued.
   */
  constructor(readonly queued: number, readonly limit: number) {
    super(
      `There are ${queued} octets queued and the limit is ${limit}: wait for onroom, or give ` +
        `messages deadlines`,
    );
  }
}

/** A transport was used after it had ended. */
export class TransportClosedError extends Error {
  override readonly name = "TransportClosedError";
}

/** A flow was opened while as many were open as the limits allow. */
export class TooManyFlowsError extends Error {
  override readonly name = "TooManyFlowsError";
}
