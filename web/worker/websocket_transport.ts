/**
 * The flow model over the browser's WebSocket.
 *
 * @module
 */

import { CloseCode } from "../../src/protocol/errors.ts";
import type {
  OpenFlowOptions,
  PathStatistics,
  ReceiveFlow,
  SendFlow,
  Transport,
  TransportClose,
} from "../../src/protocol/flow.ts";
import { RtwebsocketEndpoint } from "../../src/protocol/rtwebsocket_endpoint.ts";

/** No transport could be opened. */
export class TransportFailedError extends Error {
  override readonly name = "TransportFailedError";
}

/** How long a WebSocket may take to open; in ms. */
const OPEN_TIMEOUT = 10_000;

export class WebSocketTransport implements Transport {
  readonly kind = "websocket";
  readonly #socket: WebSocket;
  readonly #endpoint: RtwebsocketEndpoint;

  /** @param socket An open WebSocket whose `binaryType` is `arraybuffer`. */
  constructor(socket: WebSocket) {
    this.#socket = socket;
    this.#endpoint = new RtwebsocketEndpoint({
      now: () => performance.now(),
      send: (octets) => socket.send(octets as Uint8Array<ArrayBuffer>),
      schedule: (ms, callback) => {
        const timer = setTimeout(callback, ms);
        return () => clearTimeout(timer);
      },
      close: (code, reason) => socket.close(code, truncated(reason)),
    });
    socket.onmessage = ({ data }) => {
      if (data instanceof ArrayBuffer) this.#endpoint.receive(new Uint8Array(data));
      else this.close(CloseCode.ProtocolError, "Text messages are not part of the protocol");
    };
    socket.onclose = ({ wasClean, code, reason }) =>
      this.#endpoint.ended({ clean: wasClean, code, reason });
  }

  /**
   * @param url With scheme ws or wss.
   * @throws {TransportFailedError} if it does not open; browsers do not say why.
   */
  static async connect(url: URL, signal: AbortSignal): Promise<WebSocketTransport> {
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
      // In the same task as the opening: no message can have come before.
      return new WebSocketTransport(socket);
    } catch (error) {
      socket.onopen = socket.onclose = null;
      socket.close();
      throw error;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", fail);
    }
  }

  now(): number {
    return performance.now();
  }

  get statistics(): PathStatistics {
    return this.#endpoint.statistics;
  }

  get closed(): Promise<TransportClose> {
    return this.#endpoint.closed;
  }

  get onflow(): ((flow: ReceiveFlow) => void) | undefined {
    return this.#endpoint.onflow;
  }
  set onflow(callback: ((flow: ReceiveFlow) => void) | undefined) {
    this.#endpoint.onflow = callback;
  }

  get onroom(): (() => void) | undefined {
    return this.#endpoint.onroom;
  }
  set onroom(callback: (() => void) | undefined) {
    this.#endpoint.onroom = callback;
  }

  openFlow(metadata: Uint8Array, options?: OpenFlowOptions): SendFlow {
    return this.#endpoint.openFlow(metadata, options);
  }

  close(code: number = CloseCode.Normal, reason = ""): void {
    this.#socket.close(code, truncated(reason));
    // A network that is gone never answers the closing handshake: do not wait for it.
    this.#endpoint.ended({ clean: true, code, reason });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }
}

/** A close reason holds 123 octets (RFC 6455 §5.5). */
function truncated(reason: string): string {
  let text = reason.slice(0, 123);
  const encoder = new TextEncoder();
  while (encoder.encode(text).length > 123) text = text.slice(0, -1);
  return text;
}
