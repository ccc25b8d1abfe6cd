import assert from "node:assert/strict";
import fc from "fast-check";
import { QuantizerControl } from "../../src/media/quantizer_control.ts";

const PIXELS = 1280 * 720;
const [BEST, WORST] = [10, 60];

Deno.test("QuantizerControl.choose() takes the finest for a small change, and coarser ones for larger", () => {
  const quantizers = [0.001, 0.1, 0.3, 0.6, 1].map((share) =>
    new QuantizerControl(PIXELS, BEST, WORST)
      .choose({ bits: 400_000, changedPixels: PIXELS * share, keyframe: false })
  );
  assert.equal(quantizers[0], BEST);
  assert.deepEqual([...quantizers].sort((a, b) => a - b), quantizers);
  assert.ok(quantizers.at(-1)! > 40, quantizers.join(", "));
});

Deno.test("QuantizerControl.choose() refines a still picture step by step, and then keeps to the finest", () => {
  const control = new QuantizerControl(PIXELS, BEST, WORST);
  const frames = Array.from(
    { length: 12 },
    (_, index) =>
      control.choose({ bits: 400_000, changedPixels: index === 0 ? PIXELS : 0, keyframe: false }),
  );
  for (const [index, quantizer] of frames.entries()) {
    assert.ok(index === 0 || quantizer <= frames[index - 1]!, frames.join(", "));
  }
  assert.equal(frames.at(-1), BEST, frames.join(", "));
  assert.ok(frames[0]! > frames[2]!);
});

Deno.test("QuantizerControl.choose() refines a still picture even where there is no room for it", () => {
  const control = new QuantizerControl(PIXELS, BEST, WORST);
  const choose = (changedPixels: number) =>
    control.choose({ bits: 2000, changedPixels, keyframe: false });
  assert.equal(choose(PIXELS), WORST);
  for (let quantizer = WORST - 1; quantizer >= BEST; quantizer--) {
    assert.equal(choose(0), quantizer);
  }
  assert.equal(choose(0), BEST);
});

Deno.test("QuantizerControl.choose() learns how dear the picture is, and forgets it", () => {
  const control = new QuantizerControl(PIXELS, BEST, WORST);
  const next = { bits: 1_000_000, changedPixels: PIXELS, keyframe: false };
  const first = control.choose(next);
  control.spend(500_000);
  const cheap = control.choose(next);
  assert.ok(cheap <= first);
  control.spend(4_000_000);
  const dear = control.choose(next);
  assert.ok(dear > first, `${dear} after ${first}`);
  for (let index = 0; index < 8; index++) {
    control.spend(300_000);
    control.choose(next);
  }
  assert.ok(control.choose(next) < dear);
});

Deno.test("QuantizerControl.choose() is not led by small changes", () => {
  const control = new QuantizerControl(PIXELS, BEST, WORST);
  const large = { bits: 600_000, changedPixels: PIXELS, keyframe: false };
  const before = new QuantizerControl(PIXELS, BEST, WORST).choose(large);
  for (let index = 0; index < 20; index++) {
    control.choose({ bits: 600_000, changedPixels: 100, keyframe: false });
    control.spend(1);
  }
  assert.equal(control.choose(large), before);
});

Deno.test("QuantizerControl converges to the budget, whatever the picture costs", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.1, max: 4, noNaN: true }),
      fc.double({ min: 0.1, max: 1, noNaN: true }),
      fc.integer({ min: 200_000, max: 2_000_000 }),
      (dearness, share, bits) => {
        const control = new QuantizerControl(PIXELS, BEST, WORST);
        const sizes: number[] = [];
        let quantizer = 0;
        for (let index = 0; index < 20; index++) {
          const changedPixels = PIXELS * share;
          quantizer = control.choose({ bits, changedPixels, keyframe: false });
          // Exponential, unlike what the control takes for granted; it counts what was refined as well.
          const size = dearness * changedPixels * 3 * 2 ** (-quantizer / 14);
          sizes.push(size);
          control.spend(size);
        }
        const last = sizes.at(-1)!;
        assert.ok(last <= bits * 1.3 || quantizer === WORST, `${last} of ${bits} at ${quantizer}`);
      },
    ),
  );
});

Deno.test("QuantizerControl.choose() stays within its bounds for any numbers", () => {
  const frame = fc.record({
    bits: fc.oneof(fc.double(), fc.integer({ min: 0 })),
    changedPixels: fc.oneof(fc.double(), fc.integer()),
    keyframe: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(fc.tuple(frame, fc.nat(10_000_000))), (frames) => {
    const control = new QuantizerControl(PIXELS, BEST, WORST);
    for (const [next, size] of frames) {
      const quantizer = control.choose(next);
      assert.ok(Number.isInteger(quantizer) && quantizer >= BEST && quantizer <= WORST);
      control.spend(size);
    }
  }));
});
