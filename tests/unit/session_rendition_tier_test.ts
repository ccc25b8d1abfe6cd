import assert from "node:assert/strict";
import { tierLimits } from "../../src/session/rendition_tier.ts";

const BEST = { framesPerSecond: 60, bitrate: 8000 };
const SCREEN = { width: 1280, height: 720 };

Deno.test("tierLimits() halves frames and rate with each tier, and the size from the second on", () => {
  assert.deepEqual([0, 1, 2, 3].map((tier) => tierLimits(BEST, tier, SCREEN)), [
    { framesPerSecond: 60, bitrate: 8000, reduction: 1 },
    { framesPerSecond: 30, bitrate: 4000, reduction: 1 },
    { framesPerSecond: 15, bitrate: 2000, reduction: 2 },
    { framesPerSecond: 8, bitrate: 1000, reduction: 2 },
  ]);
});

Deno.test("tierLimits() halves the size of a large screen from the first tier on, and not in the best", () => {
  const large = { width: 2560, height: 1440 };
  assert.deepEqual([0, 1].map((tier) => tierLimits(BEST, tier, large).reduction), [1, 2]);
});

Deno.test("tierLimits() leaves enough to make anything out, and never more than the best has", () => {
  const small = { framesPerSecond: 3, bitrate: 150 };
  assert.deepEqual(tierLimits(small, 2, SCREEN), {
    framesPerSecond: 3,
    bitrate: 100,
    reduction: 2,
  });
  assert.equal(tierLimits({ framesPerSecond: 10, bitrate: 1000 }, 3, SCREEN).framesPerSecond, 5);
});
