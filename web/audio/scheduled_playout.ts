/**
 * Plays on the page's main thread, where there is no AudioWorklet: on pages that are no secure context.
 *
 * What is to be played is made a little ahead and handed to the browser as buffers, each with the time
 * at which it begins, so that a thread that is late by less than that is not heard. A
 * `ScriptProcessorNode` bears half its delay; these bear all of it but one interval.
 *
 * @module
 */

import type { FromPlayout, ToPlayout } from "./audio_messages.ts";
import { Playout } from "./playout.ts";

/** How often there is a look at what is to be played, in ms; packets are one more occasion. */
const INTERVAL = 5;
/** Frames are made in multiples of this. */
const BLOCK = 128;
/** How far ahead is made, in seconds: at first, at least and at most. */
const AHEAD = { first: 0.025, least: 0.02, most: 0.12 };
/** What is added when it was too late, and taken off in each second when it was not; in seconds. */
const MORE = 0.01;
const LESS = 0.000_2;
/** Seconds between two reports. */
const REPORT_INTERVAL = 0.25;

export class ScheduledPlayout {
  /** Where the sound comes out. */
  readonly node: GainNode;
  readonly #context: AudioContext;
  readonly #playout: Playout;
  #port: MessagePort | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Up to where there is something to play, in frames of the context. */
  #end = 0;
  #ahead = AHEAD.first;
  #reportAt = 0;
  /** How often it came too late. */
  late = 0;

  constructor(context: AudioContext) {
    this.#context = context;
    this.#playout = new Playout(context.sampleRate);
    this.node = context.createGain();
  }

  /** Samples come from this port's other end, and reports go there. */
  connect(port: MessagePort): void {
    this.#port?.close();
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<ToPlayout>) => {
      if (data.type === "samples") this.#playout.push(data);
      else this.#playout.extraDelay = data.frames;
      this.#play();
    };
    this.#timer ??= setInterval(() => this.#play(), INTERVAL);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#port?.close();
    this.#port = undefined;
    this.node.disconnect();
  }

  #play(): void {
    const { currentTime, sampleRate, state } = this.#context;
    if (state !== "running") return;
    const now = Math.ceil(currentTime * sampleRate / BLOCK) * BLOCK;
    if (this.#end < now) {
      // The first time is no fault.
      if (this.#end > 0) {
        this.late++;
        this.#ahead = Math.min(this.#ahead + MORE, AHEAD.most);
      }
      this.#end = now + BLOCK;
    }
    const until = now + this.#ahead * sampleRate;
    const frames = Math.ceil((until - this.#end) / BLOCK) * BLOCK;
    if (frames <= 0) return;
    this.#ahead = Math.max(this.#ahead - LESS * frames / sampleRate, AHEAD.least);
    this.#schedule(frames);
    if (this.#end < this.#reportAt) return;
    this.#reportAt = this.#end + REPORT_INTERVAL * sampleRate;
    const message: FromPlayout = { type: "report", report: this.#playout.report() };
    this.#port?.postMessage(message);
  }

  #schedule(frames: number): void {
    const { sampleRate } = this.#context;
    const channels = [new Float32Array(frames), new Float32Array(frames)] as const;
    this.#playout.render(channels, this.#end);
    const start = this.#end / sampleRate;
    this.#end += frames;
    // Nothing needs no buffer.
    if (channels.every((samples) => samples.every((sample) => sample === 0))) return;
    const buffer = this.#context.createBuffer(channels.length, frames, sampleRate);
    channels.forEach((samples, channel) => buffer.copyToChannel(samples, channel));
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.node);
    source.onended = () => source.disconnect();
    source.start(start);
  }
}
