/**
 * A viewer that sends any octets on any flow, as nobody's page does.
 *
 * @module
 */
import { CHANNEL_VERSIONS } from "../../src/protocol/channel.ts";
import {
  CONTROL_VERSION,
  decodeServerMessage,
  encodeViewerMessage,
} from "../../src/protocol/control_message.ts";
import type { Delivery, ReceiveFlow, SendFlow, Transport } from "../../src/protocol/flow.ts";
import { INPUT_VERSION } from "../../src/protocol/input_message.ts";
import { decodeMetadata, encodeMetadata, type FlowKind } from "../../src/protocol/metadata.ts";
import type { ViewerRole } from "../../src/session/viewer.ts";
import { WebSocketTransport } from "../../src/transport/websocket.ts";
import { WebTransportTransport } from "../../web/worker/webtransport_transport.ts";

import { until } from "./until.ts";

export type TransportName = "websocket" | "webtransport";

/** What the server answers to `POST /api/session`, as far as it is used here. */
interface Offer {
  readonly websocket: { readonly path: string };
  readonly webtransport: {
    readonly port: number;
    readonly path: string;
    readonly certificateHashes: readonly string[];
  };
}

export class RawViewer implements AsyncDisposable {
  readonly transport: Transport;
  /** What it may do, as the server has said. */
  role: ViewerRole | undefined;
  /** Whether the server has ended it. */
  ended = false;
  readonly #flows = new Map<string, SendFlow>();
  #control: ReceiveFlow | undefined;
  #end = "";
  readonly #sent: { readonly kind: string; readonly delivery: Delivery }[] = [];

  private constructor(transport: Transport) {
    this.transport = transport;
    transport.closed.then(({ code, reason }) => {
      this.ended = true;
      this.#end = `${code} ${reason}`;
    });
    transport.onflow = (flow) => {
      flow.onmessage = () => {};
      if (decodeMetadata(flow.metadata).kind !== "control") return;
      flow.onmessage = (octets) => {
        const message = decodeServerMessage(octets);
        if (message.type === "hello") this.role = message.role;
      };
      this.#control = flow;
    };
  }

  /**
   * Connects and says hello.
   *
   * @param origin Where the server is.
   * @param token The server's, or that of a link.
   */
  static async connect(origin: string, token: string, by: TransportName): Promise<RawViewer> {
    const response = await fetch(new URL("api/session", origin), {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
      body: "{}",
    });
    if (!response.ok) throw new Error(`There is no session: ${await response.text()}`);
    const { websocket, webtransport } = await response.json() as Offer;
    // Flows that come before somebody listens are refused: nothing may be between.
    const viewer = by === "websocket"
      ? new RawViewer(
        new WebSocketTransport(
          new WebSocket(new URL(websocket.path, origin.replace(/^http/, "ws"))),
        ),
      )
      : new RawViewer(
        await WebTransportTransport.connect({
          url: `https://${new URL(origin).hostname}:${webtransport.port}${webtransport.path}`,
          hashes: webtransport.certificateHashes.map((hash) => Uint8Array.fromBase64(hash)),
        }),
      );
    await until(
      () =>
        `the server says hello; ${viewer.ended ? `it has closed: ${viewer.#end}` : "it is open"}`,
      () => viewer.role,
    );
    const returnFor = viewer.#control!;
    const flow = viewer.#flow("control", CONTROL_VERSION, returnFor);
    flow.write(encodeViewerMessage({
      type: "hello",
      protocol: CONTROL_VERSION,
      decoders: ["vp8", "h264"],
      devicePixelRatio: 1,
      width: 640,
      height: 480,
    }));
    viewer.#flow("input", INPUT_VERSION, returnFor);
    return viewer;
  }

  /** Sends a message on the flow of its kind, which is opened if the server has not refused it. */
  send(kind: FlowKind | "unknown", octets: Uint8Array): void {
    if (this.ended) return;
    const version = kind in CHANNEL_VERSIONS
      ? CHANNEL_VERSIONS[kind as keyof typeof CHANNEL_VERSIONS]
      : 1;
    const flow = this.#flows.get(kind) ?? this.#flow(kind, version);
    if (flow.state === "open") this.#sent.push({ kind, delivery: flow.write(octets) });
  }

  /** Waits until the server has taken all of it, or has ended the connection. */
  async taken(): Promise<void> {
    const waiting = new Set(this.#sent.splice(0));
    for (const each of waiting) each.delivery.outcome.then(() => waiting.delete(each));
    await until(
      () => `the server has taken ${[...waiting].map(({ kind }) => kind).join(", ")}`,
      () => waiting.size === 0 || this.ended,
      20_000,
    );
  }

  #flow(kind: string, version: number, returnFor?: ReceiveFlow): SendFlow {
    const metadata = encodeMetadata({ kind, version });
    const flow = this.transport.openFlow(metadata, returnFor === undefined ? {} : { returnFor });
    this.#flows.set(kind, flow);
    return flow;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport[Symbol.asyncDispose]();
  }
}
