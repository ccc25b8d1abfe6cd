import assert from "node:assert/strict";
import fc from "fast-check";
import { FramePacer } from "../../src/session/frame_pacer.ts";

Deno.test("FramePacer lets a frame after a pause go at once", () => {
  const pacer = new FramePacer(60);
  pacer.taken(0);
  assert.equal(pacer.delay(1000), 0);
});

Deno.test("FramePacer lets one frame come early between two of a moving picture", () => {
  const pacer = new FramePacer(60, 1);
  pacer.taken(0);
  assert.equal(pacer.delay(1), 0);
  pacer.taken(1);
  assert.ok(pacer.delay(2) > 0);
});

Deno.test("FramePacer holds the average under the cap for any arrival pattern", () => {
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 240 }),
    fc.array(fc.double({ min: 0, max: 50, noNaN: true }), { minLength: 2, maxLength: 200 }),
    (rate, gaps) => {
      const pacer = new FramePacer(rate, 1);
      let now = 0;
      let frames = 0;
      for (const gap of gaps) {
        now += gap;
        now += pacer.delay(now);
        pacer.taken(now);
        frames++;
      }
      // The first frame and one early frame come on top of the rate.
      assert.ok(frames <= (now * rate) / 1000 + 2 + 1e-6);
    },
  ));
});

Deno.test("FramePacer refuses a rate of zero", () => {
  assert.throws(() => new FramePacer(0), TypeError);
});

Deno.test("FramePacer.setRate() holds a lower cap from the next frame on, and never a higher one", () => {
  const pacer = new FramePacer(50, 0);
  pacer.setRate(10);
  pacer.taken(0);
  assert.equal(pacer.delay(0), 100);
  pacer.setRate(1000);
  pacer.taken(100);
  assert.equal(pacer.delay(100), 20);
});

Deno.test("FramePacer.delay() keeps a part of a lowered rate's burst for what somebody waits for", () => {
  const pacer = new FramePacer(60);
  pacer.taken(0);
  assert.equal(pacer.delay(0, false), 0, "at full rate there is none to keep");
  pacer.setRate(10);
  pacer.taken(1000);
  assert.equal(pacer.delay(1000, true), 0);
  assert.equal(pacer.delay(1000, false), 100 - 100 * FramePacer.CALM_PART);
});
