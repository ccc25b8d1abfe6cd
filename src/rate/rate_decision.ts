/**
 * What a {@link RateController} is asked, and what it answers.
 *
 * @module
 */

import type {
  Bits,
  Bytes,
  BytesPerSecond,
  KbitPerSecond,
  Milliseconds,
  PerSecond,
} from "./units.ts";

/** What one viewer may have. */
export interface RateControllerOptions {
  /** What the video never exceeds. */
  readonly maxBitrate: KbitPerSecond;
  readonly maxFrameRate: PerSecond;
  /** After each multiple of how many octets the receiver acknowledges; 0, the default: always. */
  readonly ackWindow?: Bytes;
  /** What the path is taken for until it is known, as from an earlier connection; default: 3 Mbit/s. */
  readonly initialRate?: BytesPerSecond;
  /** What the limit never exceeds; default: 4 MiB. */
  readonly maxOutstanding?: Bytes;
}

/** About the next frame. */
export interface FrameRequest {
  /**
   * When the first change took place that the frame shows; default: now. A frame that had to wait for
   * room is not the larger for it, or few large frames would take the place of many small ones.
   */
  readonly changedAt?: Milliseconds;
  /** Default: no. */
  readonly keyframe?: boolean;
  /** Whether the viewer typed, clicked or moved the pointer in the last seconds. Default: yes. */
  readonly interactive?: boolean;
  /** Whether it is the first since then, and somebody waits for it. Default: yes. */
  readonly urgent?: boolean;
}

/** What holds now. */
export interface RateDecision {
  /** Of all that is sent to the viewer. */
  readonly outstandingLimit: Bytes;
  /** Of all that is sent to the viewer, for more of a bulk flow to be sent. */
  readonly bulkLimit: Bytes;
  /** The average to aim at. */
  readonly encoderBitrate: KbitPerSecond;
  readonly frameRateCap: PerSecond;
  /** Whether a picture that has not changed may be refined. */
  readonly mayTopOff: boolean;
  /** The most bits of the next frame. */
  readonly frameBudgetBits: Bits;
}
