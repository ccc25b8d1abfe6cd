/**
 * Counts the frames of the moving picture that reach the viewer's display.
 *
 * @module
 */
import { CounterStrip, MotionWindow, place, type Placement } from "./rig_scene.ts";
import { luma, RigDisplay } from "./rig_x11.ts";

/** What was seen of the moving picture. */
export interface FrameCount {
  /** Different frames that were on the display, one after another. */
  readonly frames: number;
  /** Between the first and the last of them, in milliseconds. */
  readonly spanMs: number;
  /** Frames of the source in that span, shown or not. */
  readonly played: number;
  /** The longest time that one frame stood, in milliseconds. */
  readonly longestMs: number;
}

/** Frames a second; 0 when fewer than two frames were seen. */
export function displayedRate({ frames, spanMs }: FrameCount): number {
  return spanMs > 0 ? (frames - 1) * 1000 / spanMs : 0;
}

/** Adds counts of several stretches up. */
export function addCounts(a: FrameCount, b: FrameCount): FrameCount {
  if (a.frames === 0) return b;
  if (b.frames === 0) return a;
  return {
    frames: a.frames + b.frames - 1, // the gap between the stretches is in no span
    spanMs: a.spanMs + b.spanMs,
    played: a.played + b.played,
    longestMs: Math.max(a.longestMs, b.longestMs),
  };
}

/** Watches the counter strip, on a connection of its own, whenever the display has changed. */
export class FrameCounter implements AsyncDisposable {
  readonly #display: RigDisplay;
  readonly #placement: Placement;
  #stop = () => {};
  #reading: Promise<void> | undefined;
  #again = false;
  #last = -1;
  #firstAt = 0;
  #lastAt = 0;
  #count: FrameCount = { frames: 0, spanMs: 0, played: 0, longestMs: 0 };
  readonly #seen: (number: number, at: number) => void;

  private constructor(
    display: RigDisplay,
    placement: Placement,
    seen: (number: number, at: number) => void,
  ) {
    this.#display = display;
    this.#placement = placement;
    this.#seen = seen;
  }

  /** @param seen Called with each new frame's number, as the strip has it, and `performance.now()`. */
  static async start(
    display: string,
    placement: Placement,
    seen: (number: number, at: number) => void = () => {},
  ): Promise<FrameCounter> {
    const counter = new FrameCounter(await RigDisplay.open(display), placement, seen);
    counter.#stop = await counter.#display.watchDamage(() => counter.#changed());
    return counter;
  }

  #changed(): void {
    this.#again = true;
    this.#reading ??= this.#drain().finally(() => this.#reading = undefined);
  }

  async #drain(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const number = await this.#read();
      if (number === this.#last) continue;
      this.#note(number, performance.now());
    }
  }

  #note(number: number, now: number): void {
    const { frames, played, longestMs } = this.#count;
    if (frames === 0) this.#firstAt = now;
    const modulus = 1 << CounterStrip.bits;
    this.#count = {
      frames: frames + 1,
      spanMs: now - this.#firstAt,
      played: frames === 0 ? 0 : played + (number - this.#last + modulus) % modulus,
      longestMs: frames === 0 ? 0 : Math.max(longestMs, now - this.#lastAt),
    };
    this.#last = number;
    this.#lastAt = now;
    this.#seen(number, now);
  }

  async #read(): Promise<number> {
    const { bits, cell } = CounterStrip;
    const middle = cell / 2;
    const left = place(this.#placement, MotionWindow.x + middle, MotionWindow.y + middle);
    const right = place(
      this.#placement,
      MotionWindow.x + (bits - 1) * cell + middle,
      MotionWindow.y + middle,
    );
    const width = right.x - left.x + 1;
    const { data } = await this.#display.picture(left.x, left.y, width, 1);
    let number = 0;
    for (let bit = 0; bit < bits; bit++) {
      const x = Math.round(bit * (width - 1) / (bits - 1));
      number = number << 1 | (luma(data, x * 4) >= 128 ? 1 : 0);
    }
    return number;
  }

  /** What has been seen up to now. */
  get count(): FrameCount {
    return this.#count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await this.#reading;
    await this.#display[Symbol.asyncDispose]();
  }
}
