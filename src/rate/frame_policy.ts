/**
 * How large a frame may be, and how many of them there may be, at a given rate.
 *
 * The time that a frame takes on the wire is delay like any queue: for the frame itself, and for the
 * answer to the key that is pressed behind it. So a frame is measured in milliseconds of the path's rate.
 * The slower the path, the more of them a picture needs that can be made out at all:
 *
 *     wire time = 40 ms × (rate / 1 Mbit/s)^-0.9
 *
 * which is 75 ms at 500 kbit/s, 40 at 1 Mbit/s, 15 at 3 and 5 at 10; a frame then has 37, 40, 45
 * and 50 kbit.
 *
 * @module
 */

import {
  type Bits,
  bits,
  type BytesPerSecond,
  type Milliseconds,
  milliseconds,
  type PerSecond,
  perSecond,
  toKbitPerSecond,
} from "./units.ts";

const LEAN_MS_AT_1_MBIT = 40;
const LEAN_EXPONENT = -0.9;
const MIN_LEAN_MS = 4;
const MAX_LEAN_MS = 200;
/** After a pause a frame may take so long, or as long as a lean one; in ms. */
const BURST_MS = 40;
/** While somebody types or clicks, motion leaves the path idle for four fifths of the time. */
const INTERACTIVE_SHARE = 1 / 5;
/** And the shortest frames are so much of what they are else. */
const INTERACTIVE_LEAN = 3 / 4;
/**
 * Of frames that answer nobody the shortest have so many bits then: motion of a part of the screen can just
 * be made out. The answer to a click waits on the wire for whatever went just before it.
 */
const CALM_BITS = 18_000;
/** Less than this makes a whole picture unrecognisable. */
const MIN_KEYFRAME_BITS = 80_000;
const MIN_FRAME_BITS = 8000;
const MIN_FRAME_RATE = 5;

/** What a frame is for. */
export interface FrameNeeds {
  /** Time from the taking of the frame before it to the change that it shows. */
  readonly pause: Milliseconds;
  readonly keyframe: boolean;
  /** Whether somebody typed, clicked or moved the pointer in the last seconds. */
  readonly interactive: boolean;
  /** Whether it is the first since then: whoever did so waits for what it shows. */
  readonly urgent: boolean;
  /** Whether the path was heard of lately; what is old is believed, but not betted on. */
  readonly sure: boolean;
}

/** The wire time of a frame that is as small as makes sense. */
export function leanFrameTime(rate: BytesPerSecond): Milliseconds {
  const mbit = Math.max(toKbitPerSecond(rate) / 1000, 1e-3);
  const time = LEAN_MS_AT_1_MBIT * mbit ** LEAN_EXPONENT;
  return milliseconds(Math.min(Math.max(time, MIN_LEAN_MS), MAX_LEAN_MS));
}

/**
 * The most bits of a frame: it may be on the wire for as long as the pause before it has lasted, or for a
 * fifth of that while somebody waits for answers.
 */
export function frameBudget(rate: BytesPerSecond, needs: FrameNeeds): Bits {
  const lean = leanFrameTime(rate);
  const burst = needs.sure ? Math.max(BURST_MS, lean) : lean;
  const pause = needs.pause * (needs.interactive ? INTERACTIVE_SHARE : 1);
  const shortest = needs.interactive ? shortestBesideWork(rate, lean, needs.urgent) : lean;
  const time = needs.keyframe ? burst : Math.min(Math.max(pause, shortest), burst);
  const least = needs.keyframe ? MIN_KEYFRAME_BITS : MIN_FRAME_BITS;
  return bits(Math.max(Math.floor(rate * 8 * time / 1000), least));
}

/** The wire time of a frame that is as small as makes sense while somebody works. */
function shortestBesideWork(rate: BytesPerSecond, lean: Milliseconds, urgent: boolean): number {
  const most = Math.max(lean * INTERACTIVE_LEAN, MIN_LEAN_MS);
  if (urgent) return most;
  return Math.min(Math.max(CALM_BITS / (rate * 8) * 1000, MIN_LEAN_MS), most);
}

/** As many frames as can each have the least size that makes sense. */
export function frameRateCap(rate: BytesPerSecond, max: PerSecond): PerSecond {
  const lean = leanFrameTime(rate);
  return perSecond(Math.min(Math.max(1000 / lean, MIN_FRAME_RATE), max));
}
