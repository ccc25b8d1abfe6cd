import type { FrameDecision } from "./frame_gate.ts";
import type { FramePacer } from "./frame_pacer.ts";
import type { TopOff } from "./top_off.ts";

/** Where the pictures come from: the part of the capture, converter and encoder that is used here. */
export interface Picture<Frame> {
  /** When the first change since the last grab was seen, in milliseconds; undefined if none was. */
  readonly damagedAt: number | undefined;
  /**
   * Takes the newest picture and encodes it; resolves with nothing if nothing has changed, or, of a picture
   * that has not changed, if it cannot be made better.
   */
  take(options: TakeOptions): Promise<Frame | undefined>;
}

/** How a picture is to be encoded. */
export interface TakeOptions {
  readonly keyframe: boolean;
  /** What the network takes of it, in bits; default: no limit. */
  readonly mostBits?: number;
  /** What the network takes on average, in kbit/s; default: no limit. */
  readonly bitrateKbit?: number;
}

/** What the loop asks before it takes a frame, and whom it hands the frame to. */
export interface FrameSink<Frame> {
  /** Whether anybody wants frames at all. */
  readonly wanted: boolean;
  /** When the next keyframe is due, in milliseconds; `Infinity` while nobody waits for one. */
  readonly keyframeDueAt: number;
  /** Whether the network has room for another frame. */
  readonly hasRoom: boolean;
  /** Whether somebody waits for what the next frame will show. */
  readonly urgent: boolean;
  /** In how many ms to ask again although no wake comes; `Infinity` if only a wake can change it. */
  readonly roomIn: number;
  /** What the network allows of a frame that is taken now. */
  decide(request: { changedAt: number | undefined; keyframe: boolean }): FrameDecision;
  /** Called right before a frame is taken. */
  begin(): void;
  /** Takes over an encoded frame, synchronously. */
  deliver(frame: Frame, info: { keyframe: boolean; topOff: boolean }): { octets: number };
}

/** The frame to take now. */
interface Next extends Required<TakeOptions> {
  readonly topOff: boolean;
}

/**
 * Takes a frame whenever the screen has changed *and* the network has room for it; never because
 * time has passed. One frame is under way at a time, so what is taken next is always the newest
 * screen, and nothing that was encoded has to be thrown away.
 *
 * {@link FrameLoop.wake} is called on each event that may let a frame go: damage, room on the
 * network, a keyframe wanted. The only timers are the frame-rate cap's, the top-off's, and one for what
 * must have arrived although nobody says so.
 */
export class FrameLoop<Frame> implements AsyncDisposable {
  readonly #picture: Picture<Frame>;
  readonly #sink: FrameSink<Frame>;
  readonly #pacer: FramePacer;
  readonly #topOff: TopOff;
  readonly #onerror: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerAt = Infinity;
  #stopped = false;

  constructor(options: {
    picture: Picture<Frame>;
    sink: FrameSink<Frame>;
    pacer: FramePacer;
    topOff: TopOff;
    /** Called once if a frame could not be taken; the loop has stopped then. */
    onerror: (error: unknown) => void;
  }) {
    this.#picture = options.picture;
    this.#sink = options.sink;
    this.#pacer = options.pacer;
    this.#topOff = options.topOff;
    this.#onerror = options.onerror;
  }

  /** Looks whether a frame may be taken, and takes it. Cheap; call it on every event. */
  wake(): void {
    if (this.#running || this.#stopped || !this.#next()) return;
    this.#running = this.#run().finally(() => this.#running = undefined);
  }

  async #run(): Promise<void> {
    try {
      for (let next = this.#next(); next && !this.#stopped; next = this.#next()) {
        this.#pacer.taken(performance.now());
        this.#sink.begin();
        const frame = await this.#picture.take(next);
        if (this.#stopped) return;
        if (frame === undefined) {
          // There is nothing to make better.
          if (next.topOff) this.#topOff.stop();
          // What has changed is on another monitor.
          else this.#pacer.missed();
          continue;
        }
        const { octets } = this.#sink.deliver(frame, next);
        const now = performance.now();
        if (next.topOff) this.#topOff.refined(now, octets, next.mostBits / 8);
        else this.#topOff.changed(now);
      }
    } catch (error) {
      const stopped = this.#stopped;
      this.#stop();
      if (!stopped) this.#onerror(error);
    }
  }

  /** The frame to take now; undefined when there is none, with a timer set if one comes later. */
  #next(): Next | undefined {
    if (!this.#sink.wanted) return undefined;
    const now = performance.now();
    const { damagedAt: changedAt } = this.#picture;
    const changed = changedAt !== undefined;
    const { keyframeDueAt } = this.#sink;
    const keyframe = keyframeDueAt <= now;
    const due = changed ? now : Math.min(keyframeDueAt, this.#topOff.dueAt);
    if (due > now) {
      this.#wakeAt(due, now);
      return undefined;
    }
    const topOff = !changed && !keyframe;
    const { mostBits, bitrateKbit, framesPerSecond, mayTopOff } = this.#sink.decide({
      changedAt,
      keyframe,
    });
    this.#pacer.setRate(framesPerSecond);
    // Without a keyframe nothing is seen at all; their own interval holds them apart.
    const wait = keyframe ? 0 : this.#pacer.delay(now, this.#sink.urgent);
    if (wait > 0) {
      this.#wakeAt(now + wait, now);
      return undefined;
    }
    if ((topOff && !mayTopOff) || !this.#sink.hasRoom) {
      this.#wakeAt(now + this.#sink.roomIn, now);
      return undefined;
    }
    return { keyframe, topOff, mostBits, bitrateKbit };
  }

  #wakeAt(at: number, now: number): void {
    if (at === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = at === Infinity ? undefined : setTimeout(() => {
      this.#timerAt = Infinity;
      this.wake();
    }, at - now);
  }

  #stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Stops, and waits for the frame under way. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#running;
  }
}
