/**
 * The errors of this folder.
 *
 * @module
 */

import { describePackage, type PackageNames } from "./packages.ts";

/** A shared library could not be opened. */
export class LibraryNotFoundError extends Error {
  override name = "LibraryNotFoundError";
  /** The package to install, where it is known. */
  readonly package: PackageNames | undefined;

  constructor(
    /** The soname that was looked for, such as `libgstreamer-1.0.so.0`. */
    readonly library: string,
    /** Each name or path tried, in order. */
    readonly tried: readonly string[],
    names: PackageNames | undefined,
    options?: ErrorOptions,
  ) {
    super(
      `Cannot open the library "${library}" (tried ${tried.join(", ")}): ` +
        `install ${describePackage(names)}`,
      options,
    );
    this.package = names;
  }
}

/** A pipeline asks for an element that no installed plugin provides. */
export class MissingElementError extends Error {
  override name = "MissingElementError";
  /** The package to install, where it is known. */
  readonly package: PackageNames | undefined;

  constructor(
    /** Name of the element factory, such as `x264enc`. */
    readonly element: string,
    names: PackageNames | undefined,
  ) {
    super(`GStreamer has no element "${element}": install ${describePackage(names)}`);
    this.package = names;
  }
}

/** A GError, of a call or from a pipeline's bus. */
export class GStreamerError extends Error {
  override name = "GStreamerError";

  constructor(
    message: string,
    /** Name of the GError's domain, such as `gst-stream-error-quark`. */
    readonly domain: string,
    /** Code within the domain. */
    readonly code: number,
    /** What the element adds for developers: file, line, element path; empty if nothing. */
    readonly debug: string = "",
    /** Name of the element that posted it, if it came from a bus. */
    readonly source?: string,
  ) {
    super(message);
  }
}

/** A call of the operating system failed. */
export class SystemCallError extends Error {
  override name = "SystemCallError";

  constructor(
    /** Name of the call, such as `shmget`. */
    readonly call: string,
    /** The C library's errno. */
    readonly errno: number,
    reason: string,
  ) {
    super(`Cannot complete ${call}: ${reason} (errno ${errno})`);
  }
}

/** A handle was used after it was disposed of. */
export class DisposedError extends Error {
  override name = "DisposedError";

  constructor(what: string) {
    super(`Cannot use this ${what}: it is disposed of`);
  }
}
