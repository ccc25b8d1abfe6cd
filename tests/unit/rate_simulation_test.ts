/**
 * Rate control on simulated links. `deno run -A tests/bench/rate_simulation.ts` draws each of them.
 */

import assert from "node:assert/strict";
import { figures, quantile, shortfalls } from "../support/link_simulation_figures.ts";
import { SCENARIOS } from "../support/link_simulation_scenarios.ts";
import { type Outcome, simulate } from "../support/link_simulation.ts";

const outcomes = new Map<string, Outcome>();

/** Runs a scenario of the table, once. */
function run(name: string): Outcome {
  const known = outcomes.get(name);
  if (known !== undefined) return known;
  const scenario = SCENARIOS.find((scenario) => scenario.name === name);
  assert.ok(scenario, name);
  const outcome = simulate(scenario);
  outcomes.set(name, outcome);
  return outcome;
}

for (const scenario of SCENARIOS) {
  Deno.test(`RateController keeps queues short: ${scenario.name}`, () => {
    const outcome = run(scenario.name);
    assert.ok(outcome.frames.length > 50, `${outcome.frames.length} frames`);
    assert.deepEqual(shortfalls(figures(outcome, scenario.bounds), scenario.bounds), []);
  });
}

/** From change to arrival, in ms, of the frames taken between two times. */
function delays({ frames }: Outcome, from: number, to: number): number[] {
  return frames.filter(({ takenAt }) => takenAt >= from && takenAt < to)
    .map(({ changedAt, arrivedAt }) => arrivedAt - changedAt);
}

for (const acks of ["websocket", "datagram"] as const) {
  Deno.test(`RateController gives a file what frames leave, and no more, ${acks}`, () => {
    const busy = run(`a file on the side, ${acks}`);
    const { ownBulk, trace, scenario } = busy;
    const [from, to] = scenario.ownBulk!;
    // Frames take a quarter; somebody waits for answers, so that some of the rest is left free.
    assert.ok(ownBulk > 0.45 * trace.capacity(from, to), `${ownBulk} octets`);
    const beside = delays(busy, from, to);
    const alone = delays(simulate({ ...scenario, ownBulk: [0, 0] }), from, to);
    for (const part of [0.5, 0.95, 0.99]) {
      const rise = quantile(beside, part) - quantile(alone, part);
      assert.ok(rise < 10, `${rise} ms more at ${part}`);
    }
  });

  for (const queue of ["", " that fills 200 ms"]) {
    Deno.test(`RateController is not starved by a download${queue}, ${acks}`, () => {
      const { samples, bulk } = run(`competing download${queue}, ${acks}`);
      const during = samples.filter(({ at }) => at > 12_000 && at < 30_000);
      const kbit = during.reduce((sum, { goodput }) => sum + goodput, 0) / during.length;
      assert.ok(kbit > 1000, `${kbit} kbit/s beside it`);
      assert.ok(bulk * 8 / 20_000 > 3000, `${bulk} octets for the other`);
    });
  }

  Deno.test(`RateController believes and forgets nothing in an idle hour, ${acks}`, () => {
    const { samples } = run(`idle hour, then motion, ${acks}`);
    const before = samples.findLast(({ at }) => at < 5000)!.bitrate;
    // TCP starts small again, for a moment.
    const steady = samples.filter(({ at }) => at > 6000 && !(at > 3_600_000 && at < 3_600_500));
    for (const { at, bitrate } of steady) {
      assert.ok(Math.abs(bitrate / before - 1) < 0.2, `${bitrate} for ${before} at ${at} ms`);
    }
  });
}

Deno.test("RateController sends padding only where the path is in doubt", () => {
  for (const scenario of SCENARIOS) {
    const { padding, scenario: { duration } } = run(scenario.name);
    if (scenario.name.startsWith("slow for a while")) {
      assert.ok(padding > 0 && padding < 300_000, `${padding} octets`);
    } else {
      assert.ok(padding * 8 / duration < 5, `${scenario.name}: ${padding} octets`);
    }
  }
});
