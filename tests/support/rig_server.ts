/**
 * The X servers of the rig: Xvfb to look at, Xvnc without its VNC port (or with it) to look into.
 *
 * @module
 */
import { atHome } from "./link.ts";
import { RigProcess } from "./rig_process.ts";

/** A running X server on a display number that was free. */
export interface RigServer extends AsyncDisposable {
  /** Such as ":7". */
  readonly display: string;
  readonly process: RigProcess;
}

async function start(command: readonly string[]): Promise<RigServer> {
  const process = RigProcess.start(atHome(command));
  try {
    const match = await process.waitFor(/^(\d+)\n/m); // what -displayfd 1 writes when it is ready
    return {
      display: `:${match[1]}`,
      process,
      [Symbol.asyncDispose]: () => process[Symbol.asyncDispose](),
    };
  } catch (error) {
    await process[Symbol.asyncDispose]();
    throw error;
  }
}

/** Starts the display that a browser is shown on. */
export function startViewerDisplay(width: number, height: number): Promise<RigServer> {
  return start([
    "Xvfb",
    "-displayfd",
    "1",
    "-screen",
    "0",
    `${width}x${height}x24`,
    "-nolisten",
    "tcp",
    "-noreset",
  ]);
}

/**
 * Starts TigerVNC's Xvnc.
 *
 * @param rfbSocket the path of its VNC server's socket, or undefined for none
 */
export function startRemoteDisplay(
  width: number,
  height: number,
  rfbSocket?: string,
): Promise<RigServer> {
  return start([
    "Xtigervnc",
    "-displayfd",
    "1",
    "-geometry",
    `${width}x${height}`,
    "-depth",
    "24",
    "-SecurityTypes",
    "None",
    "-rfbport",
    "-1",
    ...rfbSocket === undefined ? [] : ["-rfbunixpath", rfbSocket],
    "-AlwaysShared",
  ]);
}

/** A TCP port of 127.0.0.1 that is free at this moment. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
