import assert from "node:assert/strict";
import { createApp, type SessionAnswer } from "../../src/http/app.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import {
  ConnectionLimits,
  type ConnectionLimitsOptions,
} from "../../src/http/connection_limits.ts";
import { HttpServer } from "../../src/http/server.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import { WebSocketTransport } from "../../src/transport/websocket.ts";
import { RecklessClient } from "../support/reckless_client.ts";
import { until } from "../support/until.ts";

const TOKEN = "open sesame";
/** Frames of the viewer: ms from one to the next, and their size. */
const INTERVAL = 16;
const FRAME = new Uint8Array(10_000);

/** A server, and one viewer to whom frames go at a steady rate. */
async function start(options: ConnectionLimitsOptions) {
  await using resources = new AsyncDisposableStack();
  const limits = resources.use(new ConnectionLimits(options));
  const sockets: WebSocket[] = [];
  const app = createApp({
    client: await ClientFiles.of({ "index.html": new TextEncoder().encode("page") }),
    auth: new TokenAuthentication(TOKEN),
    health: () => ({ healthy: true, state: "live", viewers: 1 }),
    limits,
    onViewer(socket) {
      const transport = new WebSocketTransport(socket);
      const flow = transport.openFlow(new Uint8Array(1), { delivery: "independent" });
      const timer = setInterval(() => {
        if (flow.state === "open" && hasRoom(transport, flow, FRAME.length)) flow.write(FRAME);
      }, INTERVAL);
      transport.closed.then(() => clearInterval(timer));
      sockets.push(socket);
    },
  });
  const server = resources.use(HttpServer.listen({ hostname: "127.0.0.1", port: 0, app }));
  const { port } = server.address;
  limits.watch(port);
  const path = async () => {
    const response = await fetch(`${server.url}api/session`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}` },
    });
    return (await response.json() as SessionAnswer).websocket!.path;
  };
  // Flows may be opened as soon as the socket is.
  const client = resources.use(
    new WebSocketTransport(new WebSocket(`ws://127.0.0.1:${port}/${await path()}`)),
  );
  let frames = 0;
  client.onflow = (flow) => flow.onmessage = () => frames++;
  const owned = resources.move();
  return {
    port,
    url: server.url,
    /** Of a WebSocket, with a ticket. */
    path,
    /** Its ends of viewers' WebSockets, in the order of their coming. */
    sockets,
    /** Frames a second. */
    async rate(milliseconds = 1500): Promise<number> {
      const [before, from] = [frames, performance.now()];
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return (frames - before) * 1000 / (performance.now() - from);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Connections that say nothing, or one letter at a time of a request that never ends. */
class Crowd implements AsyncDisposable {
  readonly #connections: Deno.Conn[] = [];
  readonly #reading: Promise<void>[] = [];
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  ended = 0;

  async join(port: number, beginning: string, drip: string): Promise<void> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    this.#connections.push(connection);
    const write = (text: string) =>
      connection.write(new TextEncoder().encode(text)).then(() => {}, () => {});
    if (beginning !== "") await write(beginning);
    if (drip !== "") this.#timers.push(setInterval(() => void write(drip), 200));
    const read = async () => {
      const buffer = new Uint8Array(1024);
      while (await connection.read(buffer).catch(() => null) !== null);
      this.ended++;
    };
    this.#reading.push(read());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    for (const connection of this.#connections.splice(0)) connection.close();
    await Promise.all(this.#reading);
  }
}

async function crowd(port: number): Promise<Crowd> {
  const crowd = new Crowd();
  const head = `POST /api/login HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n`;
  const body = "content-type: application/json\r\ncontent-length: 4000\r\n\r\n";
  for (let count = 0; count < 500; count++) await crowd.join(port, "", "");
  for (let count = 0; count < 50; count++) await crowd.join(port, `${head}x-slow: `, "x");
  for (let count = 0; count < 50; count++) await crowd.join(port, head + body, "x");
  return crowd;
}

Deno.test("500 idle connections and 100 slow ones leave a viewer its frame rate", async () => {
  await using site = await start({});
  await site.rate(500);
  const before = await site.rate();
  await using others = await crowd(site.port);
  const during = await site.rate();
  assert.equal(await (await fetch(site.url)).text(), "page");
  await others[Symbol.asyncDispose]();
  const after = await site.rate();
  console.log(
    `frames a second: ${before.toFixed(1)} before, ${during.toFixed(1)} during, ${
      after.toFixed(1)
    } after`,
  );
  // Dripping takes its share of a machine with few cores, which this process has both ends of.
  assert.ok(during > Math.min(before, after) / 2, `${during} of ${before} and ${after}`);
});

Deno.test("connections that ask for nothing are ended, and a viewer's is not", async () => {
  await using site = await start({ patience: 1000, keepAlive: 2000, most: 100, interval: 200 });
  await using others = await crowd(site.port);
  // Without a request, or in the middle of its head: all but those whose body is under way.
  await until(() => `550 connections are ended; ${others.ended} are`, () => others.ended >= 550);
  assert.ok(await site.rate() > 0);
  assert.equal(await (await fetch(site.url)).text(), "page");
  assert.ok(await site.rate(3000) > 0);
});

Deno.test("a viewer that takes no part in the closing handshake is cut off", async () => {
  await using site = await start({ interval: 200 });
  await using _client = await RecklessClient.connect(site.port, await site.path());
  const silent = await until("it is here", () => site.sockets[1]);
  silent.close();
  await until("its connection is ended", () => silent.readyState === WebSocket.CLOSED);
  assert.ok(await site.rate() > 0);
});

Deno.test("a viewer that asks and reads nothing is cut off", async () => {
  await using site = await start({ patience: 1000, interval: 200 });
  await using client = await RecklessClient.connect(site.port, await site.path());
  let ending: unknown;
  client.flood().then((error) => ending = error);
  await until("its connection is ended", () => ending);
  assert.ok(
    ending instanceof Deno.errors.ConnectionReset || ending instanceof Deno.errors.BrokenPipe,
    String(ending),
  );
  assert.ok(await site.rate() > 0);
});
