import assert from "node:assert/strict";
import type { Transport } from "../../src/protocol/flow.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import type { WebTransportTransport as ServerTransport } from "../../src/transport/webtransport.ts";
import { FloodingClient, type FloodKind } from "../support/flooding_client.ts";
import { collectGarbage } from "../support/garbage.ts";
import { WebTransportTransport as ClientTransport } from "../../web/worker/webtransport_transport.ts";
import { until } from "../support/until.ts";
import { TestServer } from "../support/webtransport.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A client that lets the test say what it wants to the server. */
async function rudeClient(
  host: TestServer,
): Promise<
  { session: WebTransport; stream: WebTransportBidirectionalStream; server: ServerTransport }
> {
  const coming = host.session();
  const session = new WebTransport(host.url(), {
    serverCertificateHashes: [{ algorithm: "sha-256", value: host.certificate.hash }],
  });
  session.closed.catch(() => {});
  await session.ready;
  const streams = session.incomingBidirectionalStreams.getReader();
  const { value: stream } = await streams.read();
  assert.ok(stream);
  return { session, stream, server: (await coming).transport };
}

/** An honest viewer, to whom frames go at a steady rate. */
class HonestViewer implements AsyncDisposable {
  received = 0;
  skipped = 0;
  readonly #server: Transport;
  readonly #client: Transport;
  readonly #timer: ReturnType<typeof setInterval>;

  private constructor(server: Transport, client: Transport) {
    this.#server = server;
    this.#client = client;
    client.onflow = (flow) => flow.onmessage = () => this.received++;
    const flow = server.openFlow(bytes("video"), { delivery: "independent" });
    const frame = new Uint8Array(10_000);
    this.#timer = setInterval(() => {
      if (hasRoom(server, flow, frame.length)) flow.write(frame);
      else this.skipped++;
    }, 20);
  }

  static async join(host: TestServer): Promise<HonestViewer> {
    const { server, client } = await host.connect();
    return new HonestViewer(server, client);
  }

  static between(server: Transport, client: Transport): HonestViewer {
    return new HonestViewer(server, client);
  }

  /** How many frames come within some ms. */
  async framesIn(milliseconds: number): Promise<number> {
    const before = this.received;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return this.received - before;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#client[Symbol.asyncDispose]();
    await this.#server.closed;
  }
}

Deno.test("WebTransportTransport closes on octets that say nothing, whatever they come in", async () => {
  await using host = await TestServer.start();
  await using viewer = await HonestViewer.join(host);
  const garbage = new Uint8Array(3000).fill(0xff);
  const deeds: ((client: Awaited<ReturnType<typeof rudeClient>>) => Promise<void>)[] = [
    async ({ stream }) => await stream.writable.getWriter().write(garbage),
    // The right version, and then no message.
    async ({ stream }) =>
      await stream.writable.getWriter().write(new Uint8Array([1, 4, 0x99, 1, 2, 3])),
    async ({ session }) =>
      await session.datagrams.writable.getWriter().write(garbage.slice(0, 500)),
    async ({ session }) => {
      const stream = await session.createUnidirectionalStream();
      await stream.getWriter().write(garbage);
    },
    // A message that is longer than it said.
    async ({ session }) => {
      const stream = await session.createUnidirectionalStream();
      await stream.getWriter().write(new Uint8Array([0, 0, 0, 1, 0, 7, 7, 7]));
    },
    // More streams of no flow than are waited with.
    async ({ stream }) =>
      await stream.writable.getWriter().write(new Uint8Array([1, 4, 0x2a, 9, 0, 9])),
  ];
  for (const deed of deeds) {
    const client = await rudeClient(host);
    await deed(client);
    const { clean, code, error } = await client.server.closed;
    assert.deepEqual([clean, code], [false, error?.name === "LimitExceededError" ? 4029 : 4002]);
    await client.session.closed.catch(() => {});
  }
  assert.ok(await viewer.framesIn(300) > 0);
});

Deno.test("WebTransportTransport cuts off a client that floods it with datagrams", async () => {
  await using host = await TestServer.start();
  await using viewer = await HonestViewer.join(host);
  const { session, server } = await rudeClient(host);
  let ended = false;
  const end = server.closed.then((close) => {
    ended = true;
    return close;
  });
  const writer = session.datagrams.writable.getWriter();
  // An ack of nothing, which is harmless.
  const datagram = new Uint8Array([0x6a, 0, 0]);
  while (!ended) {
    await Promise.all(Array.from({ length: 500 }, () => writer.write(datagram).catch(() => {})));
  }
  assert.equal((await end).code, 4029);
  await session.closed.catch(() => {});
  assert.ok(await viewer.framesIn(300) > 0);
});

