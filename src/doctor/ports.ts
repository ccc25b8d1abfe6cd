/**
 * Whether Skerry can listen where it is told to: by listening there.
 *
 * @module
 */

import { Hono } from "hono";
import { SocketServer } from "../http/mod.ts";
import type { ListenAddress, Settings } from "../settings.ts";
import { userPath } from "../user_path.ts";
import { type Finding, messageOf } from "./finding.ts";

const OTHER_PORT = "Take another port: --listen, or --listen HOST:0 for a free one";

/** The address or socket of the page, and the port of WebTransport. */
export async function checkPorts(settings: Settings): Promise<Finding[]> {
  const { listen, transport, webtransportListen } = settings;
  const page = "path" in listen
    ? await checkSocket(userPath(listen.path))
    : checkPort("port (TCP)", "missing", listen, (address) => Deno.listen(address));
  const udp = webtransportListen ?? ("path" in listen ? undefined : listen);
  if (transport === "websocket" || udp === undefined) return [page];
  return [
    page,
    checkPort(
      "port (UDP, for WebTransport)",
      transport === "webtransport" ? "missing" : "worse",
      udp,
      (address) => Deno.listenDatagram({ transport: "udp", ...address }),
    ),
  ];
}

async function checkSocket(path: string): Promise<Finding> {
  const what = "Unix socket";
  try {
    await using _server = await SocketServer.listen({ path, app: new Hono() });
    return { verdict: "ok", what, detail: path };
  } catch (error) {
    return { verdict: "missing", what, detail: messageOf(error) };
  }
}

function checkPort(
  what: string,
  verdict: Finding["verdict"],
  { hostname, port }: ListenAddress,
  bind: (address: ListenAddress) => { close(): void },
): Finding {
  const address = `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  try {
    bind({ hostname, port }).close();
    return { verdict: "ok", what, detail: address };
  } catch (error) {
    return { verdict, what, detail: `${address}: ${messageOf(error)}`, advice: OTHER_PORT };
  }
}
