import assert from "node:assert/strict";
import fc from "fast-check";
import { bounds, clip, merge, type Rectangle, union } from "../../src/display/rectangle.ts";

const SIZE = 64;

const rectangle: fc.Arbitrary<Rectangle> = fc.record({
  x: fc.integer({ min: 0, max: SIZE - 1 }),
  y: fc.integer({ min: 0, max: SIZE - 1 }),
  width: fc.integer({ min: 1, max: SIZE }),
  height: fc.integer({ min: 1, max: SIZE }),
}).map((r) => clip(r, SIZE, SIZE)!);

function covered(rectangles: readonly Rectangle[]): Set<number> {
  const pixels = new Set<number>();
  for (const { x, y, width, height } of rectangles) {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) pixels.add(row * SIZE + column);
    }
  }
  return pixels;
}

Deno.test("merge() covers every pixel that the input covered, with few rectangles", () => {
  fc.assert(fc.property(
    fc.array(rectangle, { maxLength: 40 }),
    fc.integer({ min: 1, max: 6 }),
    fc.integer({ min: 0, max: 500 }),
    (list, limit, slack) => {
      const merged = merge(list, limit, slack);
      assert.ok(merged.length <= limit);
      const after = covered(merged);
      for (const pixel of covered(list)) assert.ok(after.has(pixel));
    },
  ));
});

Deno.test("merge() keeps distant rectangles apart and joins neighbours", () => {
  const clock = { x: 1200, y: 0, width: 60, height: 20 };
  const letter = { x: 100, y: 600, width: 9, height: 17 };
  const nextLetter = { x: 109, y: 600, width: 9, height: 17 };
  const merged = merge([clock, letter, nextLetter]);
  assert.deepEqual(merged, [clock, { x: 100, y: 600, width: 18, height: 17 }]);
});

Deno.test("clip() keeps what is on the screen, or nothing", () => {
  assert.deepEqual(clip({ x: -5, y: 2, width: 10, height: 100 }, 20, 10), {
    x: 0,
    y: 2,
    width: 5,
    height: 8,
  });
  assert.equal(clip({ x: 20, y: 0, width: 5, height: 5 }, 20, 10), undefined);
  assert.equal(clip({ x: -5, y: -5, width: 5, height: 5 }, 20, 10), undefined);
});

Deno.test("bounds() is the union of all, and undefined for none", () => {
  assert.equal(bounds([]), undefined);
  fc.assert(fc.property(fc.array(rectangle, { minLength: 1 }), (list) => {
    assert.deepEqual(bounds(list), list.reduce((all, r) => union(all, r)));
  }));
});
