import assert from "node:assert/strict";
import type { Transport } from "../../src/protocol/flow.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { FailureMemory } from "../../web/worker/failure_memory.ts";
import {
  HEAD_START_MS,
  isWebKit,
  NoTransportError,
  PATIENCE_MS,
  race,
  type RaceOptions,
  type RaceResult,
} from "../../web/worker/transport_race.ts";

/**
 * What one transport does: stands after some ms, even if it is told to give up; fails after some; or
 * never says anything.
 */
type Fate = { stands: number; stubborn?: boolean } | { fails: number } | "silent";

class Bench {
  readonly clock = new VirtualClock();
  readonly started: string[] = [];
  readonly transports: Record<string, Transport> = {};
  readonly abort = new AbortController();
  saved: string | null = null;
  readonly memory = new FailureMemory({
    store: { load: () => this.saved, save: (text) => this.saved = text },
    now: () => 1e12 + this.clock.now(),
  });

  opener(name: string, fate: Fate) {
    return (signal: AbortSignal) => {
      this.started.push(`${name} at ${this.clock.now()}`);
      return new Promise<Transport>((resolve, reject) => {
        const stubborn = typeof fate === "object" && "stubborn" in fate;
        if (!stubborn) signal.addEventListener("abort", () => reject(signal.reason));
        if (fate === "silent") return;
        if ("stands" in fate) {
          this.clock.schedule(fate.stands, () => {
            if (signal.aborted && !stubborn) return;
            const [transport] = memoryTransportPair({ clock: this.clock });
            this.transports[name] = transport;
            resolve(transport);
          });
        } else {
          this.clock.schedule(fate.fails, () => reject(new Error(`${name} was refused`)));
        }
      });
    };
  }

  race(
    fates: { webtransport?: Fate; websocket?: Fate },
    options: Partial<RaceOptions> = {},
  ): Promise<RaceResult> {
    const { webtransport, websocket } = fates;
    return race({
      openers: {
        ...(webtransport ? { webtransport: this.opener("webtransport", webtransport) } : {}),
        ...(websocket ? { websocket: this.opener("websocket", websocket) } : {}),
      },
      memory: this.memory,
      network: "home",
      now: () => this.clock.now(),
      schedule: (ms, callback) => this.clock.schedule(ms, callback),
      signal: this.abort.signal,
      ...options,
    });
  }

  /** Runs a race until its outcome is known, and on for some ms. */
  async run<T>(promise: Promise<T>, ms = 10 * PATIENCE_MS): Promise<T> {
    promise.catch(() => {});
    for (let step = 0; step < ms / 50; step++) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      await this.clock.advance(50);
    }
    return await promise;
  }
}

Deno.test("race() leaves the WebSocket alone when WebTransport stands in time", async () => {
  const bench = new Bench();
  const result = await bench.run(
    bench.race({ webtransport: { stands: HEAD_START_MS - 50 }, websocket: { stands: 10 } }),
  );
  assert.equal(result.name, "webtransport");
  assert.deepEqual(bench.started, ["webtransport at 0"]);
  assert.equal(result.reports.webtransport.state, "carries");
  assert.equal(result.reports.webtransport.took, HEAD_START_MS - 50);
  assert.deepEqual([result.reports.websocket.state, result.reports.websocket.detail], [
    "skipped",
    "It was not needed",
  ]);
  assert.equal(await result.contender, undefined);
});

Deno.test("race() opens the WebSocket beside a slow WebTransport, which contends when it stands", async () => {
  const bench = new Bench();
  const result = await bench.run(
    bench.race({ webtransport: { stands: 1000 }, websocket: { stands: 100 } }),
  );
  assert.equal(result.name, "websocket");
  assert.equal(result.transport, bench.transports.websocket);
  assert.deepEqual(bench.started, ["webtransport at 0", `websocket at ${HEAD_START_MS}`]);
  assert.equal(await result.contender, bench.transports.webtransport);
  assert.equal(result.reports.webtransport.state, "stands");
  assert.equal(bench.memory.failedAgo("webtransport", "home"), undefined);
});

Deno.test("race() lets a slow WebTransport win, and ends the WebSocket's attempt", async () => {
  const bench = new Bench();
  const result = await bench.run(
    bench.race({ webtransport: { stands: 600 }, websocket: { stands: 2000 } }),
  );
  assert.equal(result.name, "webtransport");
  assert.equal(result.reports.websocket.state, "failed");
  assert.equal(bench.transports.websocket, undefined);
});

Deno.test("race() closes a WebSocket that stands although it was told to give up", async () => {
  for (const stands of [100, 400]) {
    const bench = new Bench();
    const result = await bench.run(
      bench.race({
        webtransport: { stands: HEAD_START_MS + 100 },
        websocket: { stands, stubborn: true },
      }),
    );
    assert.equal(result.name, "webtransport");
    const { websocket } = bench.transports;
    assert.ok(websocket);
    assert.equal((await bench.run(websocket.closed)).clean, true);
  }
});

Deno.test("race() does not wait with the WebSocket when WebTransport fails at once", async () => {
  const bench = new Bench();
  const result = await bench.run(
    bench.race({ webtransport: { fails: 20 }, websocket: { stands: 10 } }),
  );
  assert.equal(result.name, "websocket");
  assert.deepEqual(bench.started, ["webtransport at 0", "websocket at 20"]);
  assert.equal(result.reports.webtransport.detail, "webtransport was refused");
});

