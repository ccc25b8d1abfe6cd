/** Errors of the display room. Each says what happened and what to do about it. */

/** No X server can be reached under a display's name, or it refused access. */
export class DisplayNotFoundError extends Error {
  override name = "DisplayNotFoundError";
  /** @param display The display's name, as given. */
  constructor(readonly display: string, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The connection to the X server is gone: the server died, or the connection was disposed. */
export class DisplayClosedError extends Error {
  override name = "DisplayClosedError";
  /** @param display The display's name, as given. */
  constructor(readonly display: string, options?: ErrorOptions) {
    super(`The connection to the X server at "${display}" is closed`, options);
  }
}

/** There is no directory that only this user can enter, and none can be made. */
export class SessionDirectoryError extends Error {
  override name = "SessionDirectoryError";
  /** @param reasons Each place that was tried and what is wrong with it. */
  constructor(readonly reasons: readonly string[]) {
    super(
      `There is no place for the session's private files (${reasons.join("; ")}); set ` +
        `XDG_RUNTIME_DIR or TMPDIR to a directory that this user can write to`,
    );
  }
}

/** The X server lacks an extension that Skerry cannot do without. */
export class ExtensionMissingError extends Error {
  override name = "ExtensionMissingError";
  /** @param extension The extension's X11 name, like "DAMAGE". */
  constructor(readonly extension: string, readonly display: string) {
    super(
      `The X server at "${display}" has no ${extension} extension; use an X server that has it, ` +
        `or let Skerry start one with --display new`,
    );
  }
}

/** The screen's pixels are not little-endian BGRx with 32 bits a pixel. */
export class PixelFormatError extends Error {
  override name = "PixelFormatError";
}

/** The screen changed its size: the frame no longer fits. Open another `ScreenCapture`. */
export class ScreenResizedError extends Error {
  override name = "ScreenResizedError";
  /** @param width New width in pixels. @param height New height in pixels. */
  constructor(readonly width: number, readonly height: number) {
    super(`The screen is now ${width}x${height} pixels; open another ScreenCapture for that`);
  }
}

const ERROR_NAMES: Readonly<Record<number, string>> = {
  1: "BadRequest",
  2: "BadValue",
  3: "BadWindow",
  4: "BadPixmap",
  5: "BadAtom",
  6: "BadCursor",
  7: "BadFont",
  8: "BadMatch",
  9: "BadDrawable",
  10: "BadAccess",
  11: "BadAlloc",
  12: "BadColor",
  13: "BadGC",
  14: "BadIDChoice",
  15: "BadName",
  16: "BadLength",
  17: "BadImplementation",
};

/** An error packet of the X server (X11 protocol, "Errors"). */
export class XProtocolError extends Error {
  override name = "XProtocolError";
  /**
   * @param code Error code; 1 to 17 are the core protocol's, 128 and up belong to extensions.
   * @param majorOpcode Opcode of the failed request.
   * @param minorOpcode Opcode within an extension, or 0.
   * @param badValue The resource id or value that the server complains about.
   */
  constructor(
    readonly code: number,
    readonly majorOpcode: number,
    readonly minorOpcode: number,
    readonly badValue: number,
  ) {
    super(
      `The X server answered ${ERROR_NAMES[code] ?? `error ${code}`} to request ` +
        `${majorOpcode}.${minorOpcode} (value 0x${badValue.toString(16)})`,
    );
  }
}

/** An error of the library as a typed one, if it is an error packet of the server. */
export function toProtocolError(error: Error): Error {
  const packet = error as Error & {
    error?: number;
    majorOpcode?: number;
    minorOpcode?: number;
    badParam?: number;
  };
  if (typeof packet.error !== "number") return error;
  return new XProtocolError(
    packet.error,
    packet.majorOpcode ?? 0,
    packet.minorOpcode ?? 0,
    packet.badParam ?? 0,
  );
}

/** No X server program is installed that could make a virtual display. */
export class XServerNotFoundError extends Error {
  override name = "XServerNotFoundError";
  /** @param tried Names and paths of the programs that were looked for. */
  constructor(readonly tried: readonly string[]) {
    super(
      `No X server found (looked for ${tried.join(", ")}). Install one: ` +
        `apt install tigervnc-standalone-server (or xvfb), ` +
        `dnf install tigervnc-server-minimal (or xorg-x11-server-Xvfb), ` +
        `pacman -S tigervnc (or xorg-server-xvfb)`,
    );
  }
}

/** An X server program is installed but did not start. */
export class XServerStartError extends Error {
  override name = "XServerStartError";
  /**
   * @param program The program.
   * @param reason What it did or failed to do, like "did not start".
   * @param output The last lines that it wrote.
   */
  constructor(readonly program: string, readonly reason: string, readonly output: string) {
    super(`${program} ${reason}${output === "" ? "" : `; it said: ${output}`}`);
  }
}

/** An X server cannot do without the temporary directory, and this user cannot write to it. */
export class TemporaryDirectoryError extends Error {
  override name = "TemporaryDirectoryError";
  constructor() {
    super(
      `An X server keeps its keymap and its lock in /tmp, and this user cannot write there. Have it ` +
        `made writable (a container: with a tmpfs at /tmp), run skerry-portable, whose own X server ` +
        `does without, or show a display that runs already with --display :N`,
    );
  }
}

/** The program that the display was to show does not exist. */
export class CommandNotFoundError extends Error {
  override name = "CommandNotFoundError";
  /**
   * @param command The program's name or path, as given.
   * @param advice What to do.
   */
  constructor(
    readonly command: string,
    advice = "check its spelling and PATH, or give its full path",
  ) {
    super(`Cannot find the program "${command}"; ${advice}`);
  }
}
