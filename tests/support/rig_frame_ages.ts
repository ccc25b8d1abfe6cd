/**
 * How old the moving picture is on a viewer's display: which of its frames stands there, against when the
 * program on the remote display showed it. Both are programs of this machine, with one clock.
 *
 * @module
 */
import { FrameCounter } from "./rig_frames.ts";
import { CounterStrip, type Placement } from "./rig_scene.ts";

/** A frame on the viewer's display. Times in ms since 1970. */
export interface SeenFrame {
  readonly at: number;
  /** How old it was when it appeared, in ms. */
  readonly age: number;
}

/** What was read from the viewer's display: the last bits of a frame's number. */
interface ReadFrame {
  readonly number: number;
  readonly at: number;
}

/**
 * Dates frames by their numbers, of which only the last bits are known. What seems to be older than what
 * was there before was misread in a blurred picture, and is left out.
 *
 * @param seen what was read from the viewer's display, the oldest first
 * @param shown when each frame was shown on the remote display, from the first on
 */
export function dateFrames(
  seen: readonly ReadFrame[],
  shown: ArrayLike<number>,
): SeenFrame[] {
  const modulus = 1 << CounterStrip.bits;
  const frames: SeenFrame[] = [];
  let latest = -1, last = -1;
  for (const { at, number } of seen) {
    while (latest + 1 < shown.length && shown[latest + 1]! <= at) latest++;
    const index = latest - (latest - number % modulus + modulus) % modulus;
    const time = shown[index];
    if (latest < 0 || time === undefined || index < last) continue;
    last = index;
    frames.push({ at, age: at - time });
  }
  return frames;
}

/** The oldest that the picture was on the display between two moments, standing still included; in ms. */
export function worstAge(frames: readonly SeenFrame[], from: number, to: number): number {
  let worst = 0;
  frames.forEach(({ age, at }, i) => {
    const end = Math.min(frames[i + 1]?.at ?? to, to);
    if (at < to && end > from) worst = Math.max(worst, age + end - at);
  });
  return worst;
}

/** A picture that stands for longer than this is not live, however young it was; in ms. */
const STANDING = 500;

/**
 * How long after a moment the first frame is that is young, as are all after it; in ms, Infinity if there is none
 * until `to`.
 *
 * @param limit the oldest that a frame may be when it appears, in ms
 */
export function youngAfter(
  frames: readonly SeenFrame[],
  from: number,
  to: number,
  limit: number,
): number {
  const within = frames.filter(({ at }) => at > from && at <= to);
  let since = from, last = from, young = false;
  for (const { age, at } of within) {
    if (age > limit) young = false;
    else if (!young || at - last > STANDING) {
      since = at;
      young = true;
    }
    last = at;
  }
  return young && within.length > 0 && to - last <= STANDING ? since - from : Infinity;
}

/** Watches a viewer's display, and reads the times that the moving picture writes. */
export class FrameAges implements AsyncDisposable {
  readonly #seen: readonly ReadFrame[];
  readonly #times: string;
  readonly #counter: FrameCounter;

  private constructor(times: string, counter: FrameCounter, seen: readonly ReadFrame[]) {
    this.#times = times;
    this.#counter = counter;
    this.#seen = seen;
  }

  /** @param times the file of the moving picture's `--times` */
  static async start(display: string, placement: Placement, times: string): Promise<FrameAges> {
    const seen: ReadFrame[] = [];
    const counter = await FrameCounter.start(display, placement, (number, at) => {
      seen.push({ number, at: performance.timeOrigin + at });
    });
    return new FrameAges(times, counter, seen);
  }

  /** The frames up to now. */
  async frames(): Promise<SeenFrame[]> {
    const octets = await Deno.readFile(this.#times);
    const whole = octets.slice(0, octets.length - octets.length % 8);
    return dateFrames(this.#seen, new Float64Array(whole.buffer));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#counter[Symbol.asyncDispose]();
  }
}
