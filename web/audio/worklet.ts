/**
 * The audio thread's part: plays what the worker sends. It is a bundle of its own, since an
 * AudioWorklet has a global scope of its own.
 *
 * @module
 */

import type { FromPlayout, PlayoutStart, ToPlayout } from "./audio_messages.ts";
import { Playout } from "./playout.ts";

/** What is used of `AudioWorkletGlobalScope`, which the DOM's types leave out. */
declare const currentFrame: number;
declare const sampleRate: number;
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  abstract process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean;
}
declare function registerProcessor(name: string, type: new () => AudioWorkletProcessor): void;

/** Seconds between two reports. */
const REPORT_INTERVAL = 0.25;

class PlayoutProcessor extends AudioWorkletProcessor {
  readonly #playout = new Playout(sampleRate);
  #worker: MessagePort | undefined;
  #reportAt = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<PlayoutStart>) => {
      this.#worker = data.port;
      data.port.onmessage = ({ data }: MessageEvent<ToPlayout>) => this.#onmessage(data);
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const output = outputs[0];
    if (output?.[0] !== undefined) this.#playout.render(output, currentFrame);
    if (currentFrame >= this.#reportAt) {
      this.#reportAt = currentFrame + REPORT_INTERVAL * sampleRate;
      const message: FromPlayout = { type: "report", report: this.#playout.report() };
      this.#worker?.postMessage(message);
    }
    return true;
  }

  #onmessage(message: ToPlayout): void {
    if (message.type === "samples") this.#playout.push(message);
    else this.#playout.extraDelay = message.frames;
  }
}

/** Hands out what goes through, for tests: `?debug`. */
class TapProcessor extends AudioWorkletProcessor {
  #open = true;

  constructor() {
    super();
    this.port.onmessage = () => this.#open = false;
  }

  process(inputs: Float32Array[][]): boolean {
    const samples = inputs[0]?.[0];
    this.port.postMessage({ frame: currentFrame, samples: samples?.slice() });
    return this.#open;
  }
}

registerProcessor("skerry-playout", PlayoutProcessor);
registerProcessor("skerry-tap", TapProcessor);
