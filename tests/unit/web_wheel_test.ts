import assert from "node:assert/strict";
import fc from "fast-check";
import { WheelAccumulator } from "../../web/input/wheel.ts";

Deno.test("WheelAccumulator.add() makes a notch of what browsers report for one", () => {
  const wheel = new WheelAccumulator();
  // Chromium on Windows, Chromium on Linux, Firefox in lines, a page at a time.
  assert.deepEqual(
    wheel.add({ deltaX: 0, deltaY: 100, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 }),
    { dx: 0, dy: 120 },
  );
  assert.deepEqual(
    wheel.add({ deltaX: 0, deltaY: -53, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: 120 }),
    { dx: 0, dy: -120 },
  );
  // A touchpad that moves by 40 pixels: three times that looks like a notch and is none.
  assert.deepEqual(
    wheel.add({ deltaX: 0, deltaY: 40, deltaMode: 0, wheelDeltaX: 0, wheelDeltaY: -120 }),
    { dx: 0, dy: 48 },
  );
  assert.deepEqual(wheel.add({ deltaX: 3, deltaY: 0, deltaMode: 1 }), { dx: 120, dy: 0 });
  assert.deepEqual(wheel.add({ deltaX: 0, deltaY: 1, deltaMode: 2 }), { dx: 0, dy: 360 });
});

Deno.test("WheelAccumulator.add() loses no fraction of a touchpad's small steps", () => {
  const deltas = fc.array(fc.double({ min: -40, max: 40, noNaN: true }), { maxLength: 200 });
  fc.assert(fc.property(deltas, (deltas) => {
    const wheel = new WheelAccumulator();
    let total = 0;
    for (const deltaY of deltas) {
      const { dx, dy } = wheel.add({ deltaX: 0, deltaY, deltaMode: 0 });
      assert.equal(dx, 0);
      assert(Number.isInteger(dy) && !Object.is(dy, -0));
      total += dy;
    }
    const expected = deltas.reduce((sum, delta) => sum + delta * 1.2, 0);
    assert(Math.abs(total - expected) < 1.001);
  }));
});

Deno.test("WheelAccumulator.add() stays within the wire's range whatever a page is told", () => {
  const wheel = new WheelAccumulator();
  const any = fc.double();
  fc.assert(fc.property(any, any, fc.integer({ min: 0, max: 9 }), (deltaX, deltaY, deltaMode) => {
    const { dx, dy } = wheel.add({ deltaX, deltaY, deltaMode });
    for (const steps of [dx, dy]) {
      assert(Number.isInteger(steps) && steps >= -32768 && steps <= 32767, String(steps));
    }
  }));
});