Deno.test("WebTransportServer keeps an honest viewer's frames coming through 10,000 garbage datagrams", async () => {
  await using host = await TestServer.start();
  await using viewer = await HonestViewer.join(host);
  const { port } = host.server.address;
  using sockets = new DisposableStack();
  const socket = udpSocket(sockets);
  const garbage = new Uint8Array(1200);
  const before = viewer.received;
  const start = performance.now();
  for (let count = 0; count < 10_000; count++) {
    crypto.getRandomValues(garbage.subarray(0, 64));
    // Every other one looks like the first packet of a connection of QUIC version 1.
    if (count % 2 === 0) garbage.set([0xc3, 0, 0, 0, 1, 8]);
    await socket.send(garbage, { transport: "udp", hostname: "127.0.0.1", port });
    // Not faster than the socket's buffer holds.
    if (count % 100 === 99) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const elapsed = performance.now() - start;
  const frames = viewer.received - before;
  assert.ok(frames >= elapsed / 20 / 4, `${frames} frames in ${elapsed} ms`);
  assert.ok(await viewer.framesIn(500) > 5);
  assert.equal(host.server.sessions, 1);
  await until("no handshake is left", () => host.server.handshakes === 0);
});

Deno.test("WebTransportServer keeps an honest viewer's frames coming through 1,000 half-open connections", async () => {
  await using host = await TestServer.start({ limits: { handshakeTimeout: 1000 } });
  await using viewer = await HonestViewer.join(host);
  const { port } = host.server.address;
  // What comes in goes on to the server, and nothing comes back.
  using sockets = new DisposableStack();
  const relay = udpSocket(sockets);
  const outward = udpSocket(sockets);
  const relaying = (async () => {
    for await (const [datagram] of relay) {
      await outward.send(datagram, { transport: "udp", hostname: "127.0.0.1", port });
    }
  })();
  const endpoint = sockets.adopt(
    new Deno.QuicEndpoint({ hostname: "127.0.0.1", port: 0 }),
    (endpoint) => endpoint.close(),
  );
  const before = viewer.received;
  const start = performance.now();
  let most = 0;
  const attempts: Promise<unknown>[] = [];
  for (let count = 0; count < 1000; count++) {
    attempts.push(
      Deno.connectQuic<false>({
        hostname: "127.0.0.1",
        port: portOf(relay),
        endpoint,
        alpnProtocols: ["h3"],
        maxIdleTimeout: 1000,
      }).catch(() => {}),
    );
    if (count % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 5));
    most = Math.max(most, host.server.handshakes);
  }
  // An honest newcomer gets in all the same.
  const newcomer = await host.connect();
  const elapsed = performance.now() - start;
  const frames = viewer.received - before;
  assert.ok(most > 50, `${most} were half open`);
  assert.ok(most <= 128, `${most} were half open`);
  assert.ok(frames >= elapsed / 20 / 4, `${frames} frames in ${elapsed} ms`);
  await newcomer.client[Symbol.asyncDispose]();
  await Promise.all(attempts);
  await until("no handshake is left", () => host.server.handshakes === 0);
  sockets.dispose();
  await relaying;
});

for (const kind of ["garbage streams", "valid streams"] satisfies FloodKind[]) {
  Deno.test(`WebTransportServer keeps an honest viewer's frame rate through 10,000 ${kind}`, async () => {
    const codes: number[] = [];
    await using host = await TestServer.start({
      onsession: ({ transport, grant }) => {
        if (grant !== "flood") return honest?.resolve(transport);
        transport.onflow = (flow) => flow.onmessage = () => {};
        transport.closed.then(({ code }) => codes.push(code));
      },
    });
    const honest = Promise.withResolvers<Transport>();
    const client = await ClientTransport.connect({
      url: host.url(),
      hashes: [host.certificate.hash],
    });
    await using viewer = HonestViewer.between(await honest.promise, client);
    await viewer.framesIn(500);
    const before = await viewer.framesIn(1500) / 1500;
    await collectGarbage();
    const heap = Deno.memoryUsage().heapUsed;
    await using flood = new FloodingClient(
      kind,
      host.certificate.hash,
      10_000,
      () => host.url(host.tickets.issue("flood")),
    );
    const from = performance.now();
    const frames = viewer.received;
    await flood.done;
    const during = (viewer.received - frames) / (performance.now() - from);
    const after = await viewer.framesIn(1500) / 1500;
    const usual = (before + after) / 2;
    // The flood takes its share of a machine with few cores.
    assert.ok(during > usual / 3, `${during} frames a ms in the flood, ${usual} without`);
    assert.ok(codes.includes(kind === "valid streams" ? 1000 : 4002), "the server has seen it");
    for (const code of codes) assert.ok([1000, 1006, 4002, 4029].includes(code), `${code}`);
    await until("the flood is gone", () => host.server.sessions === 1);
    assert.equal(host.server.handshakes, 0);
    await collectGarbage();
    const grown = Deno.memoryUsage().heapUsed - heap;
    assert.ok(grown < 5_000_000, `the heap has grown by ${grown}`);
  });
}

/** A UDP socket on a free port of loopback, closed with the stack. */
function udpSocket(stack: DisposableStack): Deno.DatagramConn {
  return stack.adopt(
    Deno.listenDatagram({ transport: "udp", hostname: "127.0.0.1", port: 0 }),
    (socket) => socket.close(),
  );
}

function portOf(socket: Deno.DatagramConn): number {
  assert.ok(socket.addr.transport === "udp");
  return socket.addr.port;
}
