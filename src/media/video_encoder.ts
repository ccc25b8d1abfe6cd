/**
 * VideoEncoder: pictures in, encoded chunks out, one at a time.
 *
 * @module
 */

import {
  type AppSink,
  type Element,
  FlowError,
  Pipeline,
  type SinkPad,
  type VideoConverter,
} from "../../ffi/mod.ts";
import type { DecoderConfig } from "./bitstream.ts";
import { readDecoderConfig } from "./decoder_config.ts";
import { BURST_MS, type EncoderDescription, type EncoderOptions } from "./encoder_description.ts";
import { FrameBudget } from "./frame_budget.ts";
import { QuantizerControl } from "./quantizer_control.ts";

/** One access unit. */
export interface EncodedChunk {
  /** Headroom, then the access unit. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** Free octets at the start of `data`. */
  readonly headroom: number;
  /** Whether it can be decoded without an earlier one. */
  readonly keyframe: boolean;
  /** As given to {@link VideoEncoder.encode}, in microseconds. */
  readonly timestampUs: number;
  /** On keyframes: what the bitstream says of itself. */
  readonly config: DecoderConfig | undefined;
}

/** Options of {@link VideoEncoder.open}. */
export interface VideoEncoderOptions {
  readonly encoder: EncoderDescription;
  /** Whose frame is encoded. */
  readonly converter: VideoConverter;
  /** Most frames a second. */
  readonly fps: number;
  /** Target in kbit/s. */
  readonly bitrateKbit: number;
  /** Octets to leave free in front of each chunk; 256 by default. */
  readonly headroom?: number;
  /** Threads for one frame; by default what the machine has, 2 at most, or 4 above 1920x1200 pixels. */
  readonly threads?: number;
  /** How long the encoder may hold a frame back, in milliseconds, before it counts as failed; 5000. */
  readonly patienceMs?: number;
  readonly signal?: AbortSignal;
}

/** What to do with one picture. */
export interface EncodeOptions {
  /** When the picture was taken, in microseconds; later than the last one. */
  readonly timestampUs: number;
  /** Whether it is to be a keyframe. */
  readonly keyframe: boolean;
  /** Pixels that have changed since the last picture; all by default. 0 when it is only to get finer. */
  readonly changedPixels?: number;
  /** What the network takes of it, in bits, as far as the encoder can be bound; default: no limit. */
  readonly mostBits?: number | undefined;
  /** What the network takes on average, in kbit/s, if that is less than the target; default: no limit. */
  readonly bitrateKbit?: number | undefined;
}

/** The encoder stopped working. */
export class EncoderFailedError extends Error {
  override name = "EncoderFailedError";

