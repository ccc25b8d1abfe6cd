/**
 * Bus: what a pipeline's elements have to say.
 *
 * @module
 */

import type { GStreamerError } from "./errors.ts";
import { CLOCK_TIME_NONE } from "./element.ts";
import { gst } from "./gstreamer.ts";
import { type Address, cString, OutPointer, takeError, takeString } from "./memory.ts";
import { Handle, hold, pointerOf } from "./object.ts";

/** A message of a pipeline. */
export type BusMessage =
  | { readonly type: "error" | "warning"; readonly error: GStreamerError }
  | { readonly type: "eos" };

/** GstMessageType, of the GStreamer core reference, "GstMessage". */
const TYPE = { eos: 1 << 0, error: 1 << 1, warning: 1 << 2, application: 1 << 14 } as const;
const WANTED = TYPE.eos | TYPE.error | TYPE.warning | TYPE.application;
/** Offsets within `struct _GstMessage` of a 64-bit GStreamer 1.x; a test compares them with C's. */
export const GST_MESSAGE = { type: 64, src: 80 } as const;

/** A pipeline's bus. Owns one reference; its pipeline disposes of it. */
export class Bus extends Handle {
  #waiting = false;

  /** Takes over one reference (transfer full). */
  constructor(pointer: Address) {
    super(pointer, "Bus");
  }

  /** Takes a message if one is there; undefined if none is. @throws {DisposedError} */
  poll(): BusMessage | undefined {
    for (;;) {
      const message = gst().gst_bus_timed_pop_filtered(pointerOf(this), 0n, WANTED);
      if (message === null) return undefined;
      const taken = takeMessage(message);
      if (taken !== undefined) return taken;
    }
  }

  /**
   * Yields messages as they come, until the signal is aborted or the bus is disposed of.
   *
   * It waits on a thread of Deno's pool, without a time-out.
   *
   * @throws {Error} If somebody else is waiting.
   * @throws {DisposedError}
   */
  async *messages(signal?: AbortSignal): AsyncGenerator<BusMessage, void, void> {
    if (this.#waiting) throw new Error("Cannot wait for messages twice at once");
    if (signal?.aborted) return;
    this.#waiting = true;
    const wake = () => this.#wake();
    signal?.addEventListener("abort", wake);
    try {
      using _held = hold(this);
      const pointer = pointerOf(this);
      while (!this.disposed && !signal?.aborted) {
        const message = await gst().gst_bus_timed_pop_filtered_nonblocking(
          pointer,
          CLOCK_TIME_NONE,
          WANTED,
        );
        const taken = message === null ? undefined : takeMessage(message);
        if (taken !== undefined && !signal?.aborted) yield taken;
      }
    } finally {
      this.#waiting = false;
      signal?.removeEventListener("abort", wake);
    }
  }

  /** Lets the waiting call return, by a message that only it takes notice of. */
  #wake(): void {
    if (this.disposed || !this.#waiting) return;
    const structure = gst().gst_structure_new_empty(cString("skerry-wake"));
    gst().gst_bus_post(
      pointerOf(this),
      gst().gst_message_new_application(null, structure),
    );
  }

  /** Disposes of it; a wait under way ends. */
  override [Symbol.dispose](): void {
    this.#wake();
    super[Symbol.dispose]();
  }

  protected override release(pointer: Address): void {
    // Messages that nobody took hold references to their senders, and the pipeline to its bus.
    gst().gst_bus_set_flushing(pointer, 1);
    gst().gst_object_unref(pointer);
  }
}

/** Reads a message that is now ours, and gives it back; undefined if it is only a wake-up. */
function takeMessage(message: Address): BusMessage | undefined {
  const symbols = gst();
  try {
    const view = new Deno.UnsafePointerView(message);
    const type = view.getUint32(GST_MESSAGE.type);
    if (type === TYPE.eos) return { type: "eos" };
    if (type !== TYPE.error && type !== TYPE.warning) return undefined;
    const error = new OutPointer();
    const debug = new OutPointer();
    if (type === TYPE.error) {
      symbols.gst_message_parse_error(message, error.memory, debug.memory);
    } else {
      symbols.gst_message_parse_warning(message, error.memory, debug.memory);
    }
    const source = view.getPointer(GST_MESSAGE.src);
    const name = source === null ? undefined : takeString(symbols.gst_object_get_name(source));
    const text = takeString(debug.value);
    return {
      type: type === TYPE.error ? "error" : "warning",
      error: takeError(error.value as Address, text, name),
    };
  } finally {
    symbols.gst_mini_object_unref(message);
  }
}
