/**
 * A viewer without a browser: it signs in, takes the streams and counts. It costs next to nothing, so
 * that what the server can deliver is not bounded by a browser on the same two cores.
 *
 * @module
 */
import {
  CONTROL_VERSION,
  decodeServerMessage,
  encodeViewerMessage,
  type ServerMessage,
} from "../../src/protocol/control_message.ts";
import { CURSOR_VERSION } from "../../src/protocol/cursor_message.ts";
import { Priority, type ReceiveFlow, type SendFlow } from "../../src/protocol/flow.ts";
import { acceptMetadata, encodeMetadata } from "../../src/protocol/metadata.ts";
import { decodeVideoMessage, VIDEO_VERSION } from "../../src/protocol/video_message.ts";
import { WebSocket as NodeWebSocket } from "ws";
import { WebSocketTransport } from "../../src/transport/websocket.ts";

/** A frame that has arrived, its header's figures in milliseconds. */
export interface ArrivedFrame {
  /** Of this process's clock. */
  readonly at: number;
  readonly octets: number;
  readonly keyframe: boolean;
  readonly topOff: boolean;
  /** When its picture was taken, of the server's clock. */
  readonly capturedAt: number;
}

/** How often the server's clock is asked for; in ms. */
const PING_MS = 500;

/** The server's answer was not what a viewer expects. */
export class StreamViewerError extends Error {
  override name = "StreamViewerError";
}

/**
 * Asks a server for something, as its page does.
 *
 * @throws {StreamViewerError} when it does not answer well
 */
export async function postToServer(
  url: URL,
  body: unknown,
  headers: HeadersInit = {},
): Promise<Response> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", origin: url.origin, ...headers },
    body: JSON.stringify(body),
  });
  if (response.ok) return response;
  throw new StreamViewerError(
    `${url.pathname} answers ${response.status}: ${await response.text()}`,
  );
}

/**
 * Signs in to a server.
 *
 * @param url as Skerry prints it, with the token
 * @returns the page's own address, and what signs other requests in
 * @throws {StreamViewerError} when the server lets nobody in
 */
export async function signInTo(url: string): Promise<{ base: URL; cookie: string }> {
  const base = new URL(url);
  const token = new URLSearchParams(base.hash.slice(1)).get("token");
  base.hash = "";
  const login = await postToServer(new URL("api/login", base), { token });
  await login.body?.cancel();
  return { base, cookie: login.headers.get("set-cookie")?.split(";")[0] ?? "" };
}

/** How a viewer is connected. */
export interface StreamViewerOptions {
  /**
   * Whether its TCP has Nagle's algorithm (RFC 896), as some proxies' has: the second ack of a frame then comes
   * 40 ms late, with TCP's own. Default: no, as browsers'.
   */
  readonly nagle?: boolean;
}

/** A WebSocket with headers, which the browsers' types do not know. */
function openSocket(
  url: URL,
  headers: Record<string, string>,
  { nagle = false }: StreamViewerOptions,
): WebSocket {
  // Deno's own client leaves the algorithm on.
  const Socket = (nagle ? WebSocket : NodeWebSocket) as unknown as new (
    url: URL,
    options: { headers: Record<string, string> },
  ) => WebSocket;
  return new Socket(url, { headers });
}

/** A connection to a running Skerry that keeps the times of its frames. */
export class StreamViewer implements AsyncDisposable {
  /** Every frame up to now. */
  readonly frames: ArrivedFrame[] = [];
  /** The latest of the server's own statistics. */
  statistics: Extract<ServerMessage, { type: "statistics" }> | undefined;
  /** The encoder that the server has said it uses. */
  encoder = "";
  readonly #transport: WebSocketTransport;
  readonly #first = Promise.withResolvers<void>();
  #saying: SendFlow | undefined;
  #pings = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Server's time less ours, from the quickest answer; both in ms. */
  #clock = { rtt: Infinity, offset: 0 };

  private constructor(transport: WebSocketTransport) {
    this.#transport = transport;
    transport.onflow = (flow) => this.#take(flow);
  }

  /**
   * Connects, and waits for the first frame.
   *
   * @param url as Skerry prints it, with the token
   * @throws {StreamViewerError} when the server lets nobody in
   */
  static async connect(url: string, options: StreamViewerOptions = {}): Promise<StreamViewer> {
    const { base, cookie } = await signInTo(url);
    const session = await postToServer(new URL("api/session", base), {}, { cookie });
    const offer = await session.json() as { websocket: { path: string } };
    const address = new URL(offer.websocket.path, base);
    address.protocol = "ws:";
    const socket = openSocket(address, { origin: base.origin, cookie }, options);
    const viewer = new StreamViewer(new WebSocketTransport(socket));
    const ended = viewer.#transport.closed.then(({ code, reason }) => {
      throw new StreamViewerError(`The server closed with ${code} before a frame came: ${reason}`);
    });
    await Promise.race([viewer.#first.promise, ended]);
    return viewer;
  }

  #take(flow: ReceiveFlow): void {
    const metadata = acceptMetadata(flow, {
      control: CONTROL_VERSION,
      cursor: CURSOR_VERSION,
      video: VIDEO_VERSION,
    });
    if (metadata?.kind === "control") {
      flow.onmessage = (octets) => this.#control(decodeServerMessage(octets));
      this.#introduce(flow);
    } else if (metadata?.kind === "video") {
      flow.onmessage = (octets) => this.#video(octets);
    } else if (metadata) {
      flow.onmessage = () => {};
    }
  }

  #introduce(control: ReceiveFlow): void {
    const flow = this.#saying = this.#transport.openFlow(
      encodeMetadata({ kind: "control", version: CONTROL_VERSION }),
      { priority: Priority.Flash, returnFor: control },
    );
    flow.write(encodeViewerMessage({
      type: "hello",
      protocol: CONTROL_VERSION,
      decoders: ["h264", "vp8"],
      devicePixelRatio: 1,
      width: 1280,
      height: 720,
    }));
    this.#timer = setInterval(() => this.#ping(), PING_MS);
    this.#ping();
  }

  #ping(): void {
    const message = { type: "ping", id: ++this.#pings, clientTime: performance.now() } as const;
    this.#saying?.write(encodeViewerMessage(message));
  }

  #ponged(clientTime: number, serverTime: number): void {
    const now = performance.now(), rtt = now - clientTime;
    if (rtt > this.#clock.rtt) return;
    this.#clock = { rtt, offset: serverTime / 1000 - (clientTime + now) / 2 };
  }

  /** How old each frame was when it had arrived, refinements of a still picture aside; in ms. */
  get ages(): number[] {
    return this.frames.filter(({ topOff }) => !topOff)
      .map((frame) => this.ageAt(frame, frame.at));
  }

  /** How long before a moment of this process's clock a frame was taken; in ms. */
  ageAt({ capturedAt }: ArrivedFrame, moment: number): number {
    return moment + this.#clock.offset - capturedAt;
  }

  #control(message: ServerMessage): void {
    if (message.type === "hello") this.encoder = message.encoder.name;
    else if (message.type === "statistics") this.statistics = message;
    else if (message.type === "pong") this.#ponged(message.clientTime, message.serverTime);
  }

  #video(octets: Uint8Array): void {
    const { captureTime, keyframe, topOff } = decodeVideoMessage(octets);
    this.frames.push({
      at: performance.now(),
      octets: octets.length,
      keyframe,
      topOff,
      capturedAt: captureTime / 1000,
    });
    this.#first.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#transport[Symbol.asyncDispose]();
  }
}
