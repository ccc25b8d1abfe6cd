/**
 * The errors of the WebTransport server, and the codes that it closes connections with before a
 * session stands.
 *
 * @module
 */

/** HTTP/3's error codes (RFC 9114 §8.1): what a QUIC connection is closed with. */
export const Http3Code = {
  NoError: 0x100,
  InternalError: 0x102,
  ExcessiveLoad: 0x107,
  RequestRejected: 0x10b,
  RequestCancelled: 0x10c,
} as const;
export type Http3Code = (typeof Http3Code)[keyof typeof Http3Code];

/** The UDP port cannot be had. */
export class WebTransportListenError extends Error {
  override readonly name = "WebTransportListenError";
}

/** A connection did not become a session. */
export class WebTransportRefusedError extends Error {
  override readonly name = "WebTransportRefusedError";
  /**
   * @param message Why.
   * @param closeCode What the connection is closed with.
   */
  constructor(message: string, readonly closeCode: Http3Code, options?: ErrorOptions) {
    super(message, options);
  }
}
