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
 * Starts Xtigervnc and, on a free port, websockify.
 *
 * @param link websockify is started on its server's side, at that side's address; else on loopback
 */
export async function startNovnc(
  width: number,
  height: number,
  link?: Link,
): Promise<NovncServer> {
  const place = (command: readonly string[]) => link?.command("server", command) ?? command;
  const address = link?.address("server") ?? "127.0.0.1";
  await using stack = new AsyncDisposableStack();
  const folder = stack.adopt(
    await Deno.makeTempDir({ prefix: "skerry-rig-" }),
    (path) => Deno.remove(path, { recursive: true }),
  );
  const socket = `${folder}/rfb`;
  const remote = stack.use(await startRemoteDisplay(width, height, socket));
  const port = freePort();
  const websockify = stack.use(
    RigProcess.start(place([
      "websockify",
      "--web",
      "/usr/share/novnc",
      `--unix-target=${socket}`,
      `${address}:${port}`,
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
