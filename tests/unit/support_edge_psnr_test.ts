import assert from "node:assert/strict";
import { edgePsnr, rateAt } from "../support/edge_psnr.ts";

Deno.test("edgePsnr() weighs an error at an edge more than one in an even area", () => {
  const picture = new Uint8Array(64).fill(50);
  // An edge between the columns 3 and 4.
  for (let y = 0; y < 8; y++) picture.fill(200, y * 8 + 4, y * 8 + 8);
  assert.equal(edgePsnr(picture, picture, 8, 8), Infinity);
  const even = edgePsnr(picture, picture.with(0, 60), 8, 8);
  const edge = edgePsnr(picture, picture.with(3, 60), 8, 8);
  assert.ok(edge < even, `${edge} and ${even} dB`);
  const plain = edgePsnr(new Uint8Array(64), new Uint8Array(64).fill(10), 8, 8);
  assert.ok(Math.abs(plain - 10 * Math.log10(255 ** 2 / 100)) < 1e-9);
  assert.throws(() => edgePsnr(picture, picture, 9, 8), RangeError);
});

Deno.test("rateAt() interpolates over the logarithm of the rate, and does not guess beyond", () => {
  const points = [{ kbit: 4000, dB: 40 }, { kbit: 1000, dB: 30 }];
  assert.equal(Math.round(rateAt(points, 35)!), 2000);
  assert.equal(rateAt(points, 40), 4000);
  assert.equal(rateAt(points, 41), undefined);
  assert.equal(rateAt(points, 29), undefined);
  assert.equal(rateAt([], 38), undefined);
});
