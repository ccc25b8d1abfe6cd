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
/** How many the server allows, beside HTTP/3's: Deno allows no more until it collects garbage. */
const ALLOWED = 12;
/** For streams to be opened, and for the server to read them; in milliseconds. */
const PATIENCE_MS = 50;

function later(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
}

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
  await Promise.race([Promise.allSettled(streams), later()]);
  for (const stream of streams) stream.catch(() => {});
  // The server has had enough at the first that it reads.
  await Promise.race([session.closed.catch(() => {}), later()]);
  session.close();
  return count;
}

async function valid(url: string, hash: Uint8Array<ArrayBuffer>): Promise<number> {
  const transport = await WebTransportTransport.connect({ url, hashes: [hash] });
  const flow = transport.openFlow(new Uint8Array(1), { delivery: "independent" });
  const messages = Array.from({ length: ALLOWED }, () => flow.write(new Uint8Array(1)).outcome);
  await Promise.race([Promise.all(messages), later()]);
  await transport[Symbol.asyncDispose]();
  return messages.length;
}

const FLOODS: Record<
  FloodKind,
  (url: string, hash: Uint8Array<ArrayBuffer>) => Promise<number>
> = { "garbage streams": garbage, "valid streams": valid };

/** Connections at a time. */
const LANES = 4;

// Messages come only once the module has been run to its end.
async function flood(): Promise<void> {
  const order = await nextMessage();
  if (typeof order === "string") throw new TypeError("The order comes first");
  const { hash, kind } = order;
  for (let left = order.streams; left > 0;) {
    const urls: string[] = [];
    while (urls.length < LANES) {
      scope.postMessage("url");
      urls.push(String(await nextMessage()));
    }
    const sent = await Promise.all(urls.map((url) => FLOODS[kind](url, hash)));
    for (const streams of sent) left -= streams;
  }
  scope.postMessage("done");
}

void flood();
