import assert from "node:assert/strict";
import fc from "fast-check";
import { type Part, TileGrid } from "../../src/media/tile_grid.ts";

const SIZE = { width: 1000, height: 500 };

/** How often each pixel is in one of the parts; fails if one is outside. */
function coverage(parts: readonly Part[], { width, height } = SIZE): Uint8Array {
  const counts = new Uint8Array(width * height);
  for (const part of parts) {
    assert.ok(part.x >= 0 && part.y >= 0 && part.width > 0 && part.height > 0);
    assert.ok(part.x + part.width <= width && part.y + part.height <= height);
    for (let y = part.y; y < part.y + part.height; y++) {
      for (let x = part.x; x < part.x + part.width; x++) counts[y * width + x]!++;
    }
  }
  return counts;
}

const part = fc.record({
  x: fc.nat(999),
  y: fc.nat(499),
  width: fc.integer({ min: 1, max: 600 }),
  height: fc.integer({ min: 1, max: 400 }),
});

Deno.test("TileGrid.whole() covers each pixel once, with tiles that are not too large", () => {
  const tiles = new TileGrid(SIZE).whole();
  assert.ok(coverage(tiles).every((count) => count === 1));
  for (const { width, height } of tiles) assert.ok(width <= 640 && height <= 384);
});

Deno.test("TileGrid.cut() covers the parts, and begins on blocks", () => {
  const grid = new TileGrid(SIZE);
  fc.assert(fc.property(fc.array(part, { maxLength: 4 }), (parts) => {
    const counts = coverage(grid.cut(parts));
    for (const { x, y, width, height } of parts) {
      for (let row = y; row < Math.min(y + height, SIZE.height); row += 7) {
        for (let column = x; column < Math.min(x + width, SIZE.width); column += 7) {
          assert.ok(counts[row * SIZE.width + column]! > 0);
        }
      }
    }
    for (const { x, y } of grid.cut(parts)) assert.deepEqual([x % 16, y % 16], [0, 0]);
  }));
  assert.deepEqual(grid.cut([{ x: 1008, y: 0, width: 50, height: 50 }]), []);
});

Deno.test("TileGrid.worse() gives what was not sent well enough, and in the end nothing", () => {
  const grid = new TileGrid(SIZE);
  const pixels = SIZE.width * SIZE.height;
  assert.ok(coverage(grid.worse(90, pixels)).every((count) => count === 1));
  grid.sent(grid.whole(), 90);
  assert.deepEqual(grid.worse(90, pixels), []);
  // Part of one cell and all of its neighbour.
  grid.sent([{ x: 32, y: 0, width: 96, height: 64 }], 50);
  assert.deepEqual(grid.worse(90, pixels), [{ x: 0, y: 0, width: 128, height: 64 }]);
  grid.sent([{ x: 64, y: 0, width: 64, height: 64 }], 90);
  assert.deepEqual(grid.worse(90, pixels), [{ x: 0, y: 0, width: 64, height: 64 }]);
  // A better part makes no better cell.
  grid.sent([{ x: 32, y: 0, width: 16, height: 16 }], 95);
  assert.deepEqual(grid.worse(90, pixels), [{ x: 0, y: 0, width: 64, height: 64 }]);
  assert.deepEqual(grid.worse(50, pixels), []);
});

Deno.test("TileGrid.worse() makes a picture better bit by bit, and always a bit", () => {
  const grid = new TileGrid(SIZE);
  let sent = 0;
  for (let times = 0; times < 200; times++) {
    const tiles = grid.worse(90, times % 2 === 0 ? 0.5 : 30_000);
    if (tiles.length === 0) break;
    sent += tiles.reduce((sum, { width, height }) => sum + width * height, 0);
    grid.sent(tiles, 90);
  }
  assert.equal(sent, SIZE.width * SIZE.height);
});
