/**
 * Makes one stream of the frames that come by several paths. While the picture moves from one to
 * another, frames may come by both.
 *
 * @module
 */

import type { VideoHeader } from "../../src/protocol/video_message.ts";

export class VideoSwitch<Path> {
  #path: Path | undefined;
  #sequence: number | undefined;

  /** @returns Whether the frame belongs to the stream, and is the next one. */
  accept(path: Path, { sequence, keyframe }: Pick<VideoHeader, "sequence" | "keyframe">): boolean {
    // Serial number arithmetic (RFC 1982 §3.2): numbers wrap.
    const newer = this.#sequence === undefined || ((sequence - this.#sequence) | 0) > 0;
    // Another path begins with a keyframe: what comes before that refers to frames it has not brought.
    if (!newer || (path !== this.#path && this.#path !== undefined && !keyframe)) return false;
    this.#path = path;
    this.#sequence = sequence;
    return true;
  }

  /** Another stream begins. */
  reset(): void {
    this.#path = this.#sequence = undefined;
  }
}
