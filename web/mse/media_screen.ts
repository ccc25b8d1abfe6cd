/**
 * Shows access units in a video element, by Media Source Extensions. One is for one decoder: whatever goes
 * wrong, the next one starts with a source of its own.
 *
 * @module
 */

import { initializationSegment, mediaSegment, TIMESCALE } from "./fragmented_mp4.ts";
import { type EdgeFrame, LiveEdge } from "./live_edge.ts";
import { mediaSource } from "./media_source.ts";
import { MediaTimeline, type TimelineKind } from "./media_timeline.ts";
import type { FromScreen, ToScreen } from "./mse_messages.ts";

type Unit = Extract<ToScreen, { type: "unit" }>;

/** Within this the browser tells that a frame is shown, if it tells; in ms. */
const TOLD_WITHIN = 1_000;
/** A frame that the browser has, and has not shown yet. */
interface Appended {
  readonly timestamp: number;
  /** In seconds. */
  readonly time: number;
  /** When it was appended, in ms. */
  readonly at: number;
  readonly keyframe: boolean;
}

export interface MediaScreenOptions {
  readonly video: HTMLVideoElement;
  readonly timeline: TimelineKind;
  tell(message: FromScreen): void;
}

export class MediaScreen implements Disposable {
  readonly #options: MediaScreenOptions;
  readonly #source: MediaSource;
  readonly #timeline: MediaTimeline;
  readonly #url: string;
  readonly #edge = new LiveEdge();
  readonly #until = new AbortController();
  #buffer: SourceBuffer | undefined;
  /** Units that wait for the browser to be done with those before. */
  #waiting: Unit[] = [];
  #appended: Appended[] = [];
  #sequence = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Up to where nothing is needed any more, in seconds. */
  #useless = 0;

  constructor(options: MediaScreenOptions) {
    this.#options = options;
    const Source = mediaSource();
    if (Source === undefined) throw new Error("This browser has no Media Source Extensions");
    this.#source = new Source();
    this.#timeline = new MediaTimeline(options.timeline);
    const { video } = options;
    const { signal } = this.#until;
    this.#source.addEventListener("sourceopen", () => this.#next(), { signal });
    video.addEventListener("error", () => this.#fail(mediaError(video)), { signal });
    document.addEventListener("visibilitychange", () => {
      // Browsers may stop a video that nobody sees.
      if (document.visibilityState === "visible") this.#play();
      else this.#shownUpTo(Infinity);
    }, { signal });
    this.#url = URL.createObjectURL(this.#source);
    video.src = this.#url;
    this.#watch();
    if (options.timeline === "running") this.#stir();
    this.#play();
  }

  show(unit: Unit): void {
    this.#waiting.push(unit);
    this.#next();
  }

  [Symbol.dispose](): void {
    this.#until.abort();
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#appended = [];
    this.#buffer = undefined;
    URL.revokeObjectURL(this.#url);
  }

  /** Lets the browser do what is next, if it is done with what was before. */
  #next(): void {
    if (this.#source.readyState !== "open" || this.#buffer?.updating) return;
    try {
      if (this.#waiting.length > 0) this.#append(this.#waiting.shift()!);
      else if (this.#useless > 0 && this.#buffer !== undefined) {
        this.#buffer.remove(0, this.#useless);
        this.#useless = 0;
      }
    } catch (error) {
      this.#fail(error);
    }
  }

  #append(unit: Unit): void {
    const { accessUnit, config, keyframe, timestamp } = unit;
    const parts: Uint8Array<ArrayBuffer>[] = [];
    if (config !== undefined) {
      this.#prepare(`video/mp4; codecs="${config.codec}"`);
      const size = { width: config.codedWidth, height: config.codedHeight };
      parts.push(initializationSegment(accessUnit, size));
    }
    const { video } = this.#options;
    const ahead = this.#timeline.ahead(video.currentTime);
    const { duration, time } = this.#timeline.place(video.currentTime);
    parts.push(mediaSegment({ sequence: ++this.#sequence, time, duration, keyframe, accessUnit }));
    this.#appended.push({
      timestamp,
      time: time / TIMESCALE,
      at: performance.now(),
      keyframe,
    });
    this.#lookLater();
    this.#buffer!.appendBuffer(joined(parts));
    this.#follow({ ahead, keyframe, octets: accessUnit.length }, time / TIMESCALE);
  }

  #prepare(type: string): void {
    if (this.#buffer !== undefined) return this.#buffer.changeType(type);
    this.#buffer = this.#source.addSourceBuffer(type);
    const { signal } = this.#until;
    this.#buffer.addEventListener("updateend", () => {
      if (document.visibilityState !== "visible" || !this.#tells) this.#shownUpTo(Infinity);
      this.#next();
    }, { signal });
    this.#buffer.addEventListener("error", () => {
      this.#fail(new DOMException("The browser cannot read the stream", "EncodingError"));
    }, { signal });
  }

