/**
 * One connection, from the first flow to the end of the transport.
 *
 * @module
 */

import {
  CONTROL_VERSION,
  decodeServerMessage,
  encodeViewerMessage,
  type ServerMessage,
  type ViewerMessage,
} from "../../src/protocol/control_message.ts";
import { CURSOR_VERSION, decodeCursorMessage } from "../../src/protocol/cursor_message.ts";
import { CloseCode, FlowClosedError, ProtocolError } from "../../src/protocol/errors.ts";
import { Priority, type ReceiveFlow, type Transport } from "../../src/protocol/flow.ts";
import { INPUT_VERSION } from "../../src/protocol/input_message.ts";
import { acceptMetadata, encodeMetadata } from "../../src/protocol/metadata.ts";
import { VIDEO_VERSION } from "../../src/protocol/video_message.ts";
import type { FailureReason, FromWorker, PageInput, Viewport } from "../messages.ts";
import { setTimer, wallClock } from "../wall_clock.ts";
import { InputSender } from "./input_sender.ts";
import { Pinger } from "./pinger.ts";
import type { ServerClock } from "./server_clock.ts";
import type { StatisticsCollector } from "./statistics.ts";

export type ServerHello = Extract<ServerMessage, { type: "hello" }>;
export type ServerStatus = Extract<ServerMessage, { type: "status" }>;

export interface ViewerOptions {
  readonly transport: Transport;
  /** Plays the messages of the video flow. */
  readonly player: { play(octets: Uint8Array): void; restart(): void };
  readonly statistics: StatisticsCollector;
  readonly clock: ServerClock;
  /** What this browser decodes; known soon after the page has loaded. */
  readonly decoders: Promise<readonly string[]>;
  viewport(): Viewport;
  post(message: FromWorker): void;
  /** The server has introduced itself. */
  hello(hello: ServerHello): void;
  status(status: ServerStatus): void;
}

export class Viewer {
  readonly #options: ViewerOptions;
  readonly #pinger: Pinger;
  #send: (message: ViewerMessage) => void = () => {};
  #input: InputSender | undefined;
  #video: ReceiveFlow | undefined;
  #end: FailureReason | undefined;

  constructor(options: ViewerOptions) {
    this.#options = options;
    const { transport, clock, statistics } = options;
    this.#pinger = new Pinger({
      send: (id, clientTime) => this.#send({ type: "ping", id, clientTime }),
      observe: (sent, received, serverTime) => {
        clock.observe(sent, received, serverTime);
        statistics.ponged(received - sent);
      },
      silent: () => this.#close({ kind: "silent", detail: "" }, CloseCode.Lost),
      now: wallClock,
      schedule: setTimer,
    });
    transport.onflow = (flow) => this.#onFlow(flow);
    transport.onroom = () => this.#input?.room();
  }

  get input(): InputSender | undefined {
    return this.#input;
  }

  /** @returns Why the connection ended, once it has. */
  async ended(): Promise<FailureReason> {
    const close = await this.#options.transport.closed;
    this.#pinger[Symbol.dispose]();
    this.#input = undefined;
    this.#send = () => {};
    if (this.#end !== undefined) return this.#end;
    return {
      kind: close.clean && close.code !== CloseCode.Lost ? "closed" : "lost",
      detail: close.reason,
    };
  }

  tell(message: ViewerMessage): void {
    this.#send(message);
  }

  sendInput(input: PageInput): void {
    try {
      this.#input?.send(input);
      this.#pinger.used();
    } catch (error) {
      // The server has taken control away: it says so by itself.
      if (!(error instanceof FlowClosedError)) throw error;
      this.#input = undefined;
    }
  }

  /** Makes sure that the other side is there, sooner than by itself. */
  check(): void {
    this.#pinger.check();
  }

  close(): void {
    this.#close({ kind: "closed", detail: "" }, CloseCode.Normal);
  }

  #close(reason: FailureReason, code: number): void {
    this.#end ??= reason;
    // 1006 is what a broken connection reports and may not be sent.
    this.#options.transport.close(code === CloseCode.Lost ? CloseCode.Normal : code, reason.detail);
  }

  #onFlow(flow: ReceiveFlow): void {
    const metadata = acceptMetadata(flow, {
      control: CONTROL_VERSION,
      cursor: CURSOR_VERSION,
      video: VIDEO_VERSION,
    });
    switch (metadata?.kind) {
      case "control":
        this.#answerControl(flow);
        flow.onmessage = this.#guarded((octets) =>
          this.#onControl(decodeServerMessage(octets), flow)
        );
        break;
      case "cursor":
        flow.onmessage = this.#guarded((octets) => {
          const cursor = decodeCursorMessage(octets);
          this.#options.post({ type: "cursor", cursor });
        });
        break;
      case "video":
        this.#video = flow;
        this.#options.player.restart();
        flow.onmessage = this.#guarded((octets) => {
          if (flow === this.#video) this.#options.player.play(octets);
        });
        break;
    }
  }

  /** What the server says wrong ends the connection, and the page says that versions differ. */
  #guarded(handle: (octets: Uint8Array) => void): (octets: Uint8Array) => void {
    return (octets) => {
      try {
        handle(octets);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.#close({ kind: "version", detail: error.message }, CloseCode.ProtocolError);
      }
    };
  }

  #answerControl(control: ReceiveFlow): void {
    const { transport } = this.#options;
    const flow = transport.openFlow(
      encodeMetadata({ kind: "control", version: CONTROL_VERSION }),
      { priority: Priority.Flash, returnFor: control },
    );
    this.#introduce((message) => {
      if (flow.state === "open") flow.write(encodeViewerMessage(message));
    });
  }

  async #introduce(send: (message: ViewerMessage) => void): Promise<void> {
    const decoders = [...await this.#options.decoders];
    // Not before: the first message is this one.
    this.#send = send;
    const { devicePixelRatio, width, height } = this.#options.viewport();
    this.#send({
      type: "hello",
      protocol: CONTROL_VERSION,
      decoders,
      devicePixelRatio,
      width: Math.round(width),
      height: Math.round(height),
    });
    this.#pinger.start();
  }

  #openInput(control: ReceiveFlow): void {
    const flow = this.#options.transport.openFlow(
      encodeMetadata({ kind: "input", version: INPUT_VERSION }),
      { priority: Priority.FlashOverride, returnFor: control },
    );
    this.#input = new InputSender(flow);
  }

  #onControl(message: ServerMessage, control: ReceiveFlow): void {
    const { statistics } = this.#options;
    switch (message.type) {
      case "hello":
        if (message.role === "control" && this.#input === undefined) this.#openInput(control);
        this.#options.hello(message);
        break;
      case "size":
        // The picture of that size is on its way, and is what counts.
        break;
      case "status":
        this.#options.status(message);
        break;
      case "pong":
        this.#pinger.pong(message.id, message.clientTime, message.serverTime);
        break;
      case "statistics":
        statistics.server = message;
        break;
      case "bye":
        this.#end = { kind: "closed", detail: message.reason };
        break;
    }
  }
}
