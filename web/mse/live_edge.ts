/**
 * Keeps what is shown close to what has come, and what the browser holds small.
 *
 * @module
 */

/** What is not played yet is played faster above this, in seconds; up to four times as fast. */
export const MOST_AHEAD = 0.1;
export const FASTEST = 4;
/** Above this it is jumped over, to the next keyframe; in seconds. */
export const FAR_AHEAD = 1;
/** After so many octets a keyframe is asked for, so that what comes before it can be thrown away. */
export const MOST_KEPT = 24 * 2 ** 20;

/** A frame that goes to the browser. */
export interface EdgeFrame {
  /** How much there is to play before it that was not played yet, in seconds. */
  readonly ahead: number;
  readonly keyframe: boolean;
  readonly octets: number;
}

/** What to do then. */
export interface EdgeSteps {
  /** How fast to play. */
  readonly rate: number;
  /** Whether to go to this frame at once. */
  readonly jump: boolean;
  /** Why a keyframe is to be asked for, if one is; each is asked for once. */
  readonly ask: string | undefined;
}

export class LiveEdge {
  /** Octets since the last keyframe, which is what browsers keep. */
  #kept = 0;
  /** Whether a keyframe has been asked for that has not come. */
  #asked = false;

  add({ ahead, keyframe, octets }: EdgeFrame): EdgeSteps {
    if (keyframe) {
      this.#kept = 0;
      this.#asked = false;
    }
    this.#kept += octets;
    const far = ahead >= FAR_AHEAD;
    const reason = far && !keyframe
      ? "The video is behind"
      : this.#kept > MOST_KEPT
      ? "The browser keeps all since the last one"
      : undefined;
    const ask = this.#asked ? undefined : reason;
    this.#asked ||= ask !== undefined;
    const rate = Math.min(Math.max(1, ahead / MOST_AHEAD), FASTEST);
    return { rate, jump: far && keyframe, ask };
  }
}
