import {
  encodeVideoHeaderInto,
  type VideoHeader,
  videoHeaderLength,
  withoutLastInput,
} from "../protocol/video_message.ts";
import { type FrameDecision, type FrameGate, UNLIMITED } from "./frame_gate.ts";
import type { FrameSink } from "./frame_loop.ts";
import { RecentMessages } from "./recent_messages.ts";
import type { EncodedFrame } from "./screen_encoder.ts";
import type { Viewer } from "./viewer.ts";

/** The last input event that reached the X server, for the viewer to measure its own latency by. */
export interface LastInput {
  readonly viewer: Viewer;
  readonly sequence: number;
  /** When it was injected, in milliseconds of `performance.now()`. */
  readonly at: number;
}

/** Numbers frames; it wraps from 2^32-1 to 0. */
export class FrameCounter {
  #next = 0;

  next(): number {
    const next = this.#next;
    this.#next = (next + 1) >>> 0;
    return next;
  }
}

/**
 * Sends each frame, encoded once, to all viewers.
 *
 * One viewer sets the pace: the one that controls the desktop. The capture is gated on its path. A
 * viewer that cannot keep up with it loses frames and goes on at a keyframe, and never slows it. While
 * the one that sets the pace gives no sign of life, another one does.
 */
export class VideoBroadcast implements FrameSink<EncodedFrame> {
  /** The least time between two keyframes that the pacing viewer asks for, in milliseconds. */
  static readonly KEYFRAME_INTERVAL_MS = 250;
  /** The same for the other viewers, which then share one. */
  static readonly SHARED_KEYFRAME_INTERVAL_MS = 500;
  /** For so long after an input somebody waits for answers, in milliseconds. */
  static readonly INTERACTIVE_MS = 3000;

  /** The last input that was injected. */
  lastInput: LastInput | undefined;
  /** Called with each frame that was sent, after it was. */
  onframe: ((frame: EncodedFrame, octets: number) => void) | undefined;
  readonly #viewers = new Set<Viewer>();
  readonly #recent = new RecentMessages();
  #pacing: Viewer | undefined;
  /** The last input before the grab of the frame that is under way; later ones it cannot show. */
  #answered: LastInput | undefined;
  readonly #counter: FrameCounter;
  #keyframeAt = -Infinity;
  /** What the frame under way was taken for. */
  #gate: FrameGate | undefined;

  /**
   * @param counter What viewers may be moved among has one in common: what they get is in order then. By
   * default its own.
   */
  constructor(counter: FrameCounter = new FrameCounter()) {
    this.#counter = counter;
  }

  get viewers(): ReadonlySet<Viewer> {
    return this.#viewers;
  }

  /**
   * Lets a viewer join; it gets the picture at once if another one has just got a keyframe.
   *
   * @param fresh Whether it has got other frames just now, and must not be given any that are older.
   */
  add(viewer: Viewer, fresh = false): void {
    this.#viewers.add(viewer);
    this.#pacing ??= viewer;
    if (fresh) {
      viewer.awaitsKeyframe = true;
      return;
    }
    const most = viewer.mostQueuedBytes;
    for (const [index, message] of this.#recent.replay(performance.now(), most).entries()) {
      viewer.sendVideo(withoutLastInput(message), index === 0);
    }
  }

