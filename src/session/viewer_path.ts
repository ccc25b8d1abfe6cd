import { getLogger } from "@logtape/logtape";
import { CHANNEL_VERSIONS, type ChannelKind, isChannelKind } from "../protocol/channel.ts";
import {
  CONTROL_VERSION,
  decodeViewerMessage,
  encodeServerMessage,
  type Numbered,
  type ServerMessage,
  type ViewerMessage,
} from "../protocol/control_message.ts";
import { CursorSender } from "../protocol/cursor_images.ts";
import { CURSOR_VERSION } from "../protocol/cursor_message.ts";
import { CloseCode, ProtocolError } from "../protocol/errors.ts";
import {
  type Delivery,
  Priority,
  type ReceiveFlow,
  type SendFlow,
  type Transport,
} from "../protocol/flow.ts";
import type { Schedule } from "../protocol/deadline_timer.ts";
import { decodeInputMessage, INPUT_VERSION, type InputMessage } from "../protocol/input_message.ts";
import { acceptMetadata, encodeMetadata, FlowRefusal } from "../protocol/metadata.ts";
import { VIDEO_VERSION } from "../protocol/video_message.ts";
import { FrameGate, type PathReport } from "./frame_gate.ts";
import { PathPadding } from "./path_padding.ts";

const log = getLogger(["skerry", "session"]);

/** What a path tells the viewer that it belongs to. */
export interface ViewerPathEvents {
  oncontrol(path: ViewerPath, message: Numbered<ViewerMessage>): void;
  oninput(message: InputMessage): void;
  /** @returns What takes the messages of a channel; undefined if this desktop has none such. */
  onchannel(kind: ChannelKind): ((octets: Uint8Array) => void) | undefined;
  /** The path may have room again. */
  onroom(path: ViewerPath): void;
  /** The page is at another port, to which next to nothing may be sent for a round trip. */
  onmoved(path: ViewerPath): void;
  /** A frame was given up on the way: what follows cannot be decoded. */
  onvideolost(path: ViewerPath): void;
}

/**
 * How long a frame may be under way before it is given up, in milliseconds. The capture is gated on
 * the network, so these pass only when the path has collapsed under a frame; a keyframe is what
 * everything after it needs, and gets longer.
 */
const DELTA_FRAME_DEADLINE_MS = 2000;
const KEYFRAME_DEADLINE_MS = 10_000;

/** What waits for longer than this is shown too late, in milliseconds. */
const MOST_QUEUED_MS = 150;
/** Two small frames are no pile. */
const LEAST_QUEUED_OCTETS = 16 * 1024;

/** One transport of a viewer's, with its flows. */
export class ViewerPath {
  readonly transport: Transport;
  /** Messages of the session to the viewer. */
  readonly control: SendFlow;
  readonly #viewer: string;
  readonly #events: ViewerPathEvents;
  /** The pointer's image, and where it is. */
  readonly cursor: CursorSender;
  readonly #video: SendFlow;
  readonly #padding: PathPadding;
  /** When a frame may be taken for this path. */
  readonly gate: FrameGate;
  /** Frames that have not left. */
  readonly #frames = new Set<Delivery>();
  #controlFlowTaken = false;
  #inputFlowTaken = false;
  readonly #channelsTaken = new Set<ChannelKind>();

