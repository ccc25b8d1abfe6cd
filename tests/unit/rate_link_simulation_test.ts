/**
 * That the simulated link does what links do, or nothing that is measured on it says anything.
 */

import assert from "node:assert/strict";
import { BulkFlow } from "../support/link_simulation_bulk.ts";
import { EventClock, randomNumbers } from "../support/link_simulation_clock.ts";
import { Link, type LinkOptions, RateTrace } from "../support/link_simulation_link.ts";
import { lte, wave, wifi } from "../support/link_simulation_traces.ts";

function link(options: Partial<LinkOptions> = {}): { clock: EventClock; link: Link } {
  const clock = new EventClock();
  const defaults = {
    rate: new RateTrace([[0, 8000]]),
    delay: 20,
    jitter: 0,
    loss: 0,
    buffer: 100_000,
  };
  return { clock, link: new Link(clock, { ...defaults, ...options }, randomNumbers(1)) };
}

Deno.test("EventClock runs events in the order of their times, and of their making", () => {
  const clock = new EventClock();
  const ran: string[] = [];
  for (const at of [30, 10, 20, 10, 5, 40]) {
    clock.at(at, () => ran.push(`${at}@${clock.now}`));
  }
  clock.at(10, () => clock.at(0, () => ran.push(`late@${clock.now}`)));
  clock.runUntil(30);
  assert.deepEqual(ran, ["5@5", "10@10", "10@10", "late@10", "20@20", "30@30"]);
  assert.equal(clock.now, 30);
  clock.runUntil(100);
  assert.equal(ran.at(-1), "40@40");
});

Deno.test("RateTrace.finish() follows the rate through its steps", () => {
  const trace = new RateTrace([[0, 8000], [10, 0], [20, 800]]);
  assert.equal(trace.finish(0, 10_000), 10);
  // 5000 octets until the outage, 500 in 5 ms after it.
  assert.equal(trace.finish(5, 5500), 25);
  assert.equal(trace.finish(12, 100), 21);
  assert.equal(trace.capacity(0, 30), 11_000);
  assert.equal(new RateTrace([[0, 8000], [10, 0]]).finish(5, 5001), Infinity);
});

Deno.test("Link carries packets in order, at its rate and after its delay", () => {
  const { clock, link: way } = link();
  const arrivals: number[] = [];
  const waits = [1, 2, 3].map(() => way.send(1000, () => arrivals.push(clock.now)));
  assert.deepEqual(waits, [0, 1, 2]);
  assert.equal(way.wait, 3);
  clock.runUntil(100);
  assert.deepEqual(arrivals, [21, 22, 23]);
  assert.equal(way.wait, 0);
});

Deno.test("Link drops what its queue has no room for", () => {
  const { clock, link: way } = link({ buffer: 3000 });
  let arrived = 0, lost = 0;
  for (let n = 0; n < 5; n++) way.send(1000, () => arrived++, () => lost++);
  clock.runUntil(1);
  way.send(1000, () => arrived++, () => lost++);
  clock.runUntil(1000);
  assert.deepEqual([arrived, lost], [4, 2]);
});

Deno.test("Link loses the share that it should, and jitters within bounds and in order", () => {
  const { clock, link: way } = link({ loss: 0.1, jitter: 10, buffer: 1e9 });
  const delays: number[] = [];
  let lost = 0, latest = 0;
  for (let n = 0; n < 5000; n++) {
    clock.at(n * 2, () => {
      const sent = clock.now;
      way.send(1000, () => {
        assert.ok(clock.now >= latest);
        latest = clock.now;
        delays.push(clock.now - sent);
      }, () => lost++);
    });
  }
  clock.runUntil(20_000);
  assert.ok(lost > 420 && lost < 580, `${lost} lost`);
  assert.equal(delays.length + lost, 5000);
  assert.ok(Math.min(...delays) < 22 && Math.min(...delays) >= 21);
  assert.ok(Math.max(...delays) > 29 && Math.max(...delays) <= 31.001);
});

Deno.test("BulkFlow fills a link and its queue", () => {
  const { clock, link: way } = link({ buffer: 50_000 });
  const bulk = new BulkFlow(clock, way);
  bulk.start();
  let longest = 0;
  for (let at = 10; at <= 10_000; at += 10) {
    clock.runUntil(at);
    if (at > 5000) longest = Math.max(longest, way.wait);
  }
  assert.ok(bulk.delivered > 0.9 * 10_000 * 1000, `${bulk.delivered}`);
  assert.ok(longest > 40, `${longest} ms`);
  bulk.stop();
  clock.runUntil(11_000);
  const { delivered } = bulk;
  clock.runUntil(20_000);
  assert.equal(bulk.delivered, delivered);
});

Deno.test("traces stay within their bounds, and are the same each time", () => {
  for (const [, kbit] of lte(20_000, 1, [1000, 20_000])) {
    assert.ok(kbit === 0 || (kbit >= 999 && kbit <= 20_001), `${kbit}`);
  }
  for (const [, kbit] of wave(20_000, [1000, 20_000], 5000)) assert.ok(kbit > 999 && kbit < 20_001);
  assert.deepEqual(wifi(1000, 5, 40_000), wifi(1000, 5, 40_000));
  assert.notDeepEqual(wifi(1000, 5, 40_000), wifi(1000, 6, 40_000));
  const mean = new RateTrace(wifi(20_000, 5, 40_000)).capacity(0, 20_000) * 8 / 20_000;
  assert.ok(mean > 8000 && mean < 25_000, `${mean}`);
});