  /** Holds the live edge. @param time Where the frame lies, in seconds. */
  #follow(frame: EdgeFrame, time: number): void {
    const { video } = this.#options;
    const { ask, jump, rate } = this.#edge.add(frame);
    if (video.playbackRate !== rate) video.playbackRate = rate;
    if (jump) video.currentTime = time;
    if (ask !== undefined) this.#options.tell({ type: "wants-keyframe", reason: ask });
  }

  /** Whether the browser tells when a frame is shown. */
  get #tells(): boolean {
    return "requestVideoFrameCallback" in this.#options.video;
  }

  #watch(): void {
    if (!this.#tells) return;
    const { video } = this.#options;
    const id = video.requestVideoFrameCallback((_now, { mediaTime }) => {
      this.#watch();
      // Browsers count in other units.
      this.#shownUpTo(mediaTime + 0.000_5);
    });
    this.#until.signal.addEventListener("abort", () => video.cancelVideoFrameCallback(id), {
      once: true,
    });
  }

  /** A busy browser may not tell of every frame; one that the clock has passed will not come any more. */
  #lookLater(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const now = performance.now();
      const { currentTime } = this.#options.video;
      const passed = this.#appended.findLast(({ at, time }) =>
        at < now - TOLD_WITHIN && time <= currentTime
      );
      if (passed !== undefined) this.#shownUpTo(passed.time);
      if (this.#appended.length > 0) this.#lookLater();
    }, TOLD_WITHIN);
  }

  /** @param time In seconds of the medium. */
  #shownUpTo(time: number): void {
    const { videoHeight: height, videoWidth: width } = this.#options.video;
    while (this.#appended.length > 0 && this.#appended[0]!.time <= time) {
      const frame = this.#appended.shift()!;
      this.#options.tell({ type: "shown", timestamp: frame.timestamp, width, height });
      if (frame.keyframe) this.#useless = frame.time - 0.001;
    }
    this.#next();
  }

  /**
   * Keeps the browser drawing for as long as the page is seen. Chromium else looks for new frames of a video
   * that has shown none for some time every 250 ms only, or later.
   */
  #stir(): void {
    if (!this.#until.signal.aborted) requestAnimationFrame(() => this.#stir());
  }

  #play(): void {
    const { video } = this.#options;
    video.play().catch((error) => {
      // A new source ends what waited for the old one.
      const { signal } = this.#until;
      if (!signal.aborted && error?.name !== "AbortError") this.#fail(error);
    });
  }

  #fail(error: unknown): void {
    if (this.#until.signal.aborted) return;
    this[Symbol.dispose]();
    const { message, name } = error instanceof Error ? error : new Error(String(error));
    this.#options.tell({ type: "error", name, message });
  }
}

function mediaError({ error }: HTMLVideoElement): Error {
  return new DOMException(error?.message || `The video failed: ${error?.code}`, "EncodingError");
}

function joined(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer> {
  if (parts.length === 1) return parts[0]!;
  const octets = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    octets.set(part, at);
    at += part.length;
  }
  return octets;
}
