import { getLogger } from "@logtape/logtape";
import {
  CONTROL_VERSION,
  decodeViewerMessage,
  encodeServerMessage,
  type ServerMessage,
  type ViewerMessage,
} from "../protocol/control_message.ts";
import { CURSOR_VERSION } from "../protocol/cursor_message.ts";
import { ProtocolError } from "../protocol/errors.ts";
import { Priority, type ReceiveFlow, type SendFlow, type Transport } from "../protocol/flow.ts";
import { hasRoom } from "../protocol/flow_gate.ts";
import { decodeInputMessage, INPUT_VERSION, type InputMessage } from "../protocol/input_message.ts";
import { acceptMetadata, encodeMetadata, FlowRefusal } from "../protocol/metadata.ts";
import { VIDEO_VERSION } from "../protocol/video_message.ts";

const log = getLogger(["skerry", "session"]);

/** Whether a viewer may send input, or only look. */
export type ViewerRole = "control" | "view";

/** What a viewer tells the session that it belongs to. */
export interface ViewerEvents {
  oncontrol(viewer: Viewer, message: ViewerMessage): void;
  oninput(viewer: Viewer, message: InputMessage): void;
  /** The viewer's path may have room again. */
  onroom(viewer: Viewer): void;
  /** A frame for this viewer was given up on the way: what follows cannot be decoded. */
  onvideolost(viewer: Viewer): void;
}

/**
 * How long a frame may be under way before it is given up, in milliseconds. The capture is gated on
 * the network, so these pass only when the path has collapsed under a frame; a keyframe is what
 * everything after it needs, and gets longer.
 */
const DELTA_FRAME_DEADLINE_MS = 2000;
const KEYFRAME_DEADLINE_MS = 10_000;

/** About 130 ms of the default bit rate. */
const MOST_QUEUED_OCTETS = 128 * 1024;

/** WebSocket close code 1008: the peer broke the protocol (RFC 6455 §7.4.1). */
const POLICY_VIOLATION = 1008;

/** One connected page: its transport, its flows, and what it still needs to show the picture. */
export class Viewer {
  readonly id: string;
  readonly role: ViewerRole;
  readonly transport: Transport;
  /** Whether nothing can be decoded before the next keyframe. */
  awaitsKeyframe = true;
  readonly #events: ViewerEvents;
  readonly #control: SendFlow;
  readonly #cursor: SendFlow;
  readonly #video: SendFlow;
  #controlFlowTaken = false;
  #inputFlowTaken = false;

  constructor(
    transport: Transport,
    options: { id: string; role: ViewerRole; events: ViewerEvents },
  ) {
    this.id = options.id;
    this.role = options.role;
    this.transport = transport;
    this.#events = options.events;
    this.#control = transport.openFlow(
      encodeMetadata({ kind: "control", version: CONTROL_VERSION }),
      { priority: Priority.Flash },
    );
    this.#cursor = transport.openFlow(
      encodeMetadata({ kind: "cursor", version: CURSOR_VERSION }),
      { priority: Priority.Immediate },
    );
    this.#video = transport.openFlow(
      encodeMetadata({ kind: "video", version: VIDEO_VERSION }),
      { priority: Priority.Elevated },
    );
    transport.onflow = (flow) => this.#accept(flow);
    transport.onroom = () => this.#events.onroom(this);
  }

  /** Whether the path takes another frame without making a queue. */
  get hasRoom(): boolean {
    return this.#video.state === "open" && hasRoom(this.transport, this.#video);
  }

  /** Whether frames pile up on our side: what is added now would be shown much too late. */
  get isBehind(): boolean {
    return this.#video.queuedBytes > MOST_QUEUED_OCTETS;
  }

  sendControl(message: ServerMessage): void {
    if (this.#control.state === "open") this.#control.write(encodeServerMessage(message));
  }

  /** @param octets an encoded cursor message. */
  sendCursor(octets: Uint8Array): void {
    if (this.#cursor.state === "open") this.#cursor.write(octets);
  }

  /** @param octets an encoded video message, which must not change afterwards. */
  sendVideo(octets: Uint8Array, keyframe: boolean): void {
    if (this.#video.state !== "open") return;
    if (keyframe) this.awaitsKeyframe = false;
    const finishBy = this.transport.now() +
      (keyframe ? KEYFRAME_DEADLINE_MS : DELTA_FRAME_DEADLINE_MS);
    this.#video.write(octets, { finishBy }).outcome.then((outcome) => {
      if (outcome !== "abandoned" || this.#video.state !== "open") return;
      this.awaitsKeyframe = true;
      this.#events.onvideolost(this);
    });
  }

  /** Says goodbye and closes the transport. */
  close(code: number, reason: string): void {
    try {
      this.sendControl({ type: "bye", code, reason });
    } finally {
      this.transport.close(1000, reason);
    }
  }

  #accept(flow: ReceiveFlow): void {
    const metadata = acceptMetadata(flow, { control: CONTROL_VERSION, input: INPUT_VERSION });
    if (!metadata) return;
    if (metadata.kind === "control" && !this.#controlFlowTaken) {
      this.#controlFlowTaken = true;
      flow.onmessage = this.#guarded(decodeViewerMessage, this.#events.oncontrol);
    } else if (metadata.kind === "input" && !this.#inputFlowTaken) {
      this.#inputFlowTaken = true;
      flow.onmessage = this.#guarded(decodeInputMessage, this.#events.oninput);
      flow.onclose = () => this.#inputFlowTaken = false;
    } else {
      flow.reject(FlowRefusal.TooManyFlows, `One "${metadata.kind}" flow is enough`);
    }
  }

  /** A message that cannot be read ends this viewer's connection and nothing else. */
  #guarded<M>(
    decode: (octets: Uint8Array) => M,
    handle: (viewer: Viewer, message: M) => void,
  ): (octets: Uint8Array) => void {
    return (octets) => {
      let message: M;
      try {
        message = decode(octets);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        log.warn("Viewer {id} sent what cannot be read: {reason}", {
          id: this.id,
          reason: error.message,
        });
        this.transport.close(POLICY_VIOLATION, error.message);
        return;
      }
      handle.call(this.#events, this, message);
    };
  }
}
