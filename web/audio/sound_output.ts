/**
 * The page's loudspeaker: the audio context, and whether the browser lets it be heard.
 *
 * Browsers keep pages silent until somebody has done something on them. So sound starts off, and one
 * button turns it on; the page remembers that, and turns it on by itself the next time, as soon as the
 * browser allows.
 *
 * @module
 */

import type { OutputClock } from "./audio_messages.ts";
import { readOutputClock } from "./output_clock.ts";
import { openSpeaker, type Speaker } from "./speaker.ts";

/** What the button shows. */
export type SoundState =
  /** Not wanted. */
  | "off"
  | "starting"
  /** The browser waits for a click or a key. */
  | "blocked"
  | "on"
  /** Something that is no policy is in the way. */
  | "failed";

export interface SoundOutputOptions {
  /** Where the audio thread's script is. */
  readonly script: URL;
  /** Samples come from this port's other end; undefined: nobody hears any more. */
  connect(port: MessagePort | undefined): void;
  clock(clock: OutputClock): void;
  /** @param reason Why it has failed; for people. */
  changed(state: SoundState, reason: string): void;
}

const RATE = 48_000;
/** How often the clocks are compared, in ms. */
const CLOCK_INTERVAL = 1_000;
/** A browser that allows sound has it running by then, in ms. */
const ALLOWED_WITHIN = 1_500;
/** What counts as a gesture (HTML, "user activation"). */
const GESTURES = ["pointerup", "mousedown", "keydown", "touchend"] as const;

/** An audio context and what hangs on it, from turning on to turning off. */
interface Opened {
  readonly context: AudioContext;
  readonly speaker: Speaker;
}

export class SoundOutput {
  readonly #options: SoundOutputOptions;
  #state: SoundState = "off";
  #wanted = false;
  #opened: Opened | undefined;
  /** Ends what belongs to one turning on. */
  #until = new AbortController();

  constructor(options: SoundOutputOptions) {
    this.#options = options;
  }

  /** Whether this browser can play sound. */
  static get supported(): boolean {
    return typeof AudioContext === "function";
  }

  get state(): SoundState {
    return this.#state;
  }

  /** The node that sound comes out of, for tests. */
  get node(): AudioNode | undefined {
    return this.#opened?.speaker.node;
  }

  /** Turns sound on: within a click, or the browser may not allow it yet. */
  async turnOn(): Promise<void> {
    if (this.#wanted) return this.#resume();
    this.#wanted = true;
    const until = this.#until = new AbortController();
    this.#show("starting");
    try {
      const context = openContext();
      until.signal.addEventListener("abort", () => close(context), { once: true });
      // Called now, while the click counts.
      const resumed = context.resume();
      const speaker = await openSpeaker(context, this.#options.script, (reason) => {
        this.turnOff();
        this.#show("failed", reason);
      });
      if (until.signal.aborted) return speaker.close();
      this.#open({ context, speaker }, until.signal);
      // It does not settle for as long as the browser does not allow it.
      await Promise.race([resumed, delay(ALLOWED_WITHIN, until.signal)]);
      if (!until.signal.aborted) this.#follow(context);
    } catch (error) {
      if (until.signal.aborted) return;
      this.turnOff();
      this.#show("failed", error instanceof Error ? error.message : String(error));
    }
  }

  turnOff(): void {
    this.#wanted = false;
    this.#until.abort();
    this.#opened = undefined;
    this.#options.connect(undefined);
    this.#show("off");
  }

  #open(opened: Opened, signal: AbortSignal): void {
    const { context, speaker } = opened;
    speaker.node.connect(context.destination);
    signal.addEventListener("abort", () => speaker.close(), { once: true });
    this.#opened = opened;
    context.addEventListener("statechange", () => this.#follow(context), { signal });
    for (const gesture of GESTURES) {
      addEventListener(gesture, () => this.#resume(), { capture: true, passive: true, signal });
    }
    const timer = setInterval(() => this.#tellClock(), CLOCK_INTERVAL);
    signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  }

  #resume(): void {
    const { context } = this.#opened ?? {};
    // Refused is refused: the state says so.
    if (context && context.state !== "running") context.resume().catch(() => {});
  }

  /** Sound is sent only while it is heard. */
  #follow(context: AudioContext): void {
    if (this.#opened?.context !== context) return;
    if (context.state !== "running") {
      if (this.#state === "on") this.#options.connect(undefined);
      return this.#show("blocked");
    }
    if (this.#state === "on") return;
    const { port1, port2 } = new MessageChannel();
    this.#opened.speaker.connect(port1);
    this.#options.connect(port2);
    this.#show("on");
    this.#tellClock();
  }

  #tellClock(): void {
    const { context } = this.#opened ?? {};
    if (context?.state !== "running") return;
    const now = performance.timeOrigin + performance.now();
    this.#options.clock(readOutputClock(context, navigator.userAgent, now));
  }

  #show(state: SoundState, reason = ""): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.changed(state, reason);
  }
}

/** At the stream's own rate, if the browser can: it has the better resampler for the sound card's. */
function openContext(): AudioContext {
  try {
    return new AudioContext({ latencyHint: "interactive", sampleRate: RATE });
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return new AudioContext({ latencyHint: "interactive" });
  }
}

function close(context: AudioContext): void {
  if (context.state !== "closed") context.close().catch(() => {});
}

function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
}