  constructor(
    /** Name of the encoder. */
    readonly encoder: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The encoder "${encoder}" failed: ${reason}`, options);
  }
}

/** Encoders take a moment to change their mind: a rate that differs by less is the same. */
const SAME_RATE = 0.02;

/** A thread gains more than its start costs from about a megapixel on. */
function usefulThreads(pixels: number): number {
  return Math.min(pixels > 1920 * 1200 ? 4 : 2, navigator.hardwareConcurrency);
}

/** Encodes a converter's frame whenever it is told to. Dispose of it before the converter. */
export class VideoEncoder implements AsyncDisposable {
  /** Resolves with the reason if the encoder fails; never rejects. */
  readonly failed: Promise<EncoderFailedError>;
  /** The row of the catalogue. */
  readonly encoder: EncoderDescription;
  readonly #options: VideoEncoderOptions;
  readonly #pipeline: Pipeline;
  readonly #element: Element;
  readonly #sink: AppSink;
  readonly #pad: SinkPad;
  readonly #budget: FrameBudget;
  readonly #quantizers: QuantizerControl | undefined;
  #quantizer: number | undefined;
  #budgetBits: number | undefined;
  /** What {@link VideoEncoder.setBitrate} was told, and what the encoder aims at; in kbit/s. */
  #targetKbit: number;
  #aimedKbit: number;
  readonly #fail: (error: EncoderFailedError) => void;
  readonly #closed = new AbortController();
  #firstUs: number | undefined;
  #lastNs = -1;
  #busy = false;

  private constructor(options: VideoEncoderOptions, pipeline: Pipeline, launch: EncoderOptions) {
    const { encoder, converter } = options;
    const { fps, bitrateKbit } = launch;
    const failed = Promise.withResolvers<EncoderFailedError>();
    this.failed = failed.promise;
    this.#fail = failed.resolve;
    this.encoder = encoder;
    this.#options = options;
    this.#pipeline = pipeline;
    this.#budget = new FrameBudget(bitrateKbit, BURST_MS, fps);
    this.#targetKbit = this.#aimedKbit = bitrateKbit;
    const { width, height } = converter.frame;
    this.#quantizers = encoder.quantizer &&
      new QuantizerControl(width * height, encoder.quantizer.best, encoder.quantizer.worst);
    this.#element = pipeline.element("encoder");
    this.#sink = pipeline.appSink("sink");
    encoder.tune?.(this.#element, launch);
    pipeline.play();
    this.#pad = pipeline.sinkPad("encoder", converter.frame.caps(fps));
  }

  /**
   * Opens an encoder; it has not encoded anything then.
   *
   * @throws {MissingElementError} If its element is not installed.
   * @throws {GStreamerError} If it does not start, as without its hardware.
   * @throws {TypeError} If the converter's frame is in another format than it takes.
   */
  static async open(options: VideoEncoderOptions): Promise<VideoEncoder> {
    const { encoder, converter, fps, bitrateKbit, signal } = options;
    const { threads = usefulThreads(converter.frame.width * converter.frame.height) } = options;
    signal?.throwIfAborted();
    if (converter.frame.format !== encoder.format) {
      throw new TypeError(
        `Cannot encode ${converter.frame.format} with "${encoder.name}": it takes ${encoder.format}`,
      );
    }
    const launch = { fps, bitrateKbit, threads };
    const pipeline = Pipeline.parse(
      `${encoder.launch(launch)} ` +
        "! appsink name=sink sync=false async=false qos=false enable-last-sample=false",
    );
    try {
      return await Promise.resolve(new VideoEncoder(options, pipeline, launch));
    } catch (error) {
      await pipeline[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Encodes the converter's frame as it is now. It must not change until this resolves.
   *
   * @throws {EncoderFailedError} If the encoder fails.
   * @throws {Error} If the last frame is still being encoded, or the converter is converting.
   * @throws {DisposedError}
   */
  async encode(options: EncodeOptions): Promise<EncodedChunk> {
    if (this.#busy) throw new Error("Cannot encode two frames at once: await the first");
    const { converter, headroom = 256, encoder } = this.#options;
    if (converter.busy) throw new Error("Cannot encode while a conversion is running: await it");
    this.#busy = true;
    const { timestampUs, keyframe, bitrateKbit = Infinity } = options;
    try {
      this.#aim(Math.min(this.#targetKbit, bitrateKbit));
      const forced = keyframe && this.#lastNs >= 0 ? encoder.forceKeyframe : undefined;
      const unsettled = this.#setFrameSize(options);
      forced?.before(this.#element);
      if (unsettled || forced !== undefined) {
        // A frame goes ahead that nobody gets: a keyframe follows, and refers to none. Otherwise the larger
        // budget would not hold yet, and a keyframe in a small one is all blocks.
        await this.#pad.chain(converter.frame, { pts: this.#presentation(timestampUs) });
        this.#sink.poll();
      }
      forced?.after(this.#element);
      if (keyframe) this.#element.forceKeyUnit();
      await this.#pad.chain(converter.frame, { pts: this.#presentation(timestampUs) });
      const sample = this.#sink.poll(headroom) ?? await this.#wait(headroom);
      this.#drainBus();
      const unit = sample.data.subarray(headroom);
      if (sample.keyframe) encoder.describeColours?.(unit, converter.frame.matrix);
      const bits = (sample.data.length - headroom) * 8;
      this.#budget.spend(bits);
      this.#quantizers?.spend(bits);
      return {
        data: sample.data,
        headroom,
        keyframe: sample.keyframe,
        timestampUs,
        config: sample.keyframe ? readDecoderConfig(encoder.codec, unit) : undefined,
      };
    } catch (error) {
      throw this.#explain(error);
    } finally {
      this.#busy = false;
    }
  }

  /** Changes the target while encoding. @param kbit In kbit/s. @throws {DisposedError} */
  setBitrate(kbit: number): void {
    this.#targetKbit = Math.max(1, Math.round(kbit));
    this.#budget.setBitrate(this.#targetKbit);
    this.#aim(this.#targetKbit);
  }

  /** Has the encoder aim at a bit rate, unless that is about what it aims at. */
  #aim(kbit: number): void {
    if (Math.abs(kbit - this.#aimedKbit) <= this.#aimedKbit * SAME_RATE) return;
    const rounded = this.#aimedKbit = Math.max(1, Math.round(kbit));
    const { setFrameBudget, quantizer } = this.encoder;
    if (setFrameBudget ?? quantizer) return;
    this.encoder.setBitrate(this.#element, rounded);
  }

  /** Says how large the frame may be; returns whether a keyframe needs a frame ahead of it for that. */
  #setFrameSize(options: EncodeOptions): boolean {
    const { setFrameBudget, quantizer } = this.encoder;
    if ((setFrameBudget ?? quantizer) === undefined) return false;
    const { timestampUs, keyframe, mostBits = Infinity } = options;
    const bits = Math.min(this.#budget.at(timestampUs / 1000, keyframe), mostBits);
    if (this.#quantizers !== undefined) this.#setQuantizer(this.#quantizers, bits, options);
    if (setFrameBudget === undefined) return false;
    const last = this.#budgetBits;
    // An encoder takes a moment to change its mind; a few bits are not worth it.
    if (last !== undefined && Math.abs(bits - last) < bits / 50) return false;
    setFrameBudget(this.#element, bits, this.#options.fps);
    this.#budgetBits = bits;
    return keyframe && last !== undefined && bits > last * 1.25;
  }

  #setQuantizer(control: QuantizerControl, bits: number, options: EncodeOptions): void {
    const { width, height } = this.#options.converter.frame;
    const { keyframe, changedPixels = width * height } = options;
    const quantizer = control.choose({ bits, keyframe, changedPixels });
    if (quantizer === this.#quantizer) return;
    this.encoder.quantizer?.set(this.#element, quantizer, this.#quantizer);
    this.#quantizer = quantizer;
  }

  /** Nanoseconds from the first frame, and always later than the last one. */
  #presentation(timestampUs: number): number {
    this.#firstUs ??= timestampUs;
    const ns = Math.round((timestampUs - this.#firstUs) * 1000);
    return this.#lastNs = Math.max(ns, this.#lastNs + 1000);
  }

  /** Hardware encoders hand a frame out on a thread of theirs. */
  async #wait(headroom: number) {
    const { patienceMs = 5000 } = this.#options;
    const patience = new AbortController();
    const late = () => patience.abort(new Error(`it gave no frame out within ${patienceMs} ms`));
    const timer = setTimeout(late, patienceMs);
    try {
      const signal = AbortSignal.any([patience.signal, this.#closed.signal]);
      const sample = await this.#sink.pull({ signal, headroom });
      if (sample === null) throw new Error("it gave nothing out");
      return sample;
    } finally {
      clearTimeout(timer);
    }
  }

  #drainBus(): void {
    for (let message = this.#pipeline.bus.poll(); message; message = this.#pipeline.bus.poll()) {
      if (message.type === "error") throw message.error;
    }
  }

  /** Turns an error of the pipeline into the reason that its bus gives. */
  #explain(error: unknown): unknown {
    if (this.#closed.signal.aborted) return this.#closed.signal.reason;
    let cause = error;
    if (error instanceof FlowError) {
      try {
        this.#drainBus();
      } catch (reason) {
        cause = reason;
      }
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    const failure = new EncoderFailedError(this.encoder.name, reason, { cause });
    this.#fail(failure);
    return failure;
  }

  /** Stops the encoder; a frame that is being encoded is given up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new EncoderFailedError(this.encoder.name, "it was closed"));
    await this.#pipeline[Symbol.asyncDispose]();
  }
}
