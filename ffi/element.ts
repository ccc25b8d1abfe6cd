/**
 * Element: one part of a pipeline.
 *
 * @module
 */

import { GStreamerError } from "./errors.ts";
import { gst } from "./gstreamer.ts";
import { gobject, video } from "./library.ts";
import { type Address, cString, takeString } from "./memory.ts";
import { Handle, pointerOf } from "./object.ts";

/** `GST_CLOCK_TIME_NONE`. */
export const CLOCK_TIME_NONE = 0xffff_ffff_ffff_ffffn;

/** GstFlowReturn, of the GStreamer core reference, "GstPad". */
const FLOWS: Record<number, string> = {
  [-1]: "not linked",
  [-2]: "flushing",
  [-3]: "end of stream",
  [-4]: "not negotiated",
  [-5]: "error",
  [-6]: "not supported",
};

/** A buffer was refused: the pipeline has stopped, has ended, or an element failed. */
export class FlowError extends Error {
  override name = "FlowError";

  constructor(
    /** GstFlowReturn, such as -2 for flushing. */
    readonly flow: number,
  ) {
    super(`Cannot pass a buffer on: ${FLOWS[flow] ?? `flow ${flow}`}`);
  }
}

/** Throws if a GstFlowReturn is no success. @throws {FlowError} */
export function checkFlow(flow: number): void {
  if (flow < 0) throw new FlowError(flow);
}

/** An element of a pipeline. Owns one reference; its pipeline disposes of it. */
export class Element extends Handle {
  /** Takes over one reference (transfer full). */
  constructor(pointer: Address, what = "Element") {
    super(pointer, what);
  }

  /** The name within the pipeline. */
  get name(): string {
    return takeString(gst().gst_object_get_name(pointerOf(this)));
  }

  /** Whether the element has a property of this name. */
  has(property: string): boolean {
    // GTypeInstance's only field is its class.
    const type = new Deno.UnsafePointerView(pointerOf(this)).getPointer(0);
    return gobject().g_object_class_find_property(type, cString(property)) !== null;
  }

  /**
   * Sets a property, its value written as in a pipeline description.
   *
   * @throws {TypeError} If the element has no such property.
   * @throws {DisposedError}
   */
  set(property: string, value: string): void {
    if (!this.has(property)) {
      throw new TypeError(`Cannot set "${property}": element "${this.name}" has no such property`);
    }
    gst().gst_util_set_object_arg(pointerOf(this), cString(property), cString(value));
  }

  /**
   * Asks an encoder to make its next frame a keyframe, with all headers.
   *
   * @throws {GStreamerError} If the element does not take the event.
   * @throws {DisposedError}
   */
  forceKeyUnit(): void {
    const pad = gst().gst_element_get_static_pad(pointerOf(this), cString("src"));
    const event = video().gst_video_event_new_upstream_force_key_unit(CLOCK_TIME_NONE, 1, 0);
    let taken: number;
    if (pad === null) {
      taken = gst().gst_element_send_event(pointerOf(this), event);
    } else {
      // An encoder takes it at its source pad, where the event would come from downstream.
      taken = gst().gst_pad_send_event(pad, event);
      gst().gst_object_unref(pad);
    }
    if (taken === 0) {
      throw new GStreamerError(`Element "${this.name}" does not make keyframes`, "skerry", 1);
    }
  }

  protected override release(pointer: Address): void {
    gst().gst_object_unref(pointer);
  }
}
