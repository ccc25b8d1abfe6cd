import assert from "node:assert/strict";
import { Pinger } from "../../web/worker/pinger.ts";

class Bench {
  time = 0;
  readonly pings: { id: number; clientTime: number }[] = [];
  readonly observed: [number, number, number][] = [];
  silences = 0;
  readonly #timers = new Map<number, { at: number; callback: () => void }>();
  #timer = 0;
  readonly pinger = new Pinger({
    send: (id, clientTime) => this.pings.push({ id, clientTime }),
    observe: (...times) => this.observed.push(times),
    silent: () => this.silences++,
    now: () => this.time,
    schedule: (ms, callback) => {
      const id = ++this.#timer;
      this.#timers.set(id, { at: this.time + ms, callback });
      return () => this.#timers.delete(id);
    },
  });

  get timers(): number {
    return this.#timers.size;
  }

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const [due] = [...this.#timers].filter(([, { at }]) => at <= end)
        .sort(([, a], [, b]) => a.at - b.at);
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.time = due[1].at;
      due[1].callback();
    }
    this.time = end;
  }

  answer(): void {
    const { id, clientTime } = this.pings.at(-1)!;
    this.pinger.pong(id, clientTime, 777);
  }
}

Deno.test("Pinger asks often at first and then now and then", () => {
  const bench = new Bench();
  bench.pinger.start();
  for (let ms = 0; ms < 30_000; ms += 50) {
    bench.pass(50);
    bench.answer();
  }
  assert.equal(bench.pings.filter(({ clientTime }) => clientTime < 1_000).length, 4);
  assert(bench.pings.length >= 9 && bench.pings.length <= 12);
  assert.equal(bench.silences, 0);
  assert.deepEqual(bench.observed[0], [0, 50, 777]);
});

Deno.test("Pinger notices a server that has gone silent", () => {
  const bench = new Bench();
  bench.pinger.start();
  bench.pass(1_000);
  bench.answer();
  bench.pass(8_500);
  assert.equal(bench.silences, 1);
});

Deno.test("Pinger.used() notices a silence sooner, and asks no more than once a second", () => {
  const bench = new Bench();
  bench.pinger.start();
  bench.pass(1_000);
  bench.answer();
  const before = bench.pings.length;
  for (let key = 0; key < 100; key++) {
    bench.pinger.used();
    bench.pass(20);
  }
  assert(bench.pings.length - before <= 3);
  bench.pass(3_000);
  assert.equal(bench.silences, 1);
});

Deno.test("Pinger.check() notices it sooner", () => {
  const bench = new Bench();
  bench.pinger.check();
  assert.equal(bench.pings.length, 0, "nothing is asked before the connection stands");
  bench.pinger.start();
  bench.pass(1_000);
  bench.answer();
  bench.pinger.check();
  bench.pass(2_500);
  assert.equal(bench.silences, 1);
});

Deno.test("Pinger.pong() takes no answer twice, nor one that was not asked for", () => {
  const bench = new Bench();
  bench.pinger.start();
  bench.pass(0);
  bench.answer();
  bench.answer();
  bench.pinger.pong(99, 0, 0);
  assert.equal(bench.observed.length, 1);
});

Deno.test("Pinger leaves no timer behind", () => {
  const bench = new Bench();
  bench.pinger.start();
  bench.pass(100);
  bench.pinger[Symbol.dispose]();
  assert.equal(bench.timers, 0);
});
