/**
 * GStreamer itself: started at the first use.
 *
 * @module
 */

import { cString, OutPointer, takeError, takeString } from "./memory.ts";
import { gstreamerLibrary } from "./library.ts";

let started = false;

/**
 * libgstreamer's symbols, after `gst_init_check`, which is called once.
 *
 * @throws {LibraryNotFoundError} If GStreamer is not installed.
 * @throws {GStreamerError} If it cannot start.
 */
export function gst(): ReturnType<typeof gstreamerLibrary> {
  const symbols = gstreamerLibrary();
  if (!started) {
    const error = new OutPointer();
    if (symbols.gst_init_check(null, null, error.memory) === 0) {
      const value = error.value;
      throw value === null ? new Error("GStreamer cannot start") : takeError(value);
    }
    started = true;
  }
  return symbols;
}

/** What is known of the installed GStreamer. */
export interface GStreamer {
  /** Such as `1.22.0`. */
  readonly version: string;
  /** Whether an installed plugin provides this element. */
  hasElement(name: string): boolean;
}

/**
 * Starts GStreamer if it is not running yet, and says what it has.
 *
 * @throws {LibraryNotFoundError} If GStreamer is not installed.
 * @throws {GStreamerError} If it cannot start.
 */
export function gstreamer(): GStreamer {
  const symbols = gst();
  return {
    version: takeString(symbols.gst_version_string()).replace(/^GStreamer /, ""),
    hasElement(name) {
      const factory = symbols.gst_element_factory_find(cString(name));
      if (factory === null) return false;
      symbols.gst_object_unref(factory);
      return true;
    },
  };
}
