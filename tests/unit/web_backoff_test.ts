import assert from "node:assert/strict";
import fc from "fast-check";
import { Backoff } from "../../web/worker/backoff.ts";

Deno.test("Backoff.next() doubles up to the longest delay", () => {
  const backoff = new Backoff({ random: () => 0 });
  const delays = Array.from({ length: 7 }, () => backoff.next());
  assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 5000, 5000]);
  backoff.reset();
  assert.equal(backoff.next(), 250);
});

Deno.test("Backoff.next() stays in its bounds for ever", () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(fc.property(random, fc.nat(2000), (value, attempts) => {
    const backoff = new Backoff({ random: () => value });
    for (let attempt = 0; attempt < attempts; attempt++) backoff.next();
    const delay = backoff.next();
    assert(delay >= 250 * 0.7 && delay <= 5000);
  }));
});
