/**
 * Keeps a decoder going. Every frame is a reference for the next, so every access unit is decoded,
 * in order, from a keyframe on; what a decoder does wrong is answered in steps that end:
 *
 * 1. an error: go on from a new keyframe, with a new decoder if this one closed itself;
 * 2. another within {@link FAULT_WINDOW}: a new decoder in any case;
 * 3. another: a new decoder in software;
 * 4. another: stop, say so, and try again after 5, 10 and 20 s;
 * 5. after that: stopped for good.
 *
 * @module
 */

import type { DecoderConfig } from "../../src/protocol/video_message.ts";
import type {
  Acceleration,
  AccessUnit,
  DecodedFrame,
  DecoderFactory,
  PictureDecoder,
} from "./picture_decoder.ts";

/** Errors further apart than this have nothing to do with each other; in ms. */
export const FAULT_WINDOW = 10_000;
/** A decoder that holds a frame for longer than this has stalled; in ms. */
export const STALL_TIMEOUT = 3_000;
/** Pauses before the last attempts; in ms. */
export const RETRY_DELAYS: readonly number[] = [5_000, 10_000, 20_000];
/** Keyframes are asked for at most this often; in ms. */
export const KEYFRAME_INTERVAL = 1_000;

/** What the page is told when the decoder is at its end. */
export interface DecoderTrouble {
  readonly error: Error;
  /** When the next attempt is, in ms from now; undefined if there is none. */
  readonly retryIn: number | undefined;
}

export interface DecoderSupervisorOptions<Frame extends DecodedFrame> {
  readonly create: DecoderFactory<Frame>;
  /**
   * Takes a frame, and closes it.
   * @param pending How many access units are still in the decoder.
   */
  frame(frame: Frame, pending: number): void;
  requestKeyframe(reason: string): void;
  /** Undefined when frames come again. */
  trouble(trouble: DecoderTrouble | undefined): void;
  /** Monotonic, in ms. */
  now(): number;
  /** @returns What cancels it. */
  schedule(ms: number, callback: () => void): () => void;
}

/** The decoder has taken access units and gives no frames. */
export class DecoderStalledError extends Error {
  override readonly name = "DecoderStalledError";
}

export class DecoderSupervisor<Frame extends DecodedFrame> {
  readonly #options: DecoderSupervisorOptions<Frame>;
  #decoder: PictureDecoder | undefined;
  #config: DecoderConfig | undefined;
  #acceleration: Acceleration = "no-preference";
  #needsKeyframe = true;
  #pending = 0;
  #faults: number[] = [];
  #retries = 0;
  #paused = false;
  #troubled = false;
  #askedAt = -Infinity;
  #progressAt = 0;
  #cancelWatch: (() => void) | undefined;
  #cancelRetry: (() => void) | undefined;
  /** Faults since the start; for statistics. */
  faults = 0;

  constructor(options: DecoderSupervisorOptions<Frame>) {
    this.#options = options;
  }

  /** Access units in the decoder. */
  get pending(): number {
    return this.#pending;
  }

  get config(): DecoderConfig | undefined {
    return this.#config;
  }

  get acceleration(): Acceleration {
    return this.#acceleration;
  }