  remove(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#pacing !== viewer) return;
    const rest = [...this.#viewers];
    this.#pacing = rest.find(({ role }) => role === "control") ?? rest[0];
  }

  /** From now on this viewer sets the pace. */
  setPacing(viewer: Viewer): void {
    if (this.#viewers.has(viewer)) this.#pacing = viewer;
  }

  /** The encoder was replaced: nothing sent so far is a reference of what follows. */
  restart(): void {
    this.#recent.clear();
    this.#keyframeAt = -Infinity;
    for (const viewer of this.#viewers) viewer.awaitsKeyframe = true;
  }

  get wanted(): boolean {
    return this.#viewers.size > 0;
  }

  get hasRoom(): boolean {
    return this.pacer?.hasRoom ?? false;
  }

  get roomIn(): number {
    return this.pacer?.gate?.roomIn ?? Infinity;
  }

  decide(request: { changedAt: number | undefined; keyframe: boolean }): FrameDecision {
    const pacer = this.pacer;
    const { viewer, at = -Infinity } = this.lastInput ?? {};
    const interactive = viewer === pacer &&
      performance.now() - at < VideoBroadcast.INTERACTIVE_MS;
    const decision = pacer?.gate?.decide({ ...request, interactive, urgent: this.urgent }) ??
      UNLIMITED;
    if (!request.keyframe) return decision;
    // One keyframe is for all who wait for it: those with a slow path would have a larger one late.
    const others = this.#awaiting.map(({ gate }) =>
      gate?.decide({ ...request, interactive: false, urgent: false }).mostBits ?? Infinity
    );
    return { ...decision, mostBits: Math.min(decision.mostBits, ...others) };
  }

  get keyframeDueAt(): number {
    let dueAt = Infinity;
    for (const viewer of this.#awaiting) {
      const interval = viewer === this.pacer
        ? VideoBroadcast.KEYFRAME_INTERVAL_MS
        : VideoBroadcast.SHARED_KEYFRAME_INTERVAL_MS;
      dueAt = Math.min(dueAt, this.#keyframeAt + interval);
    }
    return dueAt;
  }

  /** Whether somebody waits for what the next frame will show. */
  get urgent(): boolean {
    return this.lastInput !== this.#answered && this.lastInput?.viewer === this.pacer;
  }

  begin(): void {
    this.#gate = this.pacer?.gate;
    this.#gate?.taken();
    this.#answered = this.lastInput;
  }

  deliver(frame: EncodedFrame, { topOff }: { topOff: boolean }): { octets: number } {
    const { chunk } = frame;
    const now = performance.now();
    const input = this.#answered;
    const message = this.#message(frame, topOff);
    this.#gate?.encoded();
    if (chunk.keyframe) this.#keyframeAt = now;
    this.#recent.add(message, chunk.keyframe, now);
    const pacer = this.pacer;
    let anonymous: Uint8Array | undefined;
    for (const viewer of this.#viewers) {
      if (!chunk.keyframe && viewer.awaitsKeyframe) continue;
      if (viewer !== pacer && viewer.isBehind) {
        viewer.awaitsKeyframe = true;
        continue;
      }
      // Sequence numbers of input belong to one viewer; the others get none.
      const own = input === undefined || input.viewer === viewer
        ? message
        : anonymous ??= withoutLastInput(message);
      viewer.sendVideo(own, chunk.keyframe);
    }
    const octets = chunk.data.length - chunk.headroom;
    this.onframe?.(frame, octets);
    return { octets };
  }

  /** Those that a keyframe is for, and who can take one now. */
  get #awaiting() {
    return this.#viewers.values().filter((viewer) => viewer.awaitsKeyframe && viewer.hasRoom);
  }

  /** Whose path the capture is gated on: nobody waits for one who may be gone. */
  get pacer(): Viewer | undefined {
    if (!this.#pacing?.isSilent) return this.#pacing;
    const others = [...this.#viewers].filter(({ isSilent }) => !isSilent);
    return others.find(({ role }) => role === "control") ?? others[0] ?? this.#pacing;
  }

  /** Writes the header into the room in front of the access unit. */
  #message(frame: EncodedFrame, topOff: boolean): Uint8Array {
    const { chunk } = frame;
    const answered = this.#answered;
    const header: VideoHeader = {
      sequence: this.#counter.next(),
      keyframe: chunk.keyframe,
      topOff,
      captureTime: frame.grabbedAt * 1000,
      damageToGrab: frame.damageToGrab,
      grab: frame.grab,
      convert: frame.convert,
      encode: frame.encode,
      lastInput: answered?.sequence ?? 0,
      inputToGrab: answered ? (frame.grabbedAt - answered.at) * 1000 : 0,
      changed: chunk.keyframe || topOff ? [] : frame.changed,
      ...(chunk.config ? { config: chunk.config } : {}),
    };
    const start = chunk.headroom - videoHeaderLength(header);
    encodeVideoHeaderInto(chunk.data, start, header);
    return chunk.data.subarray(start);
  }
}
