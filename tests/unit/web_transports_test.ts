import assert from "node:assert/strict";
import { FailureMemory } from "../../web/worker/failure_memory.ts";
import { NoTransportError } from "../../web/worker/transport_race.ts";
import {
  type Platform,
  TransportNotOfferedError,
  Transports,
  webSocketUrl,
  webTransportUrl,
} from "../../web/worker/transports.ts";

const VIEWER = "v".repeat(32);
const CHROMIUM = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " +
  "Chrome/156.0.0.0 Safari/537.36";
const SAFARI = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 " +
  "(KHTML, like Gecko) Version/26.0 Safari/605.1.15";

/** A server whose WebSocket stands, and whose UDP port nobody listens on. */
class FakeServer implements AsyncDisposable {
  /** What pages have asked for sessions with. */
  readonly asked: unknown[] = [];
  websocket = true;
  webtransport = true;
  /** Whether its WebSocket does not stand after all. */
  refusing = false;
  readonly #sockets: WebSocket[] = [];
  readonly #server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => this.#answer(request),
  );

  get base(): URL {
    return new URL(`http://127.0.0.1:${this.#server.addr.port}/`);
  }

  async #answer(request: Request): Promise<Response> {
    if (request.method === "POST") {
      this.asked.push(await request.json());
      return Response.json({
        version: "0",
        viewer: VIEWER,
        network: "192.0.2.1",
        transports: [],
        ...this.websocket ? { websocket: { path: "api/websocket" } } : {},
        ...this.webtransport
          ? { webtransport: { port: 9, path: "/api/webtransport", certificateHashes: ["AAAA"] } }
          : {},
      });
    }
    if (this.refusing) return new Response(null, { status: 404 });
    const { response, socket } = Deno.upgradeWebSocket(request);
    this.#sockets.push(socket);
    return response;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await this.#server.shutdown();
  }
}

interface Asked {
  forced?: "auto" | "websocket" | "webtransport";
  platform?: Partial<Platform>;
  memory?: FailureMemory;
}

function remember(): FailureMemory {
  let text: string | null = null;
  return new FailureMemory({ store: { load: () => text, save: (saved) => text = saved } });
}

function transportsOf(server: FakeServer, { forced = "auto", memory, platform }: Asked = {}) {
  return new Transports({
    base: server.base,
    forced,
    memory: memory ?? remember(),
    platform: { webtransport: false, secure: true, userAgent: CHROMIUM, ...platform },
  });
}

const { signal } = new AbortController();

Deno.test("Transports.first() takes the WebSocket where the browser has no WebTransport", async () => {
  await using server = new FakeServer();
  for (const secure of [true, false]) {
    const transports = transportsOf(server, { platform: { secure } });
    await using transport = (await transports.first(signal)).transport;
    assert.equal(transport.kind, "websocket");
    const { detail, state } = transports.reports!.webtransport;
    assert.equal(state, "skipped");
    assert.match(detail, secure ? /^This browser has none$/ : /secure pages only/);
    assert.equal(transports.worthwhile("webtransport"), false);
    assert.equal(transports.worthwhile("websocket"), true);
  }
});

Deno.test("Transports.first() says that a transport is alone, or forced", async () => {
  await using server = new FakeServer();
  const alone = await transportsOf(server).first(signal);
  assert.deepEqual(alone.why, { code: "alone", detail: "" });
  const forced = await transportsOf(server, { forced: "websocket" }).first(signal);
  assert.deepEqual(forced.why, { code: "forced", detail: "" });
  await alone.transport[Symbol.asyncDispose]();
  await forced.transport[Symbol.asyncDispose]();
});

Deno.test("Transports.first() spares WebKit the WebTransport that stalls there", async () => {
  await using server = new FakeServer();
  const platform = { webtransport: true, userAgent: SAFARI };
  const transports = transportsOf(server, { platform });
  await using transport = (await transports.first(signal)).transport;
  assert.equal(transport.kind, "websocket");
  assert.match(transports.reports!.webtransport.detail, /WebKit/);
  assert.equal(transports.worthwhile("webtransport"), false);
});

Deno.test("Transports.first() refuses a forced transport that is not to be had", async () => {
  await using server = new FakeServer();
  const refused = (asked: Asked) =>
    assert.rejects(transportsOf(server, asked).first(signal), TransportNotOfferedError);
  await refused({ forced: "webtransport" });
  server.webtransport = false;
  await refused({ forced: "webtransport", platform: { webtransport: true } });
  server.websocket = false;
  await refused({ forced: "websocket" });
  await refused({});
});

Deno.test("Transports.another() asks for the same viewer, and only for that", async () => {
  await using server = new FakeServer();
  const transports = transportsOf(server);
  await using first = (await transports.first(signal)).transport;
  await using second = await transports.another("websocket", signal);
  assert.deepEqual([first.kind, second.kind], ["websocket", "websocket"]);
  assert.deepEqual(server.asked, [{}, { viewer: VIEWER, standby: true }]);
  server.websocket = false;
  await assert.rejects(transports.another("websocket", signal), TransportNotOfferedError);
});

Deno.test("Transports.first() forgets an old failure when nothing else gets through", async () => {
  await using server = new FakeServer();
  const memory = remember();
  memory.failed("webtransport", "192.0.2.1");
  server.refusing = true;
  const transports = transportsOf(server, { memory, platform: { webtransport: true } });
  await assert.rejects(transports.first(signal), NoTransportError);
  assert.equal(memory.failedAgo("webtransport", "192.0.2.1"), undefined);
});

Deno.test("webTransportUrl() and webSocketUrl() find the server from the page's address", () => {
  const base = new URL("https://desk.example:8443/ada/");
  const place = { port: 4433, path: "/api/webtransport?ticket=t", certificateHashes: [] };
  const url = (hostname?: string) =>
    webTransportUrl(hostname === undefined ? place : { ...place, hostname }, base).href;
  assert.equal(url(), "https://desk.example:4433/api/webtransport?ticket=t");
  assert.equal(url("192.0.2.7"), "https://192.0.2.7:4433/api/webtransport?ticket=t");
  assert.equal(url("2001:db8::7"), "https://[2001:db8::7]:4433/api/webtransport?ticket=t");
  assert.equal(url("[2001:db8::7]"), "https://[2001:db8::7]:4433/api/webtransport?ticket=t");
  assert.equal(webSocketUrl("api/x", base).href, "wss://desk.example:8443/ada/api/x");
  assert.equal(webSocketUrl("api/x", new URL("http://h/")).href, "ws://h/api/x");
});
