/**
 * The yardstick: noVNC in front of TigerVNC, from Debian's packages, as they come.
 *
 * @module
 */
import type { Link } from "./link.ts";
import { RigProcess } from "./rig_process.ts";
import { freePort, type RigServer, startRemoteDisplay } from "./rig_server.ts";

/** A running noVNC: a remote display, and the page that shows it. */
export interface NovncServer extends AsyncDisposable {
  readonly remote: RigServer;
  readonly url: string;
  /** The bridge between the browser and the VNC server. */
  readonly websockify: RigProcess;
}

/**
 * Starts Xtigervnc and websockify on free ports.
 *
 * @param link starts them on its server's side, websockify at that side's address; else on loopback
 */
export async function startNovnc(
  width: number,
  height: number,
  link?: Link,
): Promise<NovncServer> {
  const place = (command: readonly string[]) => link?.command("server", command) ?? command;
  const address = link?.address("server") ?? "127.0.0.1";
  const rfbPort = freePort();
  await using stack = new AsyncDisposableStack();
  const remote = stack.use(await startRemoteDisplay(width, height, rfbPort, place));
  const port = freePort();
  const websockify = stack.use(
    RigProcess.start(place([
      "websockify",
      "--web",
      "/usr/share/novnc",
      `${address}:${port}`,
      `127.0.0.1:${rfbPort}`,
    ])),
  );
  await websockify.waitFor(/proxying from/);
  const kept = stack.move();
  return {
    remote,
    websockify,
    url: `http://${address}:${port}/vnc.html?autoconnect=true&resize=off&reconnect=true`,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
