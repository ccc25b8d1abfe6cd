/**
 * What the viewer measures: counts, rates, and the split of the latency.
 *
 * @module
 */

import type { ServerMessage } from "../../src/protocol/control_message.ts";
import { PictureAge } from "../audio/picture_age.ts";
import type { SoundStatistics } from "../audio/sound_player.ts";
import type { DecoderConfig, VideoHeader } from "../../src/protocol/video_message.ts";
import { type FrameTimes, inputLatency, latencySplit } from "./latency.ts";
import { History, type HistorySample } from "./history.ts";
import type { Routes } from "./transport_log.ts";
import { SampleWindow } from "./sample_window.ts";
import type { ServerClock } from "./server_clock.ts";

/** The last value and the median of the last {@link FRAMES} in ms; undefined while unknown. */
export interface Measured {
  readonly last: number | undefined;
  readonly median: number | undefined;
}

/** All that the statistics panel shows. Plain data: it crosses from the worker to the page. */
export interface ViewerStatistics {
  readonly transport: string | undefined;
  readonly routes: Routes;
  readonly codec: string | undefined;
  readonly encoder: string | undefined;
  readonly acceleration: string;
  /** Why it is another decoder than the first; empty if it is not. */
  readonly decoderReason: string;
  readonly width: number;
  readonly height: number;
  /** Drawn a second, over the last two. */
  readonly framesPerSecond: number;
  /** Of video received, over the last two seconds. */
  readonly kilobitsPerSecond: number;
  readonly rtt: Measured;
  readonly latency: Readonly<Record<LatencyPart, Measured>>;
  /** From a key press, click or wheel turn to the picture that answers it. */
  readonly inputToPhoton: Measured & { readonly count: number };
  readonly uplink: Measured;
  readonly answer: Measured;
  readonly framesReceived: number;
  readonly framesDrawn: number;
  readonly keyframes: number;
  readonly topOffs: number;
  readonly decoderFaults: number;
  readonly decoderPending: number;
  readonly reconnects: number;
  readonly server: ServerStatistics | undefined;
  /** Undefined while sound is off. */
  readonly sound: SoundStatistics | undefined;
  /** Of the last minute, the oldest first; as long as the picture moves. */
  readonly history: readonly HistorySample[];
  /** When this was true, in ms since 1970. */
  readonly at: number;
}

export type ServerStatistics = Extract<ServerMessage, { type: "statistics" }>;

const PARTS = ["wait", "grab", "convert", "encode", "network", "decode", "present"] as const;
export type LatencyPart = typeof PARTS[number];

const FRAMES = 120;
const RATE_WINDOW = 2_000;
/** An answer later than this answers something else, a blinking caret say; in ms. */
const LATEST_ANSWER = 2_000;

/** What is asked of others when a snapshot is taken. */
export interface Surroundings {
  readonly transport: string | undefined;
  readonly routes: Routes;
  readonly encoder: string | undefined;
  readonly acceleration: string;
  readonly decoderReason: string;
  readonly config: DecoderConfig | undefined;
  readonly width: number;
  readonly height: number;
  readonly decoderFaults: number;
  readonly decoderPending: number;
  readonly reconnects: number;
  readonly sound: SoundStatistics | undefined;
  /** Monotonic, the same clock as {@link FrameTimes}. */
  readonly now: number;
}

export class StatisticsCollector {
  readonly #clock: () => ServerClock;
  readonly #parts: Record<LatencyPart, SampleWindow>;
  readonly #rtt = new SampleWindow(16);
  readonly #total = new SampleWindow(FRAMES);
  readonly #uplink = new SampleWindow(FRAMES);
  readonly #answer = new SampleWindow(FRAMES);
  readonly #pictureAge = new PictureAge();
  readonly #history = new History();
  #drawn: number[] = [];
  #received: { at: number; octets: number }[] = [];
  #counts = { framesReceived: 0, framesDrawn: 0, keyframes: 0, topOffs: 0 };
  server: ServerStatistics | undefined;

