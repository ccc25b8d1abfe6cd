/**
 * Makes one stream of the frames that come by several paths. While the picture moves from one to
 * another, frames may come by both.
 *
 * @module
 */

import type { VideoHeader } from "../../src/protocol/video_message.ts";

/**
 * What to do with a frame: play it as the next one; drop it, since it is old; or do without it, since it
 * refers to frames that have not come by its path.
 */
export type FramePlace = "next" | "old" | "orphan";

export class VideoSwitch<Path> {
  #path: Path | undefined;
  #sequence: number | undefined;

  /** @returns Where the frame belongs; the next one counts as played. */
  place(
    path: Path,
    { sequence, keyframe }: Pick<VideoHeader, "sequence" | "keyframe">,
  ): FramePlace {
    // Serial number arithmetic (RFC 1982 §3.2): numbers wrap.
    if (this.#sequence !== undefined && ((sequence - this.#sequence) | 0) <= 0) return "old";
    if (path !== this.#path && this.#path !== undefined && !keyframe) return "orphan";
    this.#path = path;
    this.#sequence = sequence;
    return "next";
  }

  /** Another stream begins. */
  reset(): void {
    this.#path = this.#sequence = undefined;
  }
}
