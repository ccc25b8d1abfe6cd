/**
 * A program that floods a running Skerry's UDP port.
 *
 *     deno run -A tests/support/rig_flood.ts URL KIND COUNT [--seconds=5]
 *
 * The kinds are: datagrams (garbage, half of it like a connection's first packet), half-open (connections
 * whose answers never arrive), tickets (connections with a wrong one), streams (garbage in sessions that
 * were let in). It writes "ready" before it begins and "done" at the end; what it does is spread over the
 * seconds, as far as it is let.
 *
 * @module
 */
import { FloodingClient } from "./flooding_client.ts";
import { floodWithDatagrams, openHalf, spread } from "./packet_flood.ts";
import { pause } from "./rig_process.ts";
import { postToServer, signInTo } from "./rig_stream_viewer.ts";

export const FLOODS = ["datagrams", "half-open", "tickets", "streams"] as const;
export type Flood = typeof FLOODS[number];

interface Target {
  readonly hostname: string;
  readonly port: number;
  /** With a ticket that was used by nobody. */
  readonly path: string;
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** Tickets are issued by the server to whoever knows its token. */
class Issuer {
  private constructor(readonly base: URL, readonly cookie: string) {}

  static async open(url: string): Promise<Issuer> {
    const { base, cookie } = await signInTo(url);
    return new Issuer(base, cookie);
  }

  async target(): Promise<Target> {
    const { base, cookie } = this;
    const answer = await postToServer(new URL("api/session", base), {}, { cookie });
    const { webtransport } = await answer.json() as {
      webtransport: { hostname?: string; port: number; path: string; certificateHashes: string[] };
    };
    const { certificateHashes: [hash = ""], hostname = base.hostname, path, port } = webtransport;
    return { hostname, port, path, hash: Uint8Array.fromBase64(hash) };
  }
}

async function tickets(
  { hash, hostname, path, port }: Target,
  count: number,
  ms: number,
): Promise<void> {
  const url = new URL(path, `https://${hostname}:${port}`);
  const attempts: Promise<void>[] = [];
  await spread(count, ms, (index) => {
    url.searchParams.set("ticket", `wrong-${index}`);
    const session = new WebTransport(url, {
      serverCertificateHashes: [{ algorithm: "sha-256", value: hash }],
    });
    session.ready.catch(() => {});
    // The server ends it; what is answered is none of this program's business.
    attempts.push(session.closed.then(() => {}, () => {}));
  });
  await Promise.race([Promise.all(attempts), pause(10_000)]);
}

async function streams(issuer: Issuer, count: number): Promise<void> {
  const { hash } = await issuer.target();
  await using flood = new FloodingClient("garbage streams", hash, count, async () => {
    const { hostname, path, port } = await issuer.target();
    return new URL(path, `https://${hostname}:${port}`).href;
  });
  await flood.done;
}

if (import.meta.main) {
  const [url = "", kind, count = ""] = Deno.args;
  const seconds = Number(Deno.args.find((arg) => arg.startsWith("--seconds="))?.slice(10) ?? 5);
  const issuer = await Issuer.open(url);
  const target = await issuer.target();
  console.log("ready");
  await pause(500);
  console.log("begin");
  const times = [target, Number(count), seconds * 1000] as const;
  if (kind === "datagrams") await floodWithDatagrams(...times);
  else if (kind === "half-open") await openHalf(...times);
  else if (kind === "tickets") await tickets(...times);
  else if (kind === "streams") await streams(issuer, Number(count));
  else throw new TypeError(`"${kind}" is no flood; take ${FLOODS.join(" or ")}.`);
  console.log("done");
  Deno.exit();
}
