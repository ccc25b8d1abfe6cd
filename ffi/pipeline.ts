/**
 * Pipeline: elements that run together.
 *
 * @module
 */

import { AppSink } from "./app_sink.ts";
import { AppSrc } from "./app_src.ts";
import { Bus } from "./bus.ts";
import { Element } from "./element.ts";
import { GStreamerError, MissingElementError } from "./errors.ts";
import { gst, gstreamer } from "./gstreamer.ts";
import { gobject } from "./library.ts";
import { type Address, cString, OutPointer, takeError, takeStrings } from "./memory.ts";
import { Handle, hold, idle, pointerOf } from "./object.ts";
import { packageOfElement } from "./packages.ts";
import { SinkPad } from "./sink_pad.ts";

/** GstState, of the GStreamer core reference, "GstElement". */
const STATE = { null: 1, playing: 4 } as const;
/** `GST_STATE_CHANGE_FAILURE`. */
const STATE_CHANGE_FAILURE = 0;
/** `GST_PARSE_FLAG_FATAL_ERRORS`: no half-built pipeline. */
const PARSE_FATAL_ERRORS = 1;

/**
 * A pipeline. Dispose of it to stop it and to free it with its elements; `await using` also waits until
 * no native call uses it any more.
 */
export class Pipeline extends Handle implements AsyncDisposable {
  readonly #parts: Handle[] = [];
  /** The pipeline's messages. */
  readonly bus: Bus;
  #stopping: Promise<void> | undefined;

  private constructor(pointer: Address) {
    super(pointer, "Pipeline");
    this.bus = this.#own(new Bus(gst().gst_element_get_bus(pointer) as Address));
  }

  /**
   * Builds a pipeline of a description in the language of `gst-launch-1.0`. It does not play yet.
   *
   * @throws {MissingElementError} If no installed plugin provides an element.
   * @throws {GStreamerError} If the description does not parse or its elements do not link.
   * @throws {LibraryNotFoundError} If GStreamer is not installed.
   */
  static parse(description: string): Pipeline {
    const symbols = gst();
    const text = cString(description);
    const context = symbols.gst_parse_context_new();
    const out = new OutPointer();
    const element = symbols.gst_parse_launch_full(
      text,
      context,
      PARSE_FATAL_ERRORS,
      out.memory,
    );
    const missing = takeStrings(symbols.gst_parse_context_get_missing_elements(context));
    symbols.gst_parse_context_free(context);
    const error = out.value === null ? undefined : takeError(out.value as Address);
    const owned = element === null ? null : symbols.gst_object_ref_sink(element);
    if (owned === null || error !== undefined) {
      if (owned !== null) symbols.gst_object_unref(owned);
      // The parser also calls an element missing when it refuses a property's value.
      const name = missing.find((element) => !gstreamer().hasElement(element));
      if (name !== undefined) throw new MissingElementError(name, packageOfElement(name));
      throw error ??
        new GStreamerError(`Cannot parse the pipeline "${description}"`, "gst_parse_error", 0);
    }
    const pipeline = new Pipeline(wrapAlone(owned));
    // Otherwise stopping empties the bus, and whoever waits there is not woken: `Bus` does it at its end.
    symbols.gst_util_set_object_arg(
      pointerOf(pipeline),
      cString("auto-flush-bus"),
      cString("false"),
    );
    return pipeline;
  }

  /**
   * Starts it. A live pipeline runs when this returns; another may still be waiting for its first buffer.
   *
   * @throws {GStreamerError} If an element refuses.
   * @throws {DisposedError}
   */
  play(): void {
    this.#checkStart(gst().gst_element_set_state(pointerOf(this), STATE.playing));
  }

  /**
   * As {@link play}, off the event loop: for elements that wait for another process as they start.
   *
   * @throws {GStreamerError} If an element refuses.
   * @throws {DisposedError}
   */
  async start(): Promise<void> {
    using _held = hold(this);
    const result = await gst().gst_element_set_state_nonblocking(pointerOf(this), STATE.playing);
    this.#checkStart(result);
  }

