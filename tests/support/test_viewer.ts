/**
 * A viewer without a page: what a page says and keeps, over any transport.
 *
 * @module
 */
import { type ChannelKind, isChannelKind, ReplayedChannel } from "../../src/protocol/channel.ts";
import {
  CONTROL_VERSION,
  decodeServerMessage,
  encodeViewerMessage,
  type ServerMessage,
  type ViewerMessage,
} from "../../src/protocol/control_message.ts";
import { decodeMetadata, encodeMetadata } from "../../src/protocol/metadata.ts";
import {
  Priority,
  type ReceiveFlow,
  type SendFlow,
  type Transport,
} from "../../src/protocol/flow.ts";
import {
  encodeInputMessage,
  INPUT_VERSION,
  type InputMessage,
} from "../../src/protocol/input_message.ts";
import { decodeVideoMessage, type VideoMessage } from "../../src/protocol/video_message.ts";
import { until } from "./until.ts";

/** An event without its number. */
type Input = InputMessage extends infer M ? M extends InputMessage ? Omit<M, "sequence"> : never
  : never;

export class TestViewer implements AsyncDisposable {
  readonly transport: Transport;
  /** What the server said, the oldest first. */
  readonly told: ServerMessage[] = [];
  /** The frames that came, the oldest first; copied. */
  readonly frames: VideoMessage[] = [];
  #control: SendFlow | undefined;
  #input: SendFlow | undefined;
  #sequence = 0;
  readonly #channels = new Map<ChannelKind, ReplayedChannel>();

  readonly #decoders: string[];

  /**
   * @param transport On which nothing has come yet.
   * @param decoders What it says that it decodes.
   */
  constructor(transport: Transport, decoders: readonly string[] = ["h264", "vp8"]) {
    this.transport = transport;
    this.#decoders = [...decoders];
    transport.onflow = (flow) => this.#onflow(flow);
  }

  /** The states of the desktop that the server told, without repetitions. */
  get states(): string[] {
    const states = this.told.flatMap((message) => message.type === "status" ? [message.state] : []);
    return states.filter((state, i) => state !== states[i - 1]);
  }

  /** What the server told last of how the picture is encoded. */
  get video(): Extract<ServerMessage, { type: "video" }> | undefined {
    return this.told.findLast((message) => message.type === "video");
  }

  tell(message: ViewerMessage): void {
    this.#control!.write(encodeViewerMessage(message));
  }

  /** The page's end of a channel. Ask for it at once: what comes before is lost. */
  channel(kind: ChannelKind): ReplayedChannel {
    let channel = this.#channels.get(kind);
    if (channel) return channel;
    this.#channels.set(kind, channel = new ReplayedChannel(kind));
    channel.attach(this.transport);
    return channel;
  }

  input(event: Input): void {
    const message = { ...event, sequence: ++this.#sequence } as InputMessage;
    this.#input!.write(encodeInputMessage(message));
  }

  /** Waits until so many frames have come. */
  async hasFrames(count: number, limit?: number): Promise<void> {
    await until(
      () => `${count} frames have come; there are ${this.frames.length}`,
      () => this.frames.length >= count,
      limit,
    );
  }

  /** Waits until no frame has come for so many milliseconds. */
  async still(milliseconds = 500): Promise<void> {
    let count = -1;
    let since = 0;
    await until("no frame comes", () => {
      if (count !== this.frames.length) since = performance.now();
      count = this.frames.length;
      return performance.now() - since > milliseconds;
    });
  }

  #onflow(flow: ReceiveFlow): void {
    const { kind } = decodeMetadata(flow.metadata);
    if (kind === "control") {
      flow.onmessage = (octets) => this.told.push(decodeServerMessage(octets));
      this.#open(flow);
    } else if (kind === "video") {
      flow.onmessage = (octets) => this.frames.push(decodeVideoMessage(octets.slice()));
    } else {
      flow.onmessage = (octets) => {
        if (isChannelKind(kind)) this.#channels.get(kind)?.receive(octets);
      };
    }
  }

  #open(flow: ReceiveFlow): void {
    const open = (kind: "control" | "input", version: number) =>
      this.transport.openFlow(encodeMetadata({ kind, version }), {
        priority: Priority.Flash,
        returnFor: flow,
      });
    this.#control = open("control", CONTROL_VERSION);
    this.#input = open("input", INPUT_VERSION);
    this.tell({
      type: "hello",
      protocol: CONTROL_VERSION,
      decoders: this.#decoders,
      devicePixelRatio: 1,
      width: 1280,
      height: 720,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.transport[Symbol.asyncDispose]();
  }
}
