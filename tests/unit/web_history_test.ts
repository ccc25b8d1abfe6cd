import assert from "node:assert/strict";
import { niceMost } from "../../web/ui/plot.ts";
import { History } from "../../web/worker/history.ts";

const SAMPLE = { queueDelay: 1, rate: undefined, bitrate: 2, age: 3 };

Deno.test("History.note() takes a sample twice a second, and keeps those of a minute", () => {
  const history = new History();
  let asked = 0;
  for (let at = 0; at <= 120_000; at += 16) {
    history.note(at, () => {
      asked++;
      return SAMPLE;
    });
  }
  assert.ok(asked > 230 && asked <= 241, `${asked}`);
  const samples = history.samples(120_000);
  assert.ok(samples[0]!.at >= 60_000 && samples[0]!.at < 61_000);
  assert.ok(samples.at(-1)!.at > 119_000);
  assert.deepEqual(history.samples(200_000), []);
});

Deno.test("niceMost() ends an axis at 1, 2 or 5 of a power of ten", () => {
  const ends = [0.3, 1, 1.2, 4.9, 5, 7, 10, 11, 480, 2001].map(niceMost);
  assert.deepEqual(ends, [0.5, 1, 2, 5, 5, 10, 10, 20, 500, 5000]);
});
