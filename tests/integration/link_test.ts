import assert from "node:assert/strict";
import { Link } from "../support/link.ts";
import { RigProcess } from "../support/rig_process.ts";

const unavailable = Link.unavailable();
const test = (name: string, fn: () => Promise<void>) =>
  Deno.test({ name, ignore: unavailable !== undefined, fn });

if (unavailable !== undefined) {
  console.log(`Tests of the emulated link are skipped: ${unavailable}.`);
}

/** Echoes datagrams, and sends as much as it can to whoever connects. */
const SERVER = `
  const [hostname] = Deno.args;
  const udp = Deno.listenDatagram({ transport: "udp", hostname, port: 4000 });
  const tcp = Deno.listen({ hostname, port: 4000 });
  console.log("ready");
  (async () => { for await (const [octets, from] of udp) await udp.send(octets, from); })();
  const flood = async (connection) => {
    for (const octets = new Uint8Array(65536);;) await connection.write(octets);
  };
  for await (const connection of tcp) flood(connection).catch(() => {});
`;

async function startServer(link: Link): Promise<RigProcess> {
  const address = link.address("server");
  const code = ["eval", "--unstable-net", SERVER, address];
  const server = RigProcess.start(link.command("server", [Deno.execPath(), ...code]));
  try {
    await server.waitFor(/^ready$/m, 30_000);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

/** Sends datagrams to the server. @returns the round trips of those that came back; in ms. */
async function echo(link: Link, count: number, patience = 1000): Promise<number[]> {
  const socket = Deno.listenDatagram({
    transport: "udp",
    hostname: link.address("client"),
    port: 0,
  });
  const to: Deno.NetAddr = { transport: "udp", hostname: link.address("server"), port: 4000 };
  const trips: number[] = [], sent: number[] = [];
  const receiving = (async () => {
    for await (const [octets] of socket) {
      trips.push(
        performance.now() - sent[new DataView(octets.buffer, octets.byteOffset).getUint32(0)]!,
      );
      if (trips.length === count) return;
    }
  })();
  for (let i = 0; i < count; i++) {
    const octets = new Uint8Array(100);
    new DataView(octets.buffer).setUint32(0, i);
    sent.push(performance.now());
    await socket.send(octets, to);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const { promise: patient, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, patience);
  await Promise.race([receiving, patient]);
  clearTimeout(timer);
  socket.close();
  await receiving;
  return trips.sort((a, b) => a - b);
}

/** Mbit/s that a connection brings in half a second, after as long for TCP to find its rate. */
async function throughput(link: Link): Promise<number> {
  using connection = await Deno.connect({ hostname: link.address("server"), port: 4000 });
  const octets = new Uint8Array(65_536);
  const receive = async (ms: number) => {
    const start = performance.now();
    let received = 0;
    while (performance.now() - start < ms) received += await connection.read(octets) ?? 0;
    return received * 8 / 1000 / (performance.now() - start);
  };
  await receive(500);
  return await receive(500);
}

test("Link delays, limits, loses, blocks and breaks off as it is told", async () => {
  await using link = await Link.open({ delay: 30 });
  await using _server = await startServer(link);
  using _client = await link.enter("client");

  const trips = await echo(link, 20);
  assert.equal(trips.length, 20);
  assert.ok(trips[0]! >= 60, `A round trip of 60 ms took ${trips[0]} ms.`);
  assert.ok(trips[10]! < 100, `Round trips of 60 ms took ${trips[10]} ms at the median.`);

  await link.set({ delay: 5, down: 4, queue: 50 });
  const rate = await throughput(link);
  assert.ok(rate > 2 && rate < 4.4, `A link of 4 Mbit/s carried ${rate}.`);
  const { down } = await link.set({ down: 0, loss: 0.2 });
  assert.ok(down.longestQueue <= 50, `A queue of 50 ms was ${down.longestQueue} ms long.`);

  const left = (await echo(link, 400)).length / 400;
  assert.ok(left > 0.54 && left < 0.74, `Losing a fifth each way left ${left}.`);

  await link.set({ loss: 0, udp: false });
  assert.deepEqual(await echo(link, 5, 200), []);
  assert.ok(await throughput(link) > 2, "TCP is to pass where UDP is blocked.");
  assert.equal((await link.set({ udp: true, outage: "drop" })).blocked, 5);

  assert.deepEqual(await echo(link, 5, 200), []);
  await link.set({ outage: undefined });
  assert.equal((await echo(link, 5)).length, 5);
});

test("Link leaves nothing behind when the program that made it is killed", async () => {
  const code = `
    import { Link } from ${JSON.stringify(new URL("../support/link.ts", import.meta.url).href)};
    const link = await Link.open();
    console.log("namespace", link.command("server", [])[1]);
    setInterval(() => {}, 1000);
  `;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const maker = RigProcess.start([
    Deno.execPath(),
    "eval",
    `--config=${config}`,
    "--no-check",
    code,
  ]);
  let path = "";
  try {
    const [, found = ""] = await maker.waitFor(/^namespace --net=(\S+)$/m, 30_000);
    path = found;
    assert.ok(await exists(path));
  } finally {
    maker.signal("SIGKILL");
    await maker[Symbol.asyncDispose]();
  }
  for (let tries = 100; tries > 0 && await exists(path); tries--) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.ok(!await exists(path), `${path} is still there.`);
});

async function exists(path: string): Promise<boolean> {
  return await Deno.lstat(path).then(() => true, () => false);
}
