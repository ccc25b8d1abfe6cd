import assert from "node:assert/strict";
import fc from "fast-check";
import { ChangedArea } from "../../web/worker/changed_area.ts";

const rectangle = fc.record({
  x: fc.nat(1919),
  y: fc.nat(1079),
  width: fc.integer({ min: 1, max: 300 }),
  height: fc.integer({ min: 1, max: 300 }),
});
const PIXEL = { x: 0, y: 0, width: 1, height: 1 };

Deno.test("ChangedArea.take() gives the whole picture at first and when all of it has changed", () => {
  const area = new ChangedArea();
  area.add([PIXEL]);
  assert.deepEqual(area.take(0), []);
  area.add([PIXEL]);
  assert.deepEqual(area.take(1), [PIXEL]);
  area.add([PIXEL]);
  area.add([]);
  area.add([PIXEL]);
  assert.deepEqual(area.take(2), []);
  area.add([PIXEL]);
  area.reset();
  assert.deepEqual(area.take(3), []);
});

Deno.test("ChangedArea.take() gives the whole picture now and then while it changes", () => {
  const area = new ChangedArea();
  let whole = 0;
  for (let now = 0; now < 10_000; now += 20) {
    area.add([PIXEL]);
    if (area.take(now).length === 0) whole++;
  }
  assert(whole >= 9 && whole <= 11, `${whole} times`);
});

Deno.test("ChangedArea.take() gives the part that ends a silence, however long that was", () => {
  const area = new ChangedArea();
  area.take(0);
  for (let now = 60_000; now < 600_000; now += 60_000) {
    area.add([PIXEL]);
    assert.deepEqual(area.take(now), [PIXEL]);
    area.add([]);
    assert.deepEqual(area.take(now + 60), []);
  }
});

Deno.test("ChangedArea.take() holds all that was added, and nothing twice", () => {
  const changes = fc.array(fc.array(rectangle, { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 6,
  });
  fc.assert(fc.property(changes, (changes) => {
    const area = new ChangedArea();
    area.take(0);
    for (const change of changes) area.add(change);
    const parts = area.take(1);
    for (const { x, y, width, height } of changes.flat()) {
      assert(
        parts.some((part) =>
          part.x <= x && part.y <= y && part.x + part.width >= x + width &&
          part.y + part.height >= y + height
        ),
      );
    }
    for (const [index, a] of parts.entries()) {
      for (const b of parts.slice(index + 1)) {
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x ||
          a.y + a.height <= b.y || b.y + b.height <= a.y;
        assert(apart, "two parts overlap");
      }
    }
  }));
});
