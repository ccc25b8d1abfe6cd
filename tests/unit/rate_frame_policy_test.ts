import assert from "node:assert/strict";
import { frameBudget, frameRateCap, leanFrameTime } from "../../src/rate/frame_policy.ts";
import { kbitPerSecond, milliseconds, perSecond, toBytesPerSecond } from "../../src/rate/units.ts";

const NEEDS = {
  pause: milliseconds(33),
  keyframe: false,
  interactive: false,
  urgent: true,
  sure: true,
};

function rate(mbit: number) {
  return toBytesPerSecond(kbitPerSecond(mbit * 1000));
}

/** Wire time of the budget, in ms. */
function time(mbit: number, needs: Partial<typeof NEEDS>): number {
  return frameBudget(rate(mbit), { ...NEEDS, ...needs }) / (mbit * 1000);
}

function near(found: number, expected: number): void {
  assert.ok(Math.abs(found / expected - 1) < 0.02, `${found} for ${expected}`);
}

Deno.test("leanFrameTime() is shorter the faster the path is", () => {
  for (const [mbit, ms] of [[0.5, 74.6], [1, 40], [3, 14.9], [10, 5], [100, 4], [0.01, 200]]) {
    near(leanFrameTime(rate(mbit!)), ms!);
  }
});

Deno.test("frameBudget() gives a frame the time of the pause before it", () => {
  near(time(10, {}), 33);
  near(time(10, { pause: milliseconds(20) }), 20);
  near(time(10, { pause: milliseconds(4) }), 5.04);
  near(time(10, { pause: milliseconds(5000) }), 40);
});

Deno.test("frameBudget() gives it a fifth of that while somebody works", () => {
  near(time(10, { interactive: true }), 6.6);
  near(time(10, { interactive: true, pause: milliseconds(5000) }), 40);
});

Deno.test("frameBudget() leaves a slow path idle for who works beside motion, and gives him more", () => {
  const motion = { interactive: true, urgent: false, pause: milliseconds(16) };
  near(time(3, motion) * 3000, 18_000);
  near(time(1, motion) * 1000, 18_000);
  near(time(3, { ...motion, urgent: true }), 11.2);
  near(time(10, { ...motion, pause: milliseconds(10) }), 4);
  // What a page takes after a pause is no motion.
  near(time(3, { ...motion, pause: milliseconds(150) }), 30);
});

Deno.test("frameBudget() bets on no path that was not heard of for long", () => {
  near(time(10, { sure: false, pause: milliseconds(3_600_000) }), 5);
});

Deno.test("frameBudget() leaves a keyframe enough to be recognised", () => {
  near(time(10, { keyframe: true, pause: milliseconds(1) }), 40);
  assert.equal(frameBudget(rate(0.1), { ...NEEDS, keyframe: true }), 80_000);
  assert.equal(frameBudget(rate(0.001), NEEDS), 8000);
});

Deno.test("frameRateCap() prefers fewer frames to unrecognisable ones", () => {
  const cap = (mbit: number) => frameRateCap(rate(mbit), perSecond(60));
  near(cap(0.5), 13.4);
  near(cap(1), 25);
  near(cap(2), 46.7);
  assert.equal(cap(3), 60);
  assert.equal(cap(0.01), 5);
});
