/** Sound of a PulseAudio server, encoded. */
import {
  type AppSink,
  describePackage,
  gstreamer,
  type PackageNames,
  packageOfElement,
  Pipeline,
} from "../../ffi/mod.ts";
import { CaptureClock } from "./capture_clock.ts";
import { SILENT_OCTETS } from "./silence_gate.ts";
import { AudioSourceFailedError } from "./errors.ts";

/** What {@link AudioSource.open} needs to be installed. */
const ELEMENTS = ["pulsesrc", "cutter", "opusenc"] as const;

/** What sound there is by default, of whatever sink that is at the time. */
const DEFAULT_MONITOR = "@DEFAULT_MONITOR@";
/** How much the recording may hold while this machine is busy elsewhere, in µs; no delay by itself. */
const BUFFER_US = 200_000;
/**
 * How much silence is still encoded after a sound, in ns. Opus takes up to 200 ms to see it for what it
 * is: its filter against direct current rings on.
 */
const LEAD_OUT_NS = 500_000_000;
/** Below this it is silence: under half a step of 16 bits. */
const SILENCE = 0.00001;
/** After silence, what comes so much later than the packet before comes after a pause; in ms. */
const PAUSE_MS = 100;

export interface AudioSourceOptions {
  /** A server as in `PULSE_SERVER`; without one, the user's own. */
  readonly server?: string;
  /** Of one packet, in milliseconds. */
  readonly frameMs: 5 | 10 | 20;
  /** In kbit/s. */
  readonly bitrateKbit: number;
  /** Stops it: a read under way is rejected. */
  readonly signal?: AbortSignal;
}

/** One Opus packet. */
export interface AudioPacket {
  readonly data: Uint8Array;
  /** Of the first sample: µs of `performance.now()`. */
  readonly captureTime: number;
  /** In µs. */
  readonly duration: number;
}

/** Names the packages that recording needs and the system lacks, for people; undefined if none. */
export function missingForAudio(): string | undefined {
  const missing = ELEMENTS.filter((name) => !gstreamer().hasElement(name));
  const packages = new Map(missing.map((name): [string, PackageNames | undefined] => {
    const names = packageOfElement(name);
    return [names?.apt ?? name, names];
  }));
  return packages.size === 0
    ? undefined
    : [...packages.values()].map((names) => describePackage(names)).join("; ");
}

/** Records what a server's default sink plays. */
export class AudioSource implements AsyncDisposable {
  readonly #pipeline: Pipeline;
  readonly #sink: AppSink;
  readonly #clock = new CaptureClock();
  readonly #duration: number;
  #readAt = -Infinity;
  #silent = false;
  readonly #stop = new AbortController();
  readonly #watch: ReturnType<typeof setInterval>;

  private constructor(pipeline: Pipeline, sink: AppSink, duration: number) {
    this.#pipeline = pipeline;
    this.#sink = sink;
    this.#duration = duration;
    this.#watch = setInterval(() => this.#check(), 1000);
  }

  /**
   * Connects and starts to record.
   *
   * @throws {MissingElementError} if an element is not installed.
   * @throws {AudioSourceFailedError} if the server cannot be reached, or has nothing to record.
   */
  static async open(options: AudioSourceOptions): Promise<AudioSource> {
    const { server, frameMs, bitrateKbit, signal } = options;
    signal?.throwIfAborted();
    const pipeline = Pipeline.parse(description(frameMs, bitrateKbit));
    try {
      const source = pipeline.element("source");
      source.set("device", DEFAULT_MONITOR);
      if (server !== undefined) source.set("server", server);
      const sink = pipeline.appSink("sink");
      await pipeline.start();
      const opened = new AudioSource(pipeline, sink, frameMs * 1000);
      const stop = () => opened.#stop.abort(new AudioSourceFailedError("it was stopped"));
      if (signal?.aborted) stop();
      signal?.addEventListener("abort", stop, { signal: opened.#stop.signal });
      return opened;
    } catch (cause) {
      await pipeline[Symbol.asyncDispose]();
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AudioSourceFailedError(reason, { cause });
    }
  }

  /**
   * Waits for the next packet: there is none of silence, but for its beginning.
   *
   * @throws {AudioSourceFailedError} if the server goes away.
   */
  async read(): Promise<AudioPacket> {
    const sample = await this.#sink.pull({ signal: this.#stop.signal });
    const now = performance.now();
    if (sample === null) throw this.#failure() ?? new AudioSourceFailedError("the stream ended");
    const paused = this.#silent && now - this.#readAt > PAUSE_MS;
    this.#silent = sample.data.length <= SILENT_OCTETS;
    this.#readAt = now;
    return {
      data: sample.data,
      captureTime: this.#clock.captured(
        (sample.pts ?? 0) / 1000,
        this.#duration,
        now * 1000,
        paused ? bufferTime(this.#duration / 1000) * 1000 : undefined,
      ),
      duration: this.#duration,
    };
  }

  /** Stops; a read under way is rejected. */
  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watch);
    this.#stop.abort(new AudioSourceFailedError("it was stopped"));
    await this.#pipeline[Symbol.asyncDispose]();
  }

  /** Elements may complain (of a busy machine, say) without end: what they say is taken away. */
  #check(): void {
    const failure = this.#failure();
    if (failure !== undefined) this.#stop.abort(failure);
  }

  #failure(): AudioSourceFailedError | undefined {
    const { bus } = this.#pipeline;
    for (let message = bus.poll(); message !== undefined; message = bus.poll()) {
      if (message.type !== "error") continue;
      return new AudioSourceFailedError(message.error.message, { cause: message.error });
    }
    return undefined;
  }
}

/**
 * `cutter` takes silence away, so that it wakes neither the encoder nor us. CELT alone (`restricted-lowdelay`) holds 4 ms less
 * back than Opus's other modes.
 */
function description(frameMs: number, bitrateKbit: number): string {
  const latency = bufferTime(frameMs) * 1000;
  return `pulsesrc name=source client-name=Skerry buffer-time=${BUFFER_US} latency-time=${latency} ` +
    "! audio/x-raw,format=S16LE,rate=48000,channels=2 " +
    `! cutter leaky=true pre-length=0 run-length=${LEAD_OUT_NS} threshold=${SILENCE} ` +
    `! opusenc audio-type=restricted-lowdelay bitrate-type=constrained-vbr dtx=true ` +
    `frame-size=${frameMs} bitrate=${bitrateKbit * 1000} ` +
    "! appsink name=sink sync=false async=false qos=false enable-last-sample=false";
}

/** Of the buffers that the server hands over, in ms. */
function bufferTime(frameMs: number): number {
  return Math.min(frameMs, 10);
}
