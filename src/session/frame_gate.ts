/**
 * When the next frame may be taken for a path, and how large it may be.
 *
 * @module
 */

import type { SendFlow, Transport } from "../protocol/flow.ts";
import { hasRoom } from "../protocol/flow_gate.ts";
import { milliseconds, RatePath } from "../rate/mod.ts";

/** How large a frame is at least, about: what is smaller fits always. */
const LEAST_OCTETS = 1400;

/** What a frame is asked for. Times are milliseconds of `performance.now()`. */
export interface FrameRequest {
  /** When the first change was seen that it shows; undefined if nothing has changed. */
  readonly changedAt: number | undefined;
  readonly keyframe: boolean;
  /** Whether the viewer has typed, clicked or moved the pointer in the last seconds. */
  readonly interactive: boolean;
  /** Whether it is the first frame since then. */
  readonly urgent: boolean;
}

/** What the network allows of a frame that is taken now. */
export interface FrameDecision {
  readonly mostBits: number;
  /** The average to aim at, in kbit/s. */
  readonly bitrateKbit: number;
  /** Most frames a second. */
  readonly framesPerSecond: number;
  /** Whether a picture that has not changed may be refined. */
  readonly mayTopOff: boolean;
}

/** What is known of a path and what was decided, for people. */
export interface PathReport {
  /** What queues add to the round trip, in ms. */
  readonly queueMs: number;
  /** What the path is believed to carry, in kbit/s. */
  readonly pathKbit: number;
  /** What the encoder is to aim at, in kbit/s. */
  readonly targetKbit: number;
  /** Most frames a second. */
  readonly targetFramesPerSecond: number;
}

/** Nothing is known that would limit a frame. */
export const UNLIMITED: FrameDecision = {
  mostBits: Infinity,
  bitrateKbit: Infinity,
  framesPerSecond: Infinity,
  mayTopOff: true,
};

/** What the rate control of one path says about frames. */
export class FrameGate {
  readonly #transport: Transport;
  readonly #flow: SendFlow;
  readonly #rate: RatePath | undefined;
  #takenAt = 0;

  /** @param flow What carries the frames. */
  constructor(transport: Transport, flow: SendFlow) {
    this.#transport = transport;
    this.#flow = flow;
    this.#rate = transport.path instanceof RatePath ? transport.path : undefined;
  }

  /** Whether a frame would start on its way at once, and find no queue. */
  get hasRoom(): boolean {
    const flow = this.#flow;
    const rate = this.#rate;
    if (rate === undefined) return hasRoom(this.#transport, flow);
    return flow.state === "open" && flow.queuedBytes === 0 &&
      flow.advertisedBytes > flow.outstandingBytes &&
      rate.hasRoom(LEAST_OCTETS, this.#transport.statistics.yieldingBytes);
  }

  /** In how many ms to ask {@link hasRoom} again although no ack has come; `Infinity` for never. */
  get roomIn(): number {
    return this.#rate?.roomIn ?? Infinity;
  }

  decide({ changedAt, keyframe, interactive, urgent }: FrameRequest): FrameDecision {
    if (this.#rate === undefined) return UNLIMITED;
    const decision = this.#rate.decide({
      ...(changedAt === undefined ? {} : { changedAt: milliseconds(changedAt) }),
      keyframe,
      interactive,
      urgent,
    });
    return {
      mostBits: decision.frameBudgetBits,
      bitrateKbit: decision.encoderBitrate,
      framesPerSecond: decision.frameRateCap,
      mayTopOff: decision.mayTopOff,
    };
  }

  /** What the path is believed to carry, in octets a second. */
  get rate(): number {
    return this.#rate?.rate ?? Infinity;
  }

  /** What it carried when it was last heard of, in octets a second; undefined if it was never. */
  get measuredRate(): number | undefined {
    return this.#rate?.settledRate;
  }

  /** What to take the path for until it is measured, in octets a second. */
  believe(rate: number): void {
    this.#rate?.believe(rate);
  }

  /** Undefined without rate control. */
  get report(): PathReport | undefined {
    const rate = this.#rate;
    if (rate === undefined) return undefined;
    const { encoderBitrate, frameRateCap } = rate.decide();
    return {
      queueMs: rate.queueDelay,
      pathKbit: rate.rate / 125,
      targetKbit: encoderBitrate,
      targetFramesPerSecond: frameRateCap,
    };
  }

  /** A frame is being taken. */
  taken(): void {
    this.#takenAt = performance.now();
    this.#rate?.frameTaken();
  }

  /** It is encoded, and about to be sent. */
  encoded(): void {
    this.#rate?.frameEncoded(performance.now() - this.#takenAt);
  }
}
