/**
 * The flow model over the browser's WebSocket.
 *
 * @module
 */

import { CloseCode, ProtocolError } from "../../src/protocol/errors.ts";
import type { Transport } from "../../src/protocol/flow.ts";
import { RtwebsocketEndpoint } from "../../src/protocol/rtwebsocket_endpoint.ts";
import { setTimer } from "../wall_clock.ts";

/** No transport could be opened. */
export class TransportFailedError extends Error {
  override readonly name = "TransportFailedError";
}

/** How long a WebSocket may take to open; in ms. */
const OPEN_TIMEOUT = 5_000;

/**
 * @param url With scheme ws or wss.
 * @returns An open transport.
 * @throws {TransportFailedError} if it does not open; browsers do not say why.
 */
export async function connectWebSocket(url: URL, signal: AbortSignal): Promise<Transport> {
  signal.throwIfAborted();
  const socket = new WebSocket(url);
  socket.binaryType = "arraybuffer";
  const opened = Promise.withResolvers<void>();
  const fail = () =>
    opened.reject(new TransportFailedError("The WebSocket was refused or did not get through"));
  const timer = setTimeout(fail, OPEN_TIMEOUT);
  signal.addEventListener("abort", fail);
  socket.onopen = () => opened.resolve();
  socket.onclose = fail;
  try {
    await opened.promise;
    // Still in the task of the opening: no message can have come before.
    return wrap(socket);
  } catch (error) {
    socket.onopen = socket.onclose = null;
    socket.close();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", fail);
  }
}

function wrap(socket: WebSocket): Transport {
  const endpoint = new RtwebsocketEndpoint({
    now: () => performance.now(),
    schedule: setTimer,
    send: (octets) => socket.send(octets),
    close: (code, reason) => socket.close(code, truncated(reason)),
  });
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) endpoint.receive(new Uint8Array(data));
    else endpoint.fail(new ProtocolError("Text messages are not part of the protocol"));
  };
  socket.onclose = ({ wasClean, code, reason }) =>
    endpoint.ended({ clean: wasClean && code !== CloseCode.Lost, code, reason });
  return endpoint;
}

/** A close reason holds 123 octets (RFC 6455 §5.5). */
function truncated(reason: string): string {
  let text = reason.slice(0, 123);
  const encoder = new TextEncoder();
  while (encoder.encode(text).length > 123) text = text.slice(0, -1);
  return text;
}
