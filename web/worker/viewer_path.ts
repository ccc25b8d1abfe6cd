/**
 * One transport of the viewer's, with its flows.
 *
 * @module
 */

import { AUDIO_VERSION } from "../../src/protocol/audio_message.ts";
import { CHANNEL_VERSIONS, type ChannelKind } from "../../src/protocol/channel.ts";
import {
  CONTROL_VERSION,
  decodeServerMessage,
  encodeViewerMessage,
  type Numbered,
  type ServerMessage,
  type ViewerMessage,
} from "../../src/protocol/control_message.ts";
import { CursorReceiver } from "../../src/protocol/cursor_images.ts";
import { CURSOR_VERSION, type CursorImage } from "../../src/protocol/cursor_message.ts";
import { CloseCode, ProtocolError } from "../../src/protocol/errors.ts";
import {
  Priority,
  type ReceiveFlow,
  type SendFlow,
  type Transport,
} from "../../src/protocol/flow.ts";
import { INPUT_VERSION } from "../../src/protocol/input_message.ts";
import { acceptMetadata, encodeMetadata, PADDING_VERSION } from "../../src/protocol/metadata.ts";
import { VIDEO_VERSION } from "../../src/protocol/video_message.ts";
import type { FailureReason } from "../messages.ts";

export type ServerHello = Extract<ServerMessage, { type: "hello" }>;

export interface ViewerPathEvents {
  /** The server has introduced itself, and the flows to it are open. */
  hello(path: ViewerPath, hello: ServerHello): void;
  control(path: ViewerPath, message: Numbered<Exclude<ServerMessage, ServerHello>>): void;
  /** The remote pointer looks like this from now on. */
  cursor(path: ViewerPath, cursor: CursorImage): void;
  /** The remote pointer is here, in remote pixels, and not because of what this page has sent. */
  pointer(path: ViewerPath, position: { readonly x: number; readonly y: number }): void;
  video(path: ViewerPath, octets: Uint8Array): void;
  audio(path: ViewerPath, octets: Uint8Array): void;
  channel(kind: ChannelKind, octets: Uint8Array): void;
  /** The path may have room again. */
  room(path: ViewerPath): void;
}

export class ViewerPath {
  readonly transport: Transport;
  readonly #events: ViewerPathEvents;
  #hello: ServerHello | undefined;
  #control: SendFlow | undefined;
  #input: SendFlow | undefined;
  #end: FailureReason | undefined;

  constructor(transport: Transport, events: ViewerPathEvents) {
    this.transport = transport;
    this.#events = events;
    transport.onflow = (flow) => this.#onflow(flow);
    transport.onroom = () => events.room(this);
  }

  /** What the server has said of itself; undefined before, and nothing can be sent yet. */
  get hello(): ServerHello | undefined {
    return this.#hello;
  }

  /** Takes messages to the server, once there is a {@link hello}. */
  get control(): SendFlow | undefined {
    return this.#control;
  }

  /** Takes input, once there is a {@link hello}. */
  get input(): SendFlow | undefined {
    return this.#input;
  }

  /** Resolves when the path has ended, with why it did. */
  get ended(): Promise<FailureReason> {
    return this.transport.closed.then(({ clean, code, reason }) =>
      this.#end ?? {
        kind: clean && code !== CloseCode.Lost ? "closed" : "lost",
        detail: reason,
      }
    );
  }

  /** Says something that is about this path, or that may get lost with it. */
  say(message: ViewerMessage): void {
    if (this.#control?.state === "open") this.#control.write(encodeViewerMessage(message));
  }

  close(reason: FailureReason, code: number = CloseCode.Normal): void {
    this.#end ??= reason;
    this.transport.close(code, reason.detail);
  }

  #onflow(flow: ReceiveFlow): void {
    const metadata = acceptMetadata(flow, {
      control: CONTROL_VERSION,
      cursor: CURSOR_VERSION,
      video: VIDEO_VERSION,
      audio: AUDIO_VERSION,
      padding: PADDING_VERSION,
      ...CHANNEL_VERSIONS,
    });
    const kind = metadata?.kind;
    switch (kind) {
      case "control":
        flow.onmessage = this.#guarded((octets) =>
          this.#oncontrol(decodeServerMessage(octets), flow)
        );
        break;
      case "cursor": {
        const receiver = new CursorReceiver({
          image: (image) => this.#events.cursor(this, image),
          position: (x, y) => this.#events.pointer(this, { x, y }),
        });
        flow.onmessage = this.#guarded((octets) => receiver.receive(octets));
        break;
      }
      case "video":
        flow.onmessage = this.#guarded((octets) => this.#events.video(this, octets));
        break;
      case "audio":
        flow.onmessage = this.#guarded((octets) => this.#events.audio(this, octets));
        break;
      case "padding":
        flow.onmessage = () => {};
        break;
      case undefined:
        break;
      default:
        flow.onmessage = this.#guarded((octets) => this.#events.channel(kind, octets));
    }
  }

  #oncontrol(message: Numbered<ServerMessage>, flow: ReceiveFlow): void {
    if (message.type === "bye") this.#end ??= { kind: "closed", detail: message.reason };
    if (message.type !== "hello") return this.#events.control(this, message);
    if (this.#hello !== undefined) throw new ProtocolError("The server has said hello before");
    this.#hello = message;
    const { transport } = this;
    this.#control = transport.openFlow(
      encodeMetadata({ kind: "control", version: CONTROL_VERSION }),
      { priority: Priority.Flash, returnFor: flow },
    );
    // Whoever may only watch now may be given the control.
    this.#input = transport.openFlow(
      encodeMetadata({ kind: "input", version: INPUT_VERSION }),
      { priority: Priority.FlashOverride, returnFor: flow },
    );
    this.#events.hello(this, message);
  }

  /** What the server says wrong ends the path, and the page says that versions differ. */
  #guarded(handle: (octets: Uint8Array) => void): (octets: Uint8Array) => void {
    return (octets) => {
      try {
        handle(octets);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        this.close({ kind: "version", detail: error.message }, CloseCode.ProtocolError);
      }
    };
  }
}
