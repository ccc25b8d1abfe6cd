import assert from "node:assert/strict";
import { BEST, JpegQuality } from "../../src/media/jpeg_quality.ts";

/** Octets that an image of so many pixels really has: at quality 50, `density` for each. */
function really(pixels: number, quality: number, density: number): number {
  return pixels * density * Math.exp((quality - 50) * 0.022);
}

Deno.test("JpegQuality.choose() takes more for more room, within its bounds", () => {
  const quality = new JpegQuality();
  const chosen = [0, 1000, 10_000, 20_000, 40_000, 1e9].map((octets) =>
    quality.choose(200_000, octets)
  );
  assert.deepEqual(chosen, chosen.toSorted((a, b) => a - b));
  assert.equal(chosen[0], 25);
  assert.equal(chosen.at(-1), BEST);
  assert.ok(chosen[3]! > 50 && chosen[3]! < BEST, `${chosen}`);
});

for (const density of [0.01, 0.05, 0.2, 0.5]) {
  Deno.test(`JpegQuality learns from frames of ${density} octets a pixel how large they become`, () => {
    const quality = new JpegQuality();
    const pixels = 500_000;
    const room = pixels * density * 1.2;
    let last = 0;
    for (let frames = 0; frames < 12; frames++) {
      const chosen = quality.choose(pixels, room);
      last = really(pixels, chosen, density);
      quality.learn(pixels, chosen, last);
    }
    assert.ok(last < room * 1.25 && last > room * 0.6, `${last} of ${room}`);
  });
}

Deno.test("JpegQuality.pixels() gives how much can be sent at a quality", () => {
  const quality = new JpegQuality();
  for (let frames = 0; frames < 12; frames++) quality.learn(100_000, 50, 10_000);
  const pixels = quality.pixels(50, 5000);
  assert.ok(Math.abs(pixels - 50_000) < 1000, `${pixels}`);
  assert.ok(quality.pixels(BEST, 5000) < pixels / 2);
  quality.learn(0, 50, 0);
  assert.ok(Math.abs(quality.pixels(50, 5000) - pixels) < 1);
});