  /** @param options.viewer The viewer's id, for the log. */
  constructor(
    transport: Transport,
    options: { viewer: string; events: ViewerPathEvents; schedule: Schedule },
  ) {
    this.transport = transport;
    this.#viewer = options.viewer;
    this.#events = options.events;
    this.control = transport.openFlow(
      encodeMetadata({ kind: "control", version: CONTROL_VERSION }),
      { priority: Priority.Flash },
    );
    this.cursor = new CursorSender(
      transport.openFlow(encodeMetadata({ kind: "cursor", version: CURSOR_VERSION }), {
        priority: Priority.Immediate,
      }),
    );
    this.#video = transport.openFlow(
      encodeMetadata({ kind: "video", version: VIDEO_VERSION }),
      { priority: Priority.Elevated, delivery: "independent" },
    );
    transport.onflow = (flow) => this.#accept(flow);
    this.gate = new FrameGate(transport, this.#video);
    this.#padding = new PathPadding(transport, options.schedule);
    transport.onroom = () => this.#events.onroom(this);
    transport.onmoved = () => this.#events.onmoved(this);
    transport.closed.then(() => this.#padding[Symbol.dispose]());
  }

  /** What is known of the path, for the viewer's statistics. */
  get report(): PathReport | undefined {
    return this.gate.report;
  }

  /** The path is in use: looks whether the rate control wants to know more of it. */
  considerPadding(): void {
    this.#padding.consider();
  }

  /** The path is not in use any more. */
  stopPadding(): void {
    this.#padding[Symbol.dispose]();
  }

  /** Whether frames pile up on our side: what is added now would be shown much too late. */
  get isBehind(): boolean {
    return this.#video.queuedBytes > this.mostQueuedBytes;
  }

  /** How many octets of frames may wait on our side before that is so. */
  get mostQueuedBytes(): number {
    return Math.max(LEAST_QUEUED_OCTETS, this.gate.rate * MOST_QUEUED_MS / 1000);
  }

  /** Says something that is about this path, or that may get lost with it. */
  sendControl(message: ServerMessage): void {
    if (this.control.state === "open") this.control.write(encodeServerMessage(message));
  }

  /**
   * @param octets an encoded video message, which must not change afterwards.
   * @returns whether it is on its way.
   */
  sendVideo(octets: Uint8Array, keyframe: boolean): boolean {
    if (this.#video.state !== "open") return false;
    const finishBy = this.transport.now() +
      (keyframe ? KEYFRAME_DEADLINE_MS : DELTA_FRAME_DEADLINE_MS);
    const frame = this.#video.write(octets, { finishBy });
    this.#frames.add(frame);
    frame.outcome.then((outcome) => {
      // Not if it was given up on purpose.
      if (!this.#frames.delete(frame) || outcome !== "abandoned") return;
      if (this.#video.state === "open") this.#events.onvideolost(this);
    });
    return true;
  }

  /** Gives up the frames that are on their way: another path shows newer ones. */
  abandonVideo(): void {
    const frames = [...this.#frames];
    this.#frames.clear();
    for (const frame of frames) frame.abandon();
  }

  /** Says goodbye and closes the transport. */
  close(code: number, reason: string): void {
    try {
      this.sendControl({ type: "bye", code, reason });
    } finally {
      this.transport.close(CloseCode.Normal, reason);
    }
  }

  #accept(flow: ReceiveFlow): void {
    const metadata = acceptMetadata(flow, {
      control: CONTROL_VERSION,
      input: INPUT_VERSION,
      ...CHANNEL_VERSIONS,
    });
    if (!metadata) return;
    if (isChannelKind(metadata.kind) && !this.#channelsTaken.has(metadata.kind)) {
      this.#acceptChannel(flow, metadata.kind);
    } else if (metadata.kind === "control" && !this.#controlFlowTaken) {
      this.#controlFlowTaken = true;
      flow.onmessage = this.#guarded((octets) =>
        this.#events.oncontrol(this, decodeViewerMessage(octets))
      );
    } else if (metadata.kind === "input" && !this.#inputFlowTaken) {
      this.#inputFlowTaken = true;
      flow.onmessage = this.#guarded((octets) => this.#events.oninput(decodeInputMessage(octets)));
      flow.onclose = () => this.#inputFlowTaken = false;
    } else {
      flow.reject(FlowRefusal.TooManyFlows, `One "${metadata.kind}" flow is enough`);
    }
  }

  #acceptChannel(flow: ReceiveFlow, kind: ChannelKind): void {
    const take = this.#events.onchannel(kind);
    if (!take) return flow.reject(FlowRefusal.UnknownKind, `This desktop has no "${kind}"`);
    this.#channelsTaken.add(kind);
    flow.onmessage = this.#guarded(take);
    flow.onclose = () => this.#channelsTaken.delete(kind);
  }

  /** A message that cannot be read closes the path, with what is wrong with it in the log. */
  #guarded(handle: (octets: Uint8Array) => void): (octets: Uint8Array) => void {
    return (octets) => {
      try {
        handle(octets);
      } catch (error) {
        if (error instanceof ProtocolError) {
          log.warn("Viewer {id} sent what cannot be read: {reason}", {
            id: this.#viewer,
            reason: error.message,
          });
        }
        throw error;
      }
    };
  }
}
