import assert from "node:assert/strict";
import { LimitExceededError, ProtocolError } from "../../src/protocol/errors.ts";
import { ConnectFailedError, WebSocketTransport } from "../../src/transport/websocket.ts";
import { RecklessClient } from "../support/reckless_client.ts";
import { type ConnectedPair, testTransportContract } from "../support/transport_contract.ts";

/** A server on a free port that hands each WebSocket over. */
function serve(onsocket: (socket: WebSocket) => void): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    onsocket(socket);
    return response;
  });
}

async function connect(): Promise<ConnectedPair> {
  const accepted = Promise.withResolvers<WebSocketTransport>();
  const server = serve((socket) => accepted.resolve(new WebSocketTransport(socket)));
  const far = await WebSocketTransport.connect(`ws://127.0.0.1:${server.addr.port}/`);
  const near = await accepted.promise;
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
      await server.shutdown();
    },
  };
}

testTransportContract("WebSocketTransport", connect);

/** A bare WebSocket to a server that speaks the protocol, and the server's end of it. */
async function bare(): Promise<
  { socket: WebSocket; transport: WebSocketTransport; port: number } & AsyncDisposable
> {
  const accepted = Promise.withResolvers<WebSocketTransport>();
  const server = serve((socket) => accepted.resolve(new WebSocketTransport(socket)));
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
  socket.binaryType = "arraybuffer";
  await new Promise((resolve) => socket.onopen = resolve);
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  return {
    socket,
    transport: await accepted.promise,
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed;
      await server.shutdown();
    },
  };
}

function closing(socket: WebSocket): Promise<CloseEvent> {
  return new Promise((resolve) => socket.addEventListener("close", resolve, { once: true }));
}

Deno.test("WebSocketTransport closes on a text message, and the server stays up", async () => {
  await using server = await bare();
  const { socket, transport, port } = server;
  const closed = closing(socket);
  socket.send("hello");
  assert.equal((await closed).code, 4002);
  assert.ok((await transport.closed).error instanceof ProtocolError);
  const again = new WebSocket(`ws://127.0.0.1:${port}/`);
  await new Promise((resolve) => again.onopen = resolve);
  const gone = closing(again);
  again.close();
  await gone;
});

Deno.test("WebSocketTransport closes on octets that say nothing", async () => {
  await using server = await bare();
  const closed = closing(server.socket);
  server.socket.send(new Uint8Array([0xff, 1, 2, 3]));
  const { code, reason } = await closed;
  assert.equal(code, 4002);
  assert.match(reason, /0xff/);
});

Deno.test("WebSocketTransport cuts close reasons at a whole character", async () => {
  await using server = await bare();
  const closed = closing(server.socket);
  server.transport.close(1008, "ä".repeat(100));
  const { code, reason } = await closed;
  assert.equal(code, 4008);
  assert.equal(reason, "ä".repeat(61));
});

Deno.test("WebSocketTransport answers a ping with the same octets", async () => {
  await using server = await bare();
  const reply = new Promise<MessageEvent>((resolve) => server.socket.onmessage = resolve);
  server.socket.send(new Uint8Array([1, 0xca, 0xfe]));
  assert.deepEqual(new Uint8Array((await reply).data), new Uint8Array([0x41, 0xca, 0xfe]));
});

Deno.test("WebSocketTransport cuts off a peer that asks and does not read", async () => {
  const outstanding = 16 * 1024;
  const accepted = Promise.withResolvers<WebSocketTransport>();
  const server = serve((socket) =>
    accepted.resolve(
      new WebSocketTransport(socket, { limits: { maxOutstandingOctets: outstanding } }),
    )
  );
  await using client = await RecklessClient.connect(server.addr.port);
  const transport = await accepted.promise;
  void client.flood();
  const { code, error } = await transport.closed;
  assert.equal(code, 4029);
  assert.ok(error instanceof LimitExceededError);
  await client[Symbol.asyncDispose]();
  await server.shutdown();
});

Deno.test("WebSocketTransport.connect() rejects when nobody listens", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  await assert.rejects(WebSocketTransport.connect(`ws://127.0.0.1:${port}/`), ConnectFailedError);
});

Deno.test("WebSocketTransport.connect() gives up when told to", async () => {
  // Takes connections and says nothing.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  const abort = new AbortController();
  const connecting = WebSocketTransport.connect(`ws://127.0.0.1:${listener.addr.port}/`, {
    signal: abort.signal,
  });
  abort.abort(new Error("Enough"));
  await assert.rejects(connecting, /Enough/);
  await assert.rejects(
    WebSocketTransport.connect("ws://127.0.0.1:1/", { signal: abort.signal }),
    /Enough/,
  );
  listener.close();
  await accepting;
  for (const connection of connections) connection.close();
});
