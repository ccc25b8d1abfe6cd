import assert from "node:assert/strict";
import { pictureOfBgrx, psnr } from "../support/picture.ts";

const grey = (level: number, alpha = 255) => ({
  width: 4,
  height: 2,
  rgba: new Uint8Array(32).map((_, index) => index % 4 === 3 ? alpha : level),
});

Deno.test("psnr() is infinite for equal pictures, whatever their alpha", () => {
  assert.equal(psnr(grey(7), grey(7, 0)), Infinity);
});

Deno.test("psnr() is what its definition says", () => {
  assert.ok(Math.abs(psnr(grey(0), grey(255)) - 0) < 1e-9);
  assert.ok(Math.abs(psnr(grey(100), grey(101)) - 20 * Math.log10(255)) < 1e-9);
  const one = grey(100);
  one.rgba[0] = 110;
  assert.ok(Math.abs(psnr(grey(100), one) - 10 * Math.log10(255 ** 2 / (100 / 24))) < 1e-9);
});

Deno.test("psnr() has no figure for pictures of different sizes, and refuses broken ones", () => {
  assert.equal(psnr(grey(0), { ...grey(0), width: 2, height: 4 }), NaN);
  assert.throws(() => psnr(grey(0), { ...grey(0), rgba: new Uint8Array(31) }), TypeError);
});

Deno.test("pictureOfBgrx() turns the channels and drops the padding", () => {
  const bgrx = Uint8Array.of(3, 2, 1, 0, 9, 9, 6, 5, 4, 0, 9, 9);
  const { rgba } = pictureOfBgrx(bgrx, 1, 2, 6);
  assert.deepEqual(rgba, Uint8Array.of(1, 2, 3, 255, 4, 5, 6, 255));
});
