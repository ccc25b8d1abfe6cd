/**
 * Chooses and opens a transport among those that the server offers.
 *
 * @module
 */

import type { Transport } from "../../src/protocol/flow.ts";
import type { ForcedTransport } from "../options.ts";
import type { SessionOffer } from "./session_api.ts";
import { connectWebSocket } from "./websocket_transport.ts";

/** The address forces a transport that the server or this page does not have. */
export class TransportNotOfferedError extends Error {
  override readonly name = "TransportNotOfferedError";
}

/**
 * @param base The page's own folder.
 * @throws {TransportNotOfferedError} or {@link TransportFailedError}.
 */
export async function openTransport(
  offer: SessionOffer,
  forced: ForcedTransport,
  base: URL,
  signal: AbortSignal,
): Promise<Transport> {
  if (forced === "webtransport") {
    throw new TransportNotOfferedError("This server does not offer WebTransport");
  }
  if (offer.websocket === undefined) {
    throw new TransportNotOfferedError(
      `This server offers ${offer.transports.join(", ") || "no transport"}, which this page lacks`,
    );
  }
  return await connectWebSocket(webSocketUrl(offer.websocket.path, base), signal);
}

/** @returns The path's address with the scheme of WebSockets, as secure as the page. */
export function webSocketUrl(path: string, base: URL): URL {
  const url = new URL(path, base);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url;
}
