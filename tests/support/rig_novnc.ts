/**
 * The yardstick: noVNC in front of TigerVNC, from Debian's packages, as they come.
 *
 * @module
 */
import { RigProcess } from "./rig_process.ts";
import { freePort, type RigServer, startRemoteDisplay } from "./rig_server.ts";

/** A running noVNC: a remote display, and the page that shows it. */
export interface NovncServer extends AsyncDisposable {
  readonly remote: RigServer;
  readonly url: string;
  /** The bridge between the browser and the VNC server. */
  readonly websockify: RigProcess;
}

/** Starts Xtigervnc and websockify on free loopback ports. */
export async function startNovnc(width: number, height: number): Promise<NovncServer> {
  const rfbPort = freePort();
  await using stack = new AsyncDisposableStack();
  const remote = stack.use(await startRemoteDisplay(width, height, rfbPort));
  const port = freePort();
  const websockify = stack.use(
    RigProcess.start([
      "websockify",
      "--web",
      "/usr/share/novnc",
      `127.0.0.1:${port}`,
      `127.0.0.1:${rfbPort}`,
    ]),
  );
  await websockify.waitFor(/proxying from/);
  const kept = stack.move();
  return {
    remote,
    websockify,
    url: `http://127.0.0.1:${port}/vnc.html?autoconnect=true&resize=off&reconnect=true`,
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