Deno.test("race() remembers for a network that UDP does not get through, and tries again later", async () => {
  const bench = new Bench();
  const fates = { webtransport: "silent", websocket: { stands: 10 } } as const;
  const result = await bench.run(bench.race(fates));
  assert.equal(await result.contender, undefined);
  assert.match(result.reports.webtransport.detail, /5000 ms after/);
  bench.started.length = 0;
  const again = await bench.run(bench.race(fates));
  assert.deepEqual(bench.started.map((line) => line.split(" ")[0]), ["websocket"]);
  assert.equal(again.reports.webtransport.state, "skipped");
  assert.match(again.reports.webtransport.detail, /did not get through \d minutes ago/);
  await bench.run(bench.race(fates, { network: "elsewhere" }));
  await bench.clock.advance(30 * 60_000);
  await bench.run(bench.race({ webtransport: { stands: 10 }, websocket: { stands: 10 } }));
  assert.equal(bench.memory.failedAgo("webtransport", "home"), undefined);
  assert.deepEqual(bench.started.map((line) => line.split(" ")[0]), [
    "websocket",
    "webtransport",
    "websocket",
    "webtransport",
  ]);
});

Deno.test("race() remembers nothing when nothing gets through, and says what each said", async () => {
  const bench = new Bench();
  await assert.rejects(
    bench.run(bench.race({ webtransport: { fails: 300 }, websocket: { fails: 10 } })),
    (error: unknown) => {
      assert.ok(error instanceof NoTransportError);
      assert.match(error.message, /webtransport was refused.*websocket was refused/);
      return true;
    },
  );
  assert.equal(bench.memory.failedAgo("webtransport", "home"), undefined);
});

Deno.test("race() tries only what the address forces, whatever speaks against it", async () => {
  const bench = new Bench();
  bench.memory.failed("webtransport", "home");
  const fates = { webtransport: { stands: 500 }, websocket: { stands: 10 } };
  const one = await bench.run(
    bench.race(fates, { forced: "webtransport", avoidWebTransport: "It stalls" }),
  );
  assert.equal(one.name, "webtransport");
  assert.equal(one.reports.websocket.detail, "The address forces the webtransport");
  const other = await bench.run(bench.race(fates, { forced: "websocket" }));
  assert.equal(other.name, "websocket");
  await assert.rejects(
    bench.run(bench.race({ websocket: { stands: 10 } }, { forced: "webtransport" })),
    NoTransportError,
  );
});

Deno.test("race() spares WebKit the WebTransport that stalls there", async () => {
  const bench = new Bench();
  const result = await bench.run(
    bench.race({ webtransport: { stands: 1 }, websocket: { stands: 10 } }, {
      avoidWebTransport: "It stalls in this browser",
    }),
  );
  assert.equal(result.name, "websocket");
  assert.deepEqual(bench.started, ["websocket at 0"]);
  assert.equal(result.reports.webtransport.detail, "It stalls in this browser");
});

Deno.test("race() uses WebTransport that failed before when there is nothing else", async () => {
  const bench = new Bench();
  bench.memory.failed("webtransport", "home");
  const result = await bench.run(bench.race({ webtransport: { stands: 10 } }));
  assert.equal(result.name, "webtransport");
});

Deno.test("race() ends everything when it is aborted", async () => {
  const bench = new Bench();
  const racing = bench.race({ webtransport: "silent", websocket: "silent" });
  racing.catch(() => {});
  await bench.clock.advance(HEAD_START_MS);
  bench.abort.abort(new Error("Enough"));
  await assert.rejects(bench.run(racing), /Enough/);
  await assert.rejects(async () => await bench.race({ websocket: "silent" }), /Enough/);
  // The wait for a contender ends as well, and is no one's failure.
  const second = new Bench();
  const result = await second.run(
    second.race({ webtransport: "silent", websocket: { stands: 10 } }),
    HEAD_START_MS + 100,
  );
  second.abort.abort(new Error("Enough"));
  assert.equal(await second.run(result.contender), undefined);
  assert.equal(second.memory.failedAgo("webtransport", "home"), undefined);
});

Deno.test("FailureMemory takes anything it finds, and lives without a store", () => {
  for (const text of ["", "{}", "[1]", "null", '[{"transport":"x","network":"y","at":"z"}]']) {
    const memory = new FailureMemory({ store: { load: () => text, save: () => {} } });
    assert.equal(memory.failedAgo("x", "y"), undefined);
  }
  const memory = new FailureMemory({
    store: {
      load: () => {
        throw new Error("No storage");
      },
      save: () => {
        throw new Error("No storage");
      },
    },
  });
  memory.failed("x", "y");
  assert.equal(memory.failedAgo("x", "y"), undefined);
});

Deno.test("FailureMemory forgets the oldest, and does not trust a clock that was set back", () => {
  let text: string | null = null;
  let now = 1e12;
  const memory = new FailureMemory({
    store: { load: () => text, save: (saved) => text = saved },
    now: () => now,
  });
  for (let index = 0; index < 40; index++) memory.failed("webtransport", `network ${index}`);
  assert.equal(memory.failedAgo("webtransport", "network 7"), undefined);
  assert.equal(memory.failedAgo("webtransport", "network 8"), 0);
  now -= 1000;
  assert.equal(memory.failedAgo("webtransport", "network 39"), undefined);
});

Deno.test("isWebKit() tells WebKit from those who pretend", () => {
  const safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) Version/26.0 Safari/605.1.15";
  const chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) " +
    "Chrome/156.0.0.0 Safari/537.36";
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
  const phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) AppleWebKit/605.1.15 " +
    "(KHTML, like Gecko) CriOS/156.0.0.0 Mobile/15E148 Safari/604.1";
  assert.deepEqual([safari, chrome, firefox, phone].map(isWebKit), [true, false, false, true]);
});
