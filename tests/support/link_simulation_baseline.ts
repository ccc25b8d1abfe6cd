/**
 * What the session does without rate control, for comparison: captures gated on the transport's own
 * estimate of the path, and an encoder of one bitrate.
 *
 * @module
 */

import { FrameBudget } from "../../src/media/frame_budget.ts";
import { gateOpen } from "../../src/protocol/flow_gate.ts";
import { INITIAL_ACK_WINDOW, PathEstimator } from "../../src/protocol/path_estimator.ts";
import type { AckEvent, InFlight } from "../../src/rate/ack_event.ts";
import type { FrameRequest, RateDecision } from "../../src/rate/rate_decision.ts";
import {
  bits,
  type Bytes,
  bytes,
  kbitPerSecond,
  type Milliseconds,
  milliseconds,
  perSecond,
} from "../../src/rate/units.ts";
import type { Control } from "./link_simulation_path.ts";

const BURST_MS = 100;

export class BaselineControl implements Control {
  readonly #path = new PathEstimator(4 * 1024 * 1024);
  readonly #budget: FrameBudget;
  readonly #kbit: number;
  readonly #framesPerSecond: number;
  #acked = 0;
  #frameBits = 0;

  /** @param kbit Of the encoder, as by `--bitrate`. */
  constructor(kbit: number, framesPerSecond: number) {
    this.#kbit = kbit;
    this.#framesPerSecond = framesPerSecond;
    this.#budget = new FrameBudget(kbit, BURST_MS, framesPerSecond);
  }

  sent(octets: Bytes, now: Milliseconds): Bytes | undefined {
    const window = this.#path.sent(octets, now);
    return window === undefined ? undefined : bytes(window);
  }

  acked({ ackedBytes, ackedAt, appLimited }: AckEvent): void {
    if (appLimited) this.#path.applicationLimited();
    this.#path.acked(ackedBytes - this.#acked, ackedAt);
    this.#acked = ackedBytes;
  }

  roundTrip(rtt: Milliseconds, at: Milliseconds): void {
    this.#path.roundTrip(rtt, at);
  }

  frameTaken(): void {
    this.#budget.spend(this.#frameBits);
  }

  outstandingLimit(): Bytes {
    return bytes(this.#path.limit);
  }

  /** It knows what it has asked for. */
  setAckWindow(): void {}

  wantedAckWindow(): Bytes {
    return bytes(INITIAL_ACK_WINDOW);
  }

  bulkLimit(): Bytes {
    return this.outstandingLimit();
  }

  hasRoom(_estimated: Bytes, _now: Milliseconds, { outstanding }: InFlight): boolean {
    const { limit } = this.#path;
    return gateOpen({ queued: 0, outstanding, limit, buffer: Infinity }, limit / 4);
  }

  roomAt(): Milliseconds {
    return milliseconds(Infinity);
  }

  encoderBitrate() {
    return kbitPerSecond(this.#kbit);
  }

  decide(now: Milliseconds, _inFlight: InFlight, request: FrameRequest = {}): RateDecision {
    this.#frameBits = this.#budget.at(now, request.keyframe);
    return {
      outstandingLimit: this.outstandingLimit(),
      bulkLimit: this.bulkLimit(),
      encoderBitrate: this.encoderBitrate(),
      frameRateCap: perSecond(this.#framesPerSecond),
      mayTopOff: true,
      frameBudgetBits: bits(this.#frameBits),
    };
  }

  paddingAt(): Milliseconds {
    return milliseconds(Infinity);
  }

  padding(): Bytes {
    return bytes(0);
  }
}