  /** @returns Whether the unit went into a decoder. */
  decode(unit: AccessUnit): boolean {
    if (this.#paused) return false;
    if (this.#needsKeyframe && !unit.keyframe) {
      this.#ask("There is no keyframe to start from");
      return false;
    }
    try {
      this.#prepare(unit);
      this.#decoder?.decode(unit);
    } catch (error) {
      this.#fault(asError(error));
      return false;
    }
    this.#needsKeyframe = false;
    if (this.#pending++ === 0) this.#progressAt = this.#options.now();
    this.#watch();
    return true;
  }

  /** Another stream begins: forgets the references, keeps what was learnt of the decoder. */
  restart(): void {
    this.#dropDecoder();
    this.#config = undefined;
    this.#needsKeyframe = true;
    this.#askedAt = -Infinity;
  }

  /** Somebody asked for one more attempt after all. */
  retry(): void {
    if (!this.#paused) return;
    this.#retries = 0;
    this.#resume();
  }

  [Symbol.dispose](): void {
    this.#paused = true;
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#dropDecoder();
  }

  #prepare(unit: AccessUnit): void {
    const config = unit.config ?? this.#config;
    if (config === undefined) throw new Error("The first keyframe has no decoder configuration");
    const fresh = this.#decoder === undefined || this.#decoder.closed;
    if (fresh) {
      this.#dropDecoder();
      this.#decoder = this.#open();
    }
    if (fresh || !sameConfig(config, this.#config)) {
      this.#decoder?.configure(config, this.#acceleration);
    }
    this.#config = config;
  }

  #open(): PictureDecoder {
    const decoder: PictureDecoder = this.#options.create({
      frame: (frame) => {
        if (decoder !== this.#decoder) return frame.close();
        this.#onFrame(frame);
      },
      error: (error) => {
        if (decoder === this.#decoder) this.#fault(error);
      },
      wantsKeyframe: (reason) => {
        if (decoder === this.#decoder) this.#ask(reason);
      },
    });
    return decoder;
  }

  #onFrame(frame: Frame): void {
    this.#pending = Math.max(0, this.#pending - 1);
    this.#progressAt = this.#options.now();
    if (this.#troubled) {
      this.#troubled = false;
      this.#options.trouble(undefined);
    }
    this.#options.frame(frame, this.#pending);
  }

  #fault(error: Error): void {
    const now = this.#options.now();
    this.faults++;
    const last = this.#faults.at(-1);
    if (last !== undefined && now - last > FAULT_WINDOW) {
      this.#faults = [];
      this.#retries = 0;
    }
    this.#faults.push(now);
    this.#needsKeyframe = true;
    this.#pending = 0;
    const count = this.#faults.length;
    if (count >= 2 || this.#decoder?.closed) this.#dropDecoder();
    if (count >= 3) this.#acceleration = "prefer-software";
    if (count >= 4) return this.#pause(error);
    this.#askedAt = -Infinity;
    this.#ask(`${error.name}: ${error.message}`);
  }

  #pause(error: Error): void {
    this.#paused = true;
    this.#troubled = true;
    this.#dropDecoder();
    const retryIn = RETRY_DELAYS[this.#retries++];
    if (retryIn !== undefined) {
      this.#cancelRetry = this.#options.schedule(retryIn, () => this.#resume());
    }
    this.#options.trouble({ error, retryIn });
  }

  #resume(): void {
    this.#cancelRetry?.();
    this.#cancelRetry = undefined;
    this.#paused = false;
    // One more error pauses again, for longer: an attempt is one decoder, not four.
    this.#faults = this.#faults.slice(-3).map(() => this.#options.now());
    this.#askedAt = -Infinity;
    this.#ask("The decoder starts again");
  }

  #ask(reason: string): void {
    const now = this.#options.now();
    if (now - this.#askedAt < KEYFRAME_INTERVAL) return;
    this.#askedAt = now;
    this.#options.requestKeyframe(reason);
  }

  /** One timer however many frames there are: it looks again instead of being set anew. */
  #watch(): void {
    if (this.#cancelWatch !== undefined) return;
    const wait = Math.max(50, this.#progressAt + STALL_TIMEOUT - this.#options.now());
    this.#cancelWatch = this.#options.schedule(wait, () => {
      this.#cancelWatch = undefined;
      if (this.#pending === 0) return;
      if (this.#options.now() - this.#progressAt < STALL_TIMEOUT) return this.#watch();
      const stalled = `The decoder has held ${this.#pending} frames for ${STALL_TIMEOUT} ms`;
      this.#dropDecoder();
      this.#fault(new DecoderStalledError(stalled));
    });
  }

  #dropDecoder(): void {
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
    this.#pending = 0;
    const decoder = this.#decoder;
    this.#decoder = undefined;
    decoder?.close();
  }
}

function sameConfig(a: DecoderConfig, b: DecoderConfig | undefined): boolean {
  return a.codec === b?.codec && a.codedWidth === b.codedWidth && a.codedHeight === b.codedHeight;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
