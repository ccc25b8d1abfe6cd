import assert from "node:assert/strict";
import { straightAlpha } from "../../src/display/cursor.ts";

Deno.test("straightAlpha() turns premultiplied BGRA into straight RGBA", () => {
  const bgra = Uint8Array.of(10, 20, 30, 255, 5, 10, 15, 128, 0, 0, 0, 0, 200, 200, 200, 100);
  const rgba = straightAlpha(bgra);
  assert.deepEqual([...rgba.subarray(0, 4)], [30, 20, 10, 255]);
  assert.deepEqual([...rgba.subarray(4, 8)], [30, 20, 10, 128]);
  assert.deepEqual([...rgba.subarray(8, 12)], [0, 0, 0, 0]);
  // colours brighter than their alpha are no premultiplied ones; they are kept in range
  assert.deepEqual([...rgba.subarray(12)], [255, 255, 255, 100]);
});
