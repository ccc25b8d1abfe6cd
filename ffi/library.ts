/**
 * Opens the shared libraries, each at its first use, and starts GStreamer.
 *
 * @module
 */

import { LibraryNotFoundError } from "./errors.ts";
import { packageOfLibrary } from "./packages.ts";
import {
  appSymbols,
  glibSymbols,
  gobjectSymbols,
  gstreamerSymbols,
  libcSymbols,
  videoSymbols,
} from "./symbols.ts";

/** Where libraries lie when the dynamic linker's own search does not find them. */
const DIRECTORIES = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/lib64",
  "/usr/local/lib",
];

/**
 * Opens a library by its soname: as the dynamic linker finds it, then in the usual folders.
 *
 * @param soname Name with the version, such as `libgstreamer-1.0.so.0`.
 * @param symbols Symbol table.
 * @throws {LibraryNotFoundError} If it is found nowhere, or is too old to have a symbol.
 */
export function openLibrary<S extends Deno.ForeignLibraryInterface>(
  soname: string,
  symbols: S,
): Deno.DynamicLibrary<S> {
  const tried: string[] = [];
  let first: unknown;
  for (const name of [soname, ...DIRECTORIES.map((directory) => `${directory}/${soname}`)]) {
    try {
      return Deno.dlopen(name, symbols);
    } catch (error) {
      if (error instanceof Deno.errors.NotCapable) throw error;
      tried.push(name);
      // What the linker says of a file that is there matters more than that another is not.
      if (first === undefined || /symbol|version/i.test(String(error))) first = error;
    }
  }
  throw new LibraryNotFoundError(soname, tried, packageOfLibrary(soname), { cause: first });
}

function lazy<S extends Deno.ForeignLibraryInterface>(
  soname: string,
  symbols: S,
): () => Deno.DynamicLibrary<S>["symbols"] {
  let opened: Deno.DynamicLibrary<S>["symbols"] | undefined;
  return () => opened ??= openLibrary(soname, symbols).symbols;
}

/** libglib-2.0's symbols. @throws {LibraryNotFoundError} */
export const glib = lazy("libglib-2.0.so.0", glibSymbols);
/** libgobject-2.0's symbols. @throws {LibraryNotFoundError} */
export const gobject = lazy("libgobject-2.0.so.0", gobjectSymbols);
/** libgstreamer-1.0's symbols, before `gst_init`. @throws {LibraryNotFoundError} */
export const gstreamerLibrary = lazy("libgstreamer-1.0.so.0", gstreamerSymbols);
/** libgstapp-1.0's symbols. @throws {LibraryNotFoundError} */
export const app = lazy("libgstapp-1.0.so.0", appSymbols);
/** libgstvideo-1.0's symbols. @throws {LibraryNotFoundError} */
export const video = lazy("libgstvideo-1.0.so.0", videoSymbols);
/** The C library's symbols. @throws {LibraryNotFoundError} */
export const libc = lazy("libc.so.6", libcSymbols);
