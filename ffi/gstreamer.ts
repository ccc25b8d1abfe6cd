/**
 * GStreamer itself: started at the first use.
 *
 * @module
 */

import { cString, OutPointer, takeError, takeString } from "./memory.ts";
import { gstreamerLibrary } from "./library.ts";

/** The variable of libva for where drivers are, and where distributions have them. */
export const DRIVER_FOLDERS = {
  name: "LIBVA_DRIVERS_PATH",
  value: [
    "/usr/lib/x86_64-linux-gnu/dri",
    "/usr/lib/aarch64-linux-gnu/dri",
    "/usr/lib64/dri-nonfree",
    "/usr/lib64/dri-freeworld",
    "/usr/lib64/dri",
    "/usr/lib/dri",
    "/run/opengl-driver/lib/dri",
  ].join(":"),
} as const;

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
    withBundledPlugins(() => {
      const error = new OutPointer();
      if (symbols.gst_init_check(null, null, error.memory) !== 0) return;
      const value = error.value;
      throw value === null ? new Error("GStreamer cannot start") : takeError(value);
    });
    started = true;
  }
  return symbols;
}

/**
 * Has GStreamer find the plugins that were delivered with it, if they were, and no others: those of the
 * system may be of another version. The variables are GStreamer's own ("Running GStreamer
 * Applications", environment variables); it reads them as it starts, and no other program is to.
 */
function withBundledPlugins(start: () => void): void {
  const bundle = Deno.env.get("SKERRY_BUNDLE");
  if (bundle === undefined) return start();
  const variables: Record<string, string> = {
    GST_PLUGIN_SYSTEM_PATH_1_0: `${bundle}/gstreamer`,
    GST_PLUGIN_PATH_1_0: "",
    GST_REGISTRY_1_0: `${bundle}/gstreamer/registry${graphicsCards()}.bin`,
    // The scanner is a program of its own elsewhere.
    GST_REGISTRY_FORK: "no",
  };
  // libva reads this whenever a card is opened, and knows only the folder of the system that it is from.
  if (Deno.env.get(DRIVER_FOLDERS.name) === undefined) {
    Deno.env.set(DRIVER_FOLDERS.name, DRIVER_FOLDERS.value);
  }
  const before = Object.keys(variables).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(variables)) Deno.env.set(name, value);
  try {
    start();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
}

/**
 * Which kinds of graphics cards there are. What encodes on them depends on it, and the machines of a cluster
 * share their homes, where the registry is.
 */
function graphicsCards(): string {
  const kinds = { nvidia: "/dev/nvidiactl", dri: "/dev/dri", wsl: "/dev/dxg" };
  return Object.entries(kinds).flatMap(([name, path]) => isThere(path) ? [`-${name}`] : []).join(
    "",
  );
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    return false;
  }
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
