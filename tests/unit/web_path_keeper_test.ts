import assert from "node:assert/strict";
import type { Transport } from "../../src/protocol/flow.ts";
import { PathKeeper } from "../../web/worker/path_keeper.ts";
import type { TransportName } from "../../web/worker/transport_race.ts";
import { Path, ViewerBench } from "../support/viewer_bench.ts";

/** How long a browser tries to open what does not get through, in ms. */
const OPEN_TIMEOUT = 4000;

/** A page with its keeper, in a network that may block UDP. */
class Bench extends ViewerBench {
  readonly opened: { name: TransportName; at: number }[] = [];
  readonly reports: string[] = [];
  readonly delays = { webtransport: 10, websocket: 10 };
  /** What the server closes as soon as it stands. */
  refused: TransportName | undefined;
  readonly #paths: { name: TransportName; path: Path }[] = [];
  readonly #stop = new AbortController();
  #blocked = false;
  readonly keeper = new PathKeeper({
    viewer: this.page,
    worthwhile: () => true,
    open: (name) => this.#open(name),
    report: (name, failure) => this.reports.push(`${name} ${failure}`),
    schedule: (ms, callback) => this.clock.schedule(ms, callback),
    now: () => this.clock.now(),
  });
  #running: Promise<void> | undefined;

  /** Begins with this transport. */
  async start(name: TransportName): Promise<void> {
    this.page.attach(this.#connect(name), { code: "first", detail: "" });
    this.#running = this.keeper.run(this.#stop.signal);
    await this.pass(200);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    // What is on its way takes its time all the same.
    await this.pass(2 * OPEN_TIMEOUT);
    await this.#running;
  }

  set udpBlocked(blocked: boolean) {
    this.#blocked = blocked;
    for (const { name, path } of this.#paths) {
      if (name === "webtransport") blocked ? path.block() : path.unblock();
    }
  }

  get carriedBy(): string | undefined {
    return this.pagePath?.transport.kind;
  }

  /** Lets time pass while somebody types, until a transport carries the session; gives the time. */
  async until(name: TransportName, limit: number): Promise<number> {
    const since = this.clock.now();
    while (this.carriedBy !== name) {
      assert.ok(this.clock.now() - since < limit, `It was not on ${name} after ${limit} ms.`);
      this.type(1);
      await this.pass(50);
    }
    return this.clock.now() - since;
  }

  #connect(name: TransportName): Transport {
    const path = new Path(this.clock, { delay: this.delays[name], kind: name });
    this.#paths.push({ name, path });
    if (name === this.refused) this.clock.schedule(20, () => path.server.close());
    else this.server.attach(path.server);
    return path.client;
  }

  #open(name: TransportName): Promise<Transport> {
    this.opened.push({ name, at: this.clock.now() });
    const { promise, resolve, reject } = Promise.withResolvers<Transport>();
    if (name === "websocket" || !this.#blocked) {
      this.clock.schedule(30, () => resolve(this.#connect(name)));
    } else {
      this.clock.schedule(OPEN_TIMEOUT, () => reject(new Error("It did not get through")));
    }
    return promise;
  }
}

Deno.test("PathKeeper opens a path in reserve, but not while the first picture is awaited", async () => {
  await using bench = new Bench();
  await bench.start("webtransport");
  await bench.pass(700);
  assert.deepEqual(bench.opened, []);
  await bench.pass(500);
  assert.deepEqual(bench.opened.map(({ name }) => name), ["websocket"]);
  assert.equal(bench.page.paths.size, 2);
  assert.equal(bench.carriedBy, "webtransport");
  await bench.pass(600_000);
  assert.equal(bench.opened.length, 1);
  assert.equal(bench.carriedBy, "webtransport");
});

Deno.test("PathKeeper opens another path when the one in reserve is lost or silent", async () => {
  await using bench = new Bench();
  await bench.start("webtransport");
  await bench.pass(2000);
  const [, reserve] = bench.page.paths;
  reserve?.transport.close();
  await bench.pass(3000);
  assert.equal(bench.opened.length, 2);
  assert.equal(bench.page.paths.size, 2);
});

Deno.test("PathKeeper takes WebTransport when it has answered for a second", async () => {
  await using bench = new Bench();
  await bench.start("websocket");
  const took = await bench.until("webtransport", 5000);
  assert.ok(took > 1500, `it took ${took} ms`);
  assert.equal(bench.page.active?.why.code, "better");
});

Deno.test("PathKeeper leaves WebTransport alone while its round trip is much longer", async () => {
  await using bench = new Bench();
  bench.delays.webtransport = 200;
  await bench.start("websocket");
  for (let second = 0; second < 60; second++) {
    bench.type(1);
    await bench.pass(1000);
  }
  assert.equal(bench.carriedBy, "websocket");
  assert.equal(bench.page.paths.size, 2);
});

for (const outage of [300, 1000, 3000, 10_000, 33_000, 100_000]) {
  Deno.test(`PathKeeper is back on WebTransport 15 s after UDP is, which was away for ${outage} ms`, async () => {
    await using bench = new Bench();
    await bench.start("webtransport");
    await bench.pass(3000);
    bench.udpBlocked = true;
    await bench.until("websocket", 1000);
    await bench.pass(outage);
    bench.udpBlocked = false;
    await bench.until("webtransport", 15_000);
    assert.equal(bench.page.paths.size, 2);
  });
}

Deno.test("PathKeeper wants longer proof of a path that it has had to leave before", async () => {
  await using bench = new Bench();
  await bench.start("webtransport");
  await bench.pass(3000);
  const backs: number[] = [];
  for (let count = 0; count < 3; count++) {
    bench.udpBlocked = true;
    await bench.until("websocket", 1000);
    await bench.pass(100);
    bench.udpBlocked = false;
    backs.push(await bench.until("webtransport", 15_000));
  }
  assert.deepEqual(backs, backs.toSorted((a, b) => a - b));
  assert.ok(backs[2]! > backs[0]! + 1000, backs.join(", "));
});

Deno.test("PathKeeper tries seldom where WebTransport has never stood, and at once when told", async () => {
  await using bench = new Bench();
  bench.udpBlocked = true;
  await bench.start("websocket");
  await bench.pass(600_000);
  const { length } = bench.opened;
  assert.ok(length > 10 && length < 25, `${length} attempts`);
  // An attempt may be under way.
  if (bench.reports.at(-1) === "webtransport undefined") await bench.pass(OPEN_TIMEOUT);
  assert.equal(bench.reports.at(-1), "webtransport It did not get through");
  bench.udpBlocked = false;
  bench.keeper.retry();
  await bench.until("webtransport", 4000);
});

Deno.test("PathKeeper tries seldom what the server refuses as soon as it stands", async () => {
  await using bench = new Bench();
  bench.refused = "websocket";
  await bench.start("webtransport");
  await bench.pass(600_000);
  const { length } = bench.opened;
  assert.ok(length > 10 && length < 25, `${length} attempts`);
  bench.refused = undefined;
  bench.keeper.retry();
  await bench.pass(4000);
  assert.equal(bench.page.paths.size, 2);
});
