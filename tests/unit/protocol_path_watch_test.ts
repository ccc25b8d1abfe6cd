import assert from "node:assert/strict";
import { PathWatch } from "../../src/protocol/path_watch.ts";
import type { SendFlow, Transport } from "../../src/protocol/flow.ts";
import { type MemoryTransport, memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

const DELAY = 10;
/** Time for all that the watch waits for, in ms. */
const ENOUGH = 1000;

/** Two paths to the same peer, the first of which is watched. */
class Bench {
  readonly clock = new VirtualClock();
  /** How many the watch has set. */
  timers = 0;
  doubts = 0;
  readonly silences: { reserve: Transport; silence: number }[] = [];
  readonly active = this.#path();
  readonly reserve = this.#path();
  watch: PathWatch;
  #flow: SendFlow | undefined;

  constructor() {
    this.watch = this.#watch();
  }

  /** Watches anew, as when the path is left and comes into use again. */
  restart(): void {
    this.watch[Symbol.dispose]();
    this.watch = this.#watch();
  }

  #watch(): PathWatch {
    return new PathWatch({
      transport: this.active[0],
      now: () => this.clock.now(),
      schedule: (ms, callback) => {
        this.timers++;
        return this.clock.schedule(ms, callback);
      },
      reserves: () => [this.reserve[0]],
      ondoubt: () => this.doubts++,
      onsilent: (reserve, silence) => this.silences.push({ reserve, silence }),
    });
  }

  #path(): [MemoryTransport, MemoryTransport] {
    const link = { delay: DELAY, rate: 1_000_000 };
    const pair = memoryTransportPair({ clock: this.clock, links: [link, link] });
    pair[1].onflow = (flow) => flow.onmessage = () => {};
    return pair;
  }

  send(): void {
    this.#flow ??= this.active[0].openFlow(new Uint8Array());
    this.#flow.write(new Uint8Array(100));
    this.watch.sent();
  }

  static set(path: [MemoryTransport, MemoryTransport], rate: number): void {
    for (const end of path) end.link!.rate = rate;
  }
}

const block = (path: [MemoryTransport, MemoryTransport]) => Bench.set(path, 0);
const unblock = (path: [MemoryTransport, MemoryTransport]) => Bench.set(path, 1_000_000);

Deno.test("PathWatch says nothing of a path that answers", async () => {
  const { active, clock, silences, send } = bind(new Bench());
  for (let count = 0; count < 100; count++) {
    send();
    await clock.advance(50);
  }
  await clock.advance(ENOUGH);
  assert.deepEqual(silences, []);
  assert.equal(active[0].statistics.outstandingBytes, 0);
});

Deno.test("PathWatch calls a path silent within half a second, if the reserve answers", async () => {
  const { active, clock, reserve, send, silences } = bind(new Bench());
  send();
  await clock.advance(ENOUGH);
  block(active);
  send();
  await clock.advance(500);
  assert.equal(silences.length, 1);
  assert.equal(silences[0]?.reserve, reserve[0]);
  assert.ok(silences[0]!.silence >= 250);
  await clock.advance(60_000);
  assert.equal(silences.length, 1, "once");
});

Deno.test("PathWatch waits for as long as nobody answers, then for the first who does", async () => {
  const { active, clock, reserve, send, silences } = bind(new Bench());
  block(active);
  block(reserve);
  send();
  await clock.advance(10_000);
  assert.deepEqual(silences, []);
  unblock(reserve);
  await clock.advance(ENOUGH);
  assert.equal(silences.length, 1);
});

Deno.test("PathWatch doubts a path that does not answer, whoever else does not, until it does", async () => {
  const { active, bench, clock, reserve, send, watch } = bind(new Bench());
  send();
  await clock.advance(ENOUGH);
  assert.equal(watch.doubtful, false);
  block(active);
  block(reserve);
  send();
  await clock.advance(500);
  assert.equal(watch.doubtful, true);
  assert.equal(bench.doubts, 1);
  unblock(active);
  await clock.advance(2 * DELAY + 5);
  assert.equal(watch.doubtful, false);
});

Deno.test("PathWatch forgives a peer that was busy on all paths, whichever it answers on first", async () => {
  const { active, clock, reserve, send, silences } = bind(new Bench());
  block(active);
  block(reserve);
  send();
  await clock.advance(5000);
  unblock(reserve);
  await clock.advance(2 * DELAY + 5);
  unblock(active);
  await clock.advance(ENOUGH);
  assert.deepEqual(silences, []);
});

Deno.test("PathWatch waits longer for a path whose round trip is long", async () => {
  const { active, clock, send, silences } = bind(new Bench());
  block(active);
  send();
  // What has been waiting in front of the link comes after 400 ms.
  await clock.advance(300);
  unblock(active);
  await clock.advance(ENOUGH);
  assert.deepEqual(silences, []);
});

Deno.test("PathWatch is not misled by a round trip that an outage has made long", async () => {
  for (const heard of [false, true]) {
    const { active, bench, clock, send, silences } = bind(new Bench());
    if (heard) send();
    await clock.advance(ENOUGH);
    block(active);
    const answer = active[0].ping();
    // It is left for another path meanwhile.
    bench.watch[Symbol.dispose]();
    await clock.advance(5000);
    unblock(active);
    await clock.advance(ENOUGH);
    assert.ok((await answer)! > 4000);
    const { minRtt, rtt } = active[0].statistics;
    // That a path was ever shorter may be forgotten.
    assert.ok((heard ? rtt : minRtt)! > 4000, `${rtt} ms, ${minRtt} at least`);
    bench.restart();
    if (heard) {
      bench.watch.sent();
      active[1].openFlow(new Uint8Array()).write(new Uint8Array(10));
      await clock.advance(ENOUGH);
    }
    block(active);
    send();
    await clock.advance(heard ? 3500 : 500);
    assert.equal(silences.length, 1, heard ? "something had come" : "nothing had come");
  }
});

Deno.test("PathWatch sets no timer while nothing was sent, nor after it was disposed", async () => {
  const bench = new Bench();
  const { clock, send, watch, active, silences } = bind(bench);
  await clock.advance(60_000);
  assert.equal(bench.timers, 0);
  send();
  await clock.advance(ENOUGH);
  const { timers } = bench;
  assert.ok(timers > 0);
  await clock.advance(60_000);
  assert.equal(bench.timers, timers);
  block(active);
  send();
  watch[Symbol.dispose]();
  await clock.advance(60_000);
  assert.deepEqual(silences, []);
});

function bind(bench: Bench) {
  const { active, clock, reserve, silences, watch } = bench;
  return { active, bench, clock, reserve, silences, watch, send: () => bench.send() };
}