  /** @param clock That of the server connected to. */
  constructor(clock: () => ServerClock) {
    this.#clock = clock;
    this.#parts = Object.fromEntries(
      PARTS.map((part) => [part, new SampleWindow(FRAMES)]),
    ) as Record<LatencyPart, SampleWindow>;
  }

  /** @param octets Of the whole message. */
  received(header: VideoHeader, octets: number, at: number): void {
    this.#counts.framesReceived++;
    if (header.keyframe) this.#counts.keyframes++;
    if (header.topOff) this.#counts.topOffs++;
    this.#received.push({ at, octets });
    while ((this.#received[0]?.at ?? at) < at - RATE_WINDOW) this.#received.shift();
  }

  /** @param inputAt When the event happened that this is the first picture after, if there is one. */
  presented(header: VideoHeader, times: FrameTimes, inputAt: number | undefined): void {
    this.#counts.framesDrawn++;
    this.#drawn.push(times.presented);
    const since = times.presented - RATE_WINDOW;
    while ((this.#drawn[0] ?? since) < since) this.#drawn.shift();
    // A top-off is late on purpose, and answers nobody.
    if (header.topOff) return;
    const changedAt = this.#clock().toViewer(header.captureTime - header.damageToGrab);
    const age = changedAt === undefined ? undefined : times.presented - changedAt;
    if (age !== undefined) this.#pictureAge.add(age, times.presented);
    this.#history.note(times.presented, () => ({
      queueDelay: this.#queueDelay,
      rate: this.server?.pathKbit,
      bitrate: this.#kilobitsPerSecond(times.presented),
      // The first picture shows what may have changed long before anybody looked.
      age: this.#drawn.length === 1 ? undefined : age,
    }));
    const split = latencySplit(header, times, this.#clock());
    for (const part of PARTS) this.#parts[part].add(split[part]);
    if (inputAt === undefined) return;
    const { total, uplink, answer } = inputLatency(header, times, inputAt, this.#clock());
    if (total > LATEST_ANSWER) return;
    this.#total.add(total);
    this.#uplink.add(uplink);
    this.#answer.add(answer);
  }

  /** How old a moving picture is when it is seen, in ms; undefined while nothing moves. */
  pictureAge(now: number): number | undefined {
    return this.#pictureAge.at(now);
  }

  ponged(rtt: number): void {
    this.#rtt.add(rtt);
  }

  /** A new connection: what was measured on the old one says nothing about it. */
  restart(): void {
    for (const part of PARTS) this.#parts[part].clear();
    for (const window of [this.#rtt, this.#total, this.#uplink, this.#answer]) window.clear();
    this.#drawn = [];
    this.#received = [];
    this.server = undefined;
  }

  snapshot(around: Surroundings): ViewerStatistics {
    const since = around.now - RATE_WINDOW;
    const drawn = this.#drawn.filter((at) => at >= since).length;
    const { config, now, ...rest } = around;
    return {
      ...rest,
      codec: config?.codec,
      framesPerSecond: drawn * 1000 / RATE_WINDOW,
      kilobitsPerSecond: this.#kilobitsPerSecond(now),
      rtt: measured(this.#rtt),
      latency: Object.fromEntries(
        PARTS.map((part) => [part, measured(this.#parts[part])]),
      ) as Record<LatencyPart, Measured>,
      inputToPhoton: { ...measured(this.#total), count: this.#total.count },
      uplink: measured(this.#uplink),
      answer: measured(this.#answer),
      ...this.#counts,
      server: this.server,
      history: this.#history.samples(now),
      at: now,
    };
  }

  /** As the server tells it; else what answers take longer now than they did at best. */
  get #queueDelay(): number | undefined {
    const { last, least } = this.#rtt;
    return this.server?.queueMs ??
      (last === undefined || least === undefined ? undefined : last - least);
  }

  /** Of video received over the last {@link RATE_WINDOW}. */
  #kilobitsPerSecond(now: number): number {
    let octets = 0;
    for (const item of this.#received) if (item.at >= now - RATE_WINDOW) octets += item.octets;
    return octets * 8 / RATE_WINDOW;
  }
}

function measured(window: SampleWindow): Measured {
  return { last: window.last, median: window.median };
}
