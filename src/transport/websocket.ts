/**
 * Flows over a WebSocket, in the RTWebSocket wire format: for the server's end of an upgraded
 * request, and for a client's.
 *
 * @module
 */

import { CloseCode, LimitExceededError, ProtocolError } from "../protocol/errors.ts";
import { DEFAULT_LIMITS, type EndpointLimits } from "../protocol/limits.ts";
import type { MakePathModel } from "../protocol/path_model.ts";
import { RtwebsocketEndpoint } from "../protocol/rtwebsocket_endpoint.ts";
import { utf8Prefix } from "../protocol/rtwebsocket_message.ts";
import { scheduleTimeout } from "./timeout.ts";

/** The longest close reason (RFC 6455 §5.5: a control frame holds 125 octets, two are the code). */
const MAX_REASON_OCTETS = 123;
const MIB = 1024 * 1024;

/** A WebSocket did not open. */
export class ConnectFailedError extends Error {
  override readonly name = "ConnectFailedError";
}

export interface WebSocketTransportOptions {
  readonly limits?: Partial<EndpointLimits>;
  /** Makes what decides how much may be sent; default: what the protocol has. */
  readonly makePath?: MakePathModel | undefined;
}

export class WebSocketTransport extends RtwebsocketEndpoint {
  /**
   * Takes the socket over: it must have been made, or upgraded, in this very task, so that no event
   * of its was missed. It need not be open yet; what is sent until then waits.
   *
   * @param socket Any standard WebSocket.
   */
  constructor(socket: WebSocket, { limits, makePath }: WebSocketTransportOptions = {}) {
    // Data are bounded by the limit on what is outstanding, but replies to a peer that asks and does
    // not read are not.
    const maxBuffered = MIB + 2 *
        (limits?.maxOutstandingOctets ?? DEFAULT_LIMITS.maxOutstandingOctets);
    super({
      kind: "websocket",
      now: () => performance.now(),
      schedule: scheduleTimeout,
      makePath,
      connecting: socket.readyState === WebSocket.CONNECTING,
      ...(limits === undefined ? {} : { limits }),
      send: (octets) => {
        if (socket.readyState !== WebSocket.OPEN) return;
        socket.send(octets);
        if (socket.bufferedAmount > maxBuffered) {
          this.fail(
            new LimitExceededError(`The peer leaves ${socket.bufferedAmount} octets unread`),
          );
        }
      },
      close: (code, reason) => {
        const text = new TextDecoder().decode(utf8Prefix(reason, MAX_REASON_OCTETS));
        socket.close(sendableCode(code), text);
      },
    });
    socket.binaryType = "arraybuffer";
    const listening = new AbortController();
    const { signal } = listening;
    socket.addEventListener("open", () => this.connected(), { signal });
    socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.receive(new Uint8Array(data));
      else this.fail(new ProtocolError("A text message is not part of the protocol"));
    }, { signal });
    let failure: string | undefined;
    socket.addEventListener("error", (event) => {
      failure = event instanceof ErrorEvent ? event.message : undefined;
    }, { signal });
    socket.addEventListener("close", ({ wasClean, code, reason }) => {
      listening.abort();
      this.ended({ clean: wasClean, code, reason: reason || (failure ?? "") });
    }, { signal });
    if (socket.readyState === WebSocket.CLOSED) {
      this.ended({ clean: false, code: CloseCode.Lost, reason: "The socket was closed already" });
    }
  }

  /**
   * Opens a WebSocket and waits until it stands.
   *
   * @param url With scheme ws or wss.
   * @param options.signal Gives it up.
   * @throws {ConnectFailedError} if it does not open.
   */
  static async connect(
    url: string | URL,
    { signal, ...options }: WebSocketTransportOptions & { signal?: AbortSignal } = {},
  ): Promise<WebSocketTransport> {
    signal?.throwIfAborted();
    const socket = new WebSocket(url);
    const transport = new WebSocketTransport(socket, options);
    const opened = Promise.withResolvers<void>();
    const listening = new AbortController();
    socket.addEventListener("open", () => opened.resolve(), { signal: listening.signal });
    signal?.addEventListener("abort", () => opened.reject(signal.reason), {
      signal: listening.signal,
    });
    transport.closed.then(({ reason }) =>
      opened.reject(new ConnectFailedError(`The WebSocket to ${url} did not open: ${reason}`))
    );
    try {
      await opened.promise;
      return transport;
    } catch (error) {
      await transport[Symbol.asyncDispose]();
      throw error;
    } finally {
      listening.abort();
    }
  }
}

/** An application may send 1000 and 3000 to 4999 only (WebSockets Standard, `close()`). */
function sendableCode(code: number): number {
  if (code === 1000 || (code >= 3000 && code <= 4999)) return code;
  return code > 1000 && code < 2000 ? code + 3000 : CloseCode.InternalError;
}
