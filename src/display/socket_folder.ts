/**
 * The folder where X servers have their sockets, and what is possible where it cannot be written to: then
 * a server listens at an abstract socket (unix(7)) of the same name alone, which Xlib and XCB know, too.
 *
 * @module
 */

const TEMPORARY = "/tmp";
const SOCKETS = `${TEMPORARY}/.X11-unix`;

/** Numbers that are drawn when the server cannot choose: above those of other desktops. */
const FIRST_DRAWN = 1000;
const DRAWN = 50_000;

/** @returns The path of a display's socket. */
export function socketPathOf(display: number): string {
  return `${SOCKETS}/X${display}`;
}

/** @returns The name of a display's abstract socket, as a path for Deno. */
export function abstractSocketOf(display: number): string {
  return `\0${socketPathOf(display)}`;
}

/** Whether an X server of this user's could make its socket. */
export function canMakeSocket(): boolean {
  return exists(SOCKETS) ? canWrite(SOCKETS) : canWrite(TEMPORARY);
}

/** Whether an X server of this user's could put its keymap where all but the portable file's do. */
export function canWriteTemporary(): boolean {
  return canWrite(TEMPORARY);
}

/**
 * A display number that nobody uses, for an X server that has no folder to look for one in. Somebody may
 * be quicker: then the server does not start with it.
 */
export function drawDisplay(): number {
  for (;;) {
    const [octets] = crypto.getRandomValues(new Uint32Array(1));
    const display = FIRST_DRAWN + octets! % DRAWN;
    if (!exists(socketPathOf(display)) && !isTaken(`@${socketPathOf(display)}`)) return display;
  }
}

function isTaken(name: string): boolean {
  try {
    return Deno.readTextFileSync("/proc/net/unix").split("\n").some((line) =>
      line.endsWith(` ${name}`)
    );
  } catch {
    return false;
  }
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function canWrite(folder: string): boolean {
  try {
    Deno.removeSync(Deno.makeTempFileSync({ dir: folder, prefix: ".skerry-" }));
    return true;
  } catch {
    return false;
  }
}
