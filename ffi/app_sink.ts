/**
 * AppSink: the element by which we take what a pipeline makes.
 *
 * @module
 */

import { CLOCK_TIME_NONE, Element } from "./element.ts";
import { gst } from "./gstreamer.ts";
import { app } from "./library.ts";
import type { Address, Pointer } from "./memory.ts";
import { hold, pointerOf } from "./object.ts";
import { type Sample, takeSample } from "./sample.ts";

/** Options of {@link AppSink.pull}. */
export interface PullOptions {
  /** Ends the wait with the signal's reason; no sample is lost by it. */
  readonly signal?: AbortSignal;
  /** Octets to leave free in front of the data. */
  readonly headroom?: number;
}

/**
 * An `appsink` element.
 *
 * A pull waits on a thread of Deno's pool, without a time-out: an idle pipeline costs nothing. GStreamer
 * never calls into JavaScript.
 */
export class AppSink extends Element {
  // The native call under way. It outlives an aborted pull, and the next pull takes its sample.
  #native: Promise<Pointer> | undefined;
  #pulling = false;

  /** Takes over one reference (transfer full). */
  constructor(pointer: Address) {
    super(pointer, "AppSink");
  }

  /** Takes a sample if one is ready; null if none is. @throws {DisposedError} */
  poll(headroom = 0): Sample | null {
    const pointer = pointerOf(this);
    // A native call under way would be given the sample: there is at most one taker.
    if (this.#native !== undefined) return null;
    const sample = app().gst_app_sink_try_pull_sample(pointer, 0n);
    return sample === null ? null : takeSample(sample, headroom);
  }

  /**
   * Takes the next sample, and waits for it.
   *
   * @returns The sample, or null after the end of the stream or once the pipeline is stopped.
   * @throws {DisposedError}
   * @throws {Error} If another pull is under way.
   * @throws The signal's reason, if it is aborted.
   */
  async pull(options: PullOptions = {}): Promise<Sample | null> {
    const { signal, headroom = 0 } = options;
    signal?.throwIfAborted();
    pointerOf(this);
    if (this.#pulling) throw new Error("Cannot pull twice at once: await the first pull");
    const ready = this.poll(headroom);
    if (ready !== null) return ready;

    this.#pulling = true;
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal?.reason);
    signal?.addEventListener("abort", abort);
    try {
      const native = this.#native ??= this.#wait();
      const sample =
        await (signal === undefined ? native : Promise.race([native, aborted.promise]));
      this.#native = undefined;
      return sample === null ? null : takeSample(sample, headroom);
    } finally {
      this.#pulling = false;
      signal?.removeEventListener("abort", abort);
    }
  }

  async #wait(): Promise<Pointer> {
    using _held = hold(this);
    return await app().gst_app_sink_try_pull_sample_nonblocking(pointerOf(this), CLOCK_TIME_NONE);
  }

  /** Disposes of it; a pull under way ends as soon as the pipeline stops. */
  override [Symbol.dispose](): void {
    if (!this.disposed && !this.#pulling) {
      this.#native?.then((sample) => sample !== null && gst().gst_mini_object_unref(sample));
    }
    super[Symbol.dispose]();
  }
}
