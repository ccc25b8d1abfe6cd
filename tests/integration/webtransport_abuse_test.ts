import assert from "node:assert/strict";
import type { Transport } from "../../src/protocol/flow.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import type { WebTransportTransport as ServerTransport } from "../../src/transport/webtransport.ts";
import { FloodingClient, type FloodKind } from "../support/flooding_client.ts";
import { collectGarbage } from "../support/garbage.ts";
import { PacketFlood } from "../support/packet_flood.ts";
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
  const datagram = new Uint8Array([0x6a, 0, 0, 0]);
  while (!ended) {
    const written = Array.from({ length: 500 }, () => writer.write(datagram).catch(() => {}));
    // What is written when the connection ends is never done.
    await Promise.race([end, Promise.all(written)]);
  }
  assert.equal((await end).code, 4029);
  await session.closed.catch(() => {});
  assert.ok(await viewer.framesIn(300) > 0);
});

Deno.test("WebTransportServer keeps an honest viewer's frames coming through 10,000 garbage datagrams", async () => {
  await using host = await TestServer.start();
  await using viewer = await HonestViewer.join(host);
  const usual = await usualRate(viewer);
  using flood = new PacketFlood("datagrams", host.server.address, 10_000, 2000);
  const during = await rateUntil(viewer, flood.done);
  // The flood takes its share of a machine with few cores.
  assert.ok(during > usual / 3, `${during} frames a ms in the flood, ${usual} without`);
  assert.ok(await viewer.framesIn(500) > 5);
  assert.equal(host.server.sessions, 1);
  await until("no handshake is left", () => host.server.handshakes === 0);
});

Deno.test("WebTransportServer keeps an honest viewer's frames coming through 1,000 half-open connections", async () => {
  await using host = await TestServer.start({ limits: { handshakeTimeout: 1000 } });
  await using viewer = await HonestViewer.join(host);
  const usual = await usualRate(viewer);
  using flood = new PacketFlood("half-open", host.server.address, 1000, 2000);
  let most = 0;
  const watching = setInterval(() => most = Math.max(most, host.server.handshakes), 5);
  const during = rateUntil(viewer, flood.done);
  try {
    await until("the flood has begun", () => most > 50);
    // An honest newcomer gets in all the same, though it has the flood's address and may be displaced.
    const { hash } = host.certificate;
    const newcomer = await until(
      "a newcomer gets in",
      () => ClientTransport.connect({ url: host.url(), hashes: [hash] }).catch(() => undefined),
    );
    await newcomer[Symbol.asyncDispose]();
    assert.ok(
      await during > usual / 3,
      `${await during} frames a ms in the flood, ${usual} without`,
    );
  } finally {
    clearInterval(watching);
    await during;
  }
  assert.ok(most <= 128, `${most} were half open`);
  await until("no handshake is left", () => host.server.handshakes === 0);
});

/** Frames a millisecond that a viewer gets when nobody disturbs it. */
async function usualRate(viewer: HonestViewer): Promise<number> {
  await viewer.framesIn(500);
  return await viewer.framesIn(1000) / 1000;
}

/** Frames a millisecond that a viewer gets until something is over. */
async function rateUntil(viewer: HonestViewer, over: Promise<void>): Promise<number> {
  const start = performance.now(), before = viewer.received;
  await over;
  return (viewer.received - before) / (performance.now() - start);
}

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
