/**
 * Places frames that come as they come on the timeline of a medium, so that each is shown at once and the
 * last one stays.
 *
 * @module
 */

import { TIMESCALE } from "./fragmented_mp4.ts";

/** Where a frame lies, in units of {@link TIMESCALE}. */
export interface FrameTime {
  readonly time: number;
  readonly duration: number;
}

/**
 * How to do it.
 *
 * - `running`: the clock runs all the time, and each frame is made to begin now and to last for hours. What
 *   comes next begins before that is over, which the standard's append algorithm lets pass
 *   (Media Source Extensions §3.5.8). Chromium shows each frame in 15 ms that way, and every other one
 *   not at all the other way.
 * - `stalling`: each frame lasts for less than any that follows will take to come, so that the clock waits
 *   at its end and the next is shown as soon as it is there. Firefox shows each in 4 ms that way; the
 *   other way it waits for the ends of frames and stops at the tenth.
 */
export type TimelineKind = "running" | "stalling";

const LONG = 12 * 3600 * TIMESCALE;
const SHORT = TIMESCALE * 8 / 1000;
/** Two frames are apart by at least this. */
const STEP = TIMESCALE / 1000;

export class MediaTimeline {
  readonly kind: TimelineKind;
  #next = 0;

  constructor(kind: TimelineKind) {
    this.kind = kind;
  }

  /** @param currentTime Of the medium, in seconds. */
  place(currentTime: number): FrameTime {
    const now = Math.round(currentTime * TIMESCALE);
    if (this.kind === "stalling") {
      const time = this.#next;
      this.#next += SHORT;
      return { time, duration: SHORT };
    }
    const time = Math.max(this.#next, now);
    this.#next = time + STEP;
    return { time, duration: LONG };
  }

  /**
   * @param currentTime Of the medium, in seconds.
   * @returns How much there is to play that was not played yet, in seconds.
   */
  ahead(currentTime: number): number {
    return Math.max(0, this.#next / TIMESCALE - currentTime);
  }
}
