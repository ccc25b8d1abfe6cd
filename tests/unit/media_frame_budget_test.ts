import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameBudget } from "../../src/media/frame_budget.ts";

Deno.test("FrameBudget.at() gives a burst at first and after a pause", () => {
  const budget = new FrameBudget(8000, 100, 50);
  assert.equal(budget.at(1000), 800_000);
  budget.spend(800_000);
  assert.equal(budget.at(1010), 160_000); // The share of a frame.
  assert.equal(budget.at(1050), 400_000);
  assert.equal(budget.at(60_000), 800_000);
});

Deno.test("FrameBudget.at() gives a keyframe half a burst, however little was saved", () => {
  const budget = new FrameBudget(8000, 100, 50);
  budget.at(0);
  budget.spend(10_000_000);
  assert.equal(budget.at(0), 160_000);
  assert.equal(budget.at(0, true), 400_000);
});

Deno.test("FrameBudget.setBitrate() scales what was saved", () => {
  const budget = new FrameBudget(8000, 100, 50);
  budget.at(0);
  budget.spend(400_000);
  budget.setBitrate(2000);
  assert.equal(budget.at(0), 100_000);
  assert.equal(budget.at(1000), 200_000);
});

Deno.test("FrameBudget keeps any sequence of frames to the target and one burst", () => {
  const gaps = fc.array(fc.double({ min: 1000 / 60, max: 500, noNaN: true }), { minLength: 1 });
  fc.assert(fc.property(gaps, fc.integer({ min: 100, max: 50_000 }), (gaps, kbit) => {
    const budget = new FrameBudget(kbit, 100, 60);
    let now = 0;
    let spent = 0;
    for (const gap of gaps) {
      const bits = budget.at(now += gap);
      assert.ok(bits <= kbit * 100 && bits >= kbit * 1000 / 60 - 1e-6);
      budget.spend(bits);
      spent += bits;
      // A share may be taken before it is saved: one more at most, since no gap is shorter.
      assert.ok(spent <= kbit * (now + 100 + 1000 / 60) + 1);
    }
  }));
});