  #checkStart(result: number): void {
    if (result !== STATE_CHANGE_FAILURE) return;
    for (let message = this.bus.poll(); message !== undefined; message = this.bus.poll()) {
      if (message.type === "error") throw message.error;
    }
    throw new GStreamerError("An element refuses to play", "gst-state-change", 0);
  }

  /**
   * Stops it: pulls end with null. It can play again.
   *
   * Waits for what its threads are doing at the moment, such as the frame in an encoder.
   *
   * @throws {DisposedError}
   */
  stop(): void {
    gst().gst_element_set_state(pointerOf(this), STATE.null);
  }

  /** Finds an element by its name. @throws {RangeError} If there is none. @throws {DisposedError} */
  element(name: string): Element {
    return this.#own(new Element(this.#find(name)));
  }

  /** Finds an `appsrc` by its name. @throws {RangeError} @throws {DisposedError} */
  appSrc(name: string): AppSrc {
    return this.#own(new AppSrc(this.#find(name, "GstAppSrc")));
  }

  /** Finds an `appsink` by its name. @throws {RangeError} @throws {DisposedError} */
  appSink(name: string): AppSink {
    return this.#own(new AppSink(this.#find(name, "GstAppSink")));
  }

  /**
   * Opens the unlinked sink pad of an element. The pipeline must be playing.
   *
   * @param name Name of the element.
   * @param caps What will be passed on.
   * @throws {RangeError} If there is no such element, or no unlinked sink pad.
   * @throws {TypeError} If the caps do not parse.
   * @throws {DisposedError}
   */
  sinkPad(name: string, caps: string): SinkPad {
    using element = new Element(this.#find(name));
    const pad = gst().gst_element_get_static_pad(pointerOf(element), cString("sink"));
    if (pad === null || gst().gst_pad_is_linked(pad) !== 0) {
      if (pad !== null) gst().gst_object_unref(pad);
      throw new RangeError(`Element "${name}" has no unlinked sink pad`);
    }
    return this.#own(new SinkPad(pad, caps));
  }

  #find(name: string, type?: string): Address {
    const found = gst().gst_bin_get_by_name(pointerOf(this), cString(name));
    if (found === null) throw new RangeError(`The pipeline has no element "${name}"`);
    if (type !== undefined && typeName(found) !== type) {
      gst().gst_object_unref(found);
      throw new RangeError(`Element "${name}" is no ${type}`);
    }
    return found;
  }

  #own<T extends Handle>(part: T): T {
    this.#parts.push(part);
    return part;
  }

  /** Stops it and frees it, with everything that was taken out of it. */
  override [Symbol.dispose](): void {
    if (this.disposed) return;
    if (this.#stopping === undefined) this.stop();
    for (const part of this.#parts) part[Symbol.dispose]();
    super[Symbol.dispose]();
  }

  /** As `dispose`, off the event loop, and waits until no native call uses it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.disposed) await (this.#stopping ??= this.#stop());
    this[Symbol.dispose]();
    await Promise.all([this, ...this.#parts].map(idle));
  }

  async #stop(): Promise<void> {
    using _held = hold(this);
    await gst().gst_element_set_state_nonblocking(pointerOf(this), STATE.null);
  }

  protected override release(pointer: Address): void {
    gst().gst_object_unref(pointer);
  }
}

/** A description of a single element parses to that element: it gets a pipeline around it. */
function wrapAlone(element: Address): Address {
  const symbols = gst();
  const isPipeline = gobject().g_type_check_instance_is_a(
    element,
    symbols.gst_pipeline_get_type(),
  );
  if (isPipeline !== 0) return element;
  const pipeline = symbols.gst_object_ref_sink(symbols.gst_pipeline_new(null));
  symbols.gst_bin_add(pipeline, element);
  symbols.gst_object_unref(element);
  return pipeline as Address;
}

function typeName(instance: Address): string {
  const name = gobject().g_type_name_from_instance(instance);
  return name === null ? "" : Deno.UnsafePointerView.getCString(name);
}
