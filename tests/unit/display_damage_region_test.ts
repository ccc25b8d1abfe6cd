import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fc from "fast-check";
import { readRegion } from "../../src/display/damage_region.ts";

const WIDTH = 60;
const HEIGHT = 40;

const rectangle = fc.record({
  x: fc.integer({ min: -30, max: 80 }),
  y: fc.integer({ min: -30, max: 60 }),
  width: fc.integer({ min: 0, max: 50 }),
  height: fc.integer({ min: 0, max: 50 }),
});

/** The body of a reply to XFixesFetchRegion. */
function reply(list: readonly { x: number; y: number; width: number; height: number }[]): Buffer {
  const body = Buffer.alloc(24 + list.length * 8);
  list.forEach((r, i) => {
    body.writeInt16LE(r.x, 24 + i * 8);
    body.writeInt16LE(r.y, 26 + i * 8);
    body.writeUInt16LE(r.width, 28 + i * 8);
    body.writeUInt16LE(r.height, 30 + i * 8);
  });
  return body;
}

Deno.test("readRegion() loses no pixel of any region, and stays on the screen", () => {
  fc.assert(fc.property(fc.array(rectangle, { maxLength: 300 }), (list) => {
    const read = readRegion(reply(list), WIDTH, HEIGHT);
    assert.ok(read.length <= 4);
    for (const r of read) {
      assert.ok(r.x >= 0 && r.y >= 0 && r.width > 0 && r.height > 0);
      assert.ok(r.x + r.width <= WIDTH && r.y + r.height <= HEIGHT);
    }
    const holds = (x: number, y: number) =>
      read.some((r) => x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height);
    for (const r of list) {
      const right = Math.min(WIDTH, r.x + r.width);
      const bottom = Math.min(HEIGHT, r.y + r.height);
      for (let y = Math.max(0, r.y); y < bottom; y++) {
        for (let x = Math.max(0, r.x); x < right; x++) assert.ok(holds(x, y), `${x},${y}`);
      }
    }
  }));
});

Deno.test("readRegion() of an empty region is no rectangle", () => {
  assert.deepEqual(readRegion(reply([]), WIDTH, HEIGHT), []);
});
