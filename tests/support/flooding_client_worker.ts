/**
 * The thread of a flooding client: asks for a URL, sends streams until the server has had enough, and
 * asks for the next one.
 *
 * @module
 */

import { WebTransportTransport } from "../../web/worker/webtransport_transport.ts";
import type { FloodKind, FloodOrder } from "./flooding_client.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<FloodOrder | string>) => void) | null;
  postMessage(message: "url" | "done"): void;
};

/** At a time. */
const STREAMS = 50;
/** For streams to be opened, in milliseconds. */
const PATIENCE_MS = 50;

function nextMessage(): Promise<FloodOrder | string> {
  return new Promise((resolve) => scope.onmessage = ({ data }) => resolve(data));
}

/** @returns How many streams were sent before the connection was gone. */
async function garbage(url: string, hash: Uint8Array<ArrayBuffer>): Promise<number> {
  const session = new WebTransport(url, {
    serverCertificateHashes: [{ algorithm: "sha-256", value: hash }],
  });
  session.closed.catch(() => {});
  await session.ready;
  const octets = new Uint8Array(100).fill(0xff);
  let count = 0;
  const streams = Array.from({ length: STREAMS }, async () => {
    const stream = await session.createUnidirectionalStream();
    await stream.getWriter().write(octets);
    count++;
  });
  // What waits for the server to allow one more may wait for ever.
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
  await Promise.race([Promise.allSettled(streams), patience]);
  for (const stream of streams) stream.catch(() => {});
  session.close();
  return count;
}

async function valid(url: string, hash: Uint8Array<ArrayBuffer>, most: number): Promise<number> {
  const transport = await WebTransportTransport.connect({ url, hashes: [hash] });
  const flow = transport.openFlow(new Uint8Array(1), { delivery: "independent" });
  let open = true;
  transport.closed.then(() => open = false);
  let count = 0;
  while (open && count < most) {
    for (let at = 0; at < STREAMS && open; at++, count++) {
      try {
        flow.write(new Uint8Array(1));
      } catch {
        // The queue is full, or the connection gone.
        break;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await transport[Symbol.asyncDispose]();
  return count;
}

const FLOODS: Record<
  FloodKind,
  (url: string, hash: Uint8Array<ArrayBuffer>, most: number) => Promise<number>
> = { "garbage streams": garbage, "valid streams": valid };

// Messages come only once the module has been run to its end.
async function flood(): Promise<void> {
  const order = await nextMessage();
  if (typeof order === "string") throw new TypeError("The order comes first");
  for (let left = order.streams; left > 0;) {
    scope.postMessage("url");
    const url = await nextMessage();
    if (typeof url === "string") left -= await FLOODS[order.kind](url, order.hash, left);
  }
  scope.postMessage("done");
}

void flood();
