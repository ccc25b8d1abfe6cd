/**
 * Streams of a QUIC connection as WebTransport over HTTP/3 uses them
 * (draft-ietf-webtrans-http3, "WebTransport Features").
 *
 * A stream of a session begins with its type and the session's number, which is that of the stream of
 * the CONNECT request: always 0, since a connection carries one session and no other request.
 *
 * @module
 */

import type { OctetReader, StreamKind } from "../protocol/webtransport_readers.ts";

/** What a unidirectional stream of ours begins with: type 0x54, session 0. */
export const UNIDIRECTIONAL_PREFIX = Uint8Array.of(0x40, 0x54, 0);
/** What a bidirectional stream of ours begins with: type 0x41, session 0. */
export const BIDIRECTIONAL_PREFIX = Uint8Array.of(0x40, 0x41, 0);
/** What a datagram begins with: a quarter of the session's number (RFC 9297 §2.1). */
export const DATAGRAM_PREFIX = Uint8Array.of(0);

/** Types of unidirectional streams (RFC 9114 §6.2, RFC 9204 §4.2). */
const WEBTRANSPORT_STREAM = 0x54;
const QPACK_ENCODER_STREAM = 0x02;
const QPACK_DECODER_STREAM = 0x03;

/** Reads the next datagram of a connection, as Deno's own method did before {@link reserveDatagrams}. */
export const readDatagram: (connection: Deno.QuicConn) => Promise<Uint8Array<ArrayBuffer>> = (
  connection,
) => Object.getPrototypeOf(connection).readDatagram.call(connection);

/**
 * Keeps a connection's datagrams for {@link readDatagram}. Deno's WebTransport object would take them
 * all, keep the last one, and cannot be told to keep more: setting `incomingHighWaterMark` fails in Deno
 * 2.9 ("NumberIsNaN is not defined").
 *
 * @param connection One that is not upgraded yet.
 */
export function reserveDatagrams(connection: Deno.QuicConn): void {
  const never = new Promise<never>(() => {});
  Object.defineProperty(connection, "readDatagram", { value: () => never });
}

/**
 * Reads the front of a unidirectional stream.
 *
 * @returns What it is, with the octets of the message that came along.
 */
export async function identifyStream(reader: OctetReader): Promise<StreamKind> {
  let front = new Uint8Array(0);
  while (true) {
    const { value, done } = await reader.read();
    if (done) return { kind: "unknown" };
    const joined = new Uint8Array(front.length + value.length);
    joined.set(front);
    joined.set(value, front.length);
    front = joined;
    const type = readVarint(front, 0);
    if (type === undefined) continue;
    if (type.value === QPACK_ENCODER_STREAM || type.value === QPACK_DECODER_STREAM) {
      return { kind: "critical" };
    }
    if (type.value !== WEBTRANSPORT_STREAM) return { kind: "unknown" };
    const session = readVarint(front, type.end);
    if (session === undefined) continue;
    if (session.value !== 0) return { kind: "unknown" };
    return { kind: "message", octets: front.subarray(session.end) };
  }
}

/**
 * Reads a variable-length integer (RFC 9000 §16).
 *
 * @returns undefined if it is not whole.
 */
function readVarint(
  octets: Uint8Array,
  offset: number,
): { value: number; end: number } | undefined {
  const first = octets[offset];
  if (first === undefined) return undefined;
  const end = offset + (1 << (first >> 6));
  if (end > octets.length) return undefined;
  let value = first & 0x3f;
  // What is too large for a number is not a type that is known: precision does not matter.
  for (let index = offset + 1; index < end; index++) value = value * 256 + (octets[index] ?? 0);
  return { value, end };
}
