import assert from "node:assert/strict";
import { colourMatrix, NAL_PPS, NAL_SPS, nalType, nalUnits } from "../../web/worker/h264_units.ts";
import { Overload } from "../../web/worker/overload.ts";
import { colourWeights, type PlanarFrame } from "../../web/worker/planar_frame.ts";
import { convertToRgba } from "../../web/worker/planar_rgba.ts";
import { changedBlocks } from "../../web/worker/changed_blocks.ts";
import { BitWriter } from "../support/bit_writer.ts";

/** Parameter sets of x264 for 1280x720 that say BT.601, in two ways to begin a unit. */
const PARAMETER_SETS = Uint8Array.fromHex(
  "000000016742c01fda014016ec05a808080a00000300020000030079" + "1e3065400000000168ce06f2",
);

Deno.test("nalUnits() takes units apart, and start codes and trailing zeros off", () => {
  const units = nalUnits(PARAMETER_SETS);
  assert.deepEqual(units.map(nalType), [NAL_SPS, NAL_PPS]);
  assert.equal(units[1]!.toHex(), "68ce06f2");
  const short = nalUnits(Uint8Array.of(0, 0, 1, 0x41, 7, 0, 0, 0, 1, 0x42, 0, 0, 3, 1));
  assert.deepEqual(short.map((unit) => [...unit]), [[0x41, 7], [0x42, 0, 0, 3, 1]]);
  assert.deepEqual(nalUnits(Uint8Array.of(1, 2, 3)), []);
});

/** A baseline sequence parameter set with this description of colours. */
function parameterSet(describe: (bits: BitWriter) => void): Uint8Array {
  const bits = new BitWriter();
  bits.bits(0x67, 8).bits(66, 8).bits(0xc0, 8).bits(31, 8);
  // sps id, frame num, order type 2, reference frames, gaps, 80x45 macroblocks, frames only, inference
  bits.unsigned(0).unsigned(0).unsigned(2).unsigned(1).bits(0, 1);
  bits.unsigned(79).unsigned(44).bits(1, 1).bits(1, 1).bits(0, 1);
  describe(bits);
  return bits.finish();
}

Deno.test("colourMatrix() reads what the parameter set says", () => {
  const described = (matrix: number) =>
    parameterSet((bits) => {
      // vui, aspect ratio, overscan, signal type, format and range, description, primaries, transfer
      bits.bits(1, 1).bits(0, 1).bits(0, 1).bits(1, 1).bits(5, 3).bits(0, 1).bits(1, 1);
      bits.bits(1, 8).bits(1, 8).bits(matrix, 8).bits(0x80, 8);
    });
  assert.equal(colourMatrix(described(1)), "bt709");
  assert.equal(colourMatrix(described(6)), "bt601");
  assert.equal(colourMatrix(described(5)), "bt601");
  assert.equal(colourMatrix(described(2)), undefined);
  assert.equal(colourMatrix(parameterSet((bits) => bits.bits(0, 1).bits(0x80, 8))), undefined);
  assert.equal(colourMatrix(nalUnits(PARAMETER_SETS)[0]!.subarray(0, 8)), undefined);
});

/** A frame of one colour, with rows that are longer than the picture. */
function plain(y: number, u: number, v: number, matrix: PlanarFrame["matrix"]): PlanarFrame {
  return {
    timestamp: 0,
    width: 5,
    height: 3,
    stride: 16,
    y: new Uint8Array(16 * 16).fill(y),
    u: new Uint8Array(8 * 8).fill(u),
    v: new Uint8Array(8 * 8).fill(v),
    matrix,
    close: () => {},
  };
}

Deno.test("convertToRgba() gives the colours that the matrix was made for", () => {
  const pixel = (...of: Parameters<typeof plain>) => {
    const pixels = new Uint32Array(15);
    convertToRgba(plain(...of), { x: 0, y: 0, width: 5, height: 3 }, pixels);
    assert.equal(new Set(pixels).size, 1);
    return [...new Uint8Array(pixels.buffer, 0, 4)];
  };
  assert.deepEqual(pixel(16, 128, 128, "bt601"), [0, 0, 0, 255]);
  assert.deepEqual(pixel(235, 128, 128, "bt709"), [255, 255, 255, 255]);
  assert.deepEqual(pixel(0, 128, 128, "bt709"), [0, 0, 0, 255]);
  // Red of full strength, as BT.601 and BT.709 write it.
  assert.deepEqual(pixel(81, 90, 240, "bt601"), [254, 0, 0, 255]);
  assert.deepEqual(pixel(63, 102, 240, "bt709"), [255, 1, 0, 255]);
});

Deno.test("convertToRgba() takes chroma of its own four pixels, wherever the part begins", () => {
  const frame = plain(126, 128, 128, "bt601");
  frame.v[1 * 8 + 2] = 240;
  const pixels = new Uint32Array(4 * 4);
  convertToRgba(frame, { x: 2, y: 0, width: 4, height: 4 }, pixels);
  const red = pixels.reduce<number[]>(
    (found, pixel, at) => (pixel & 255) > 200 ? [...found, at] : found,
    [],
  );
  assert.deepEqual(red, [10, 11, 14, 15]);
});

Deno.test("colourWeights() are those of the standards", () => {
  const { blueU, greenU, greenV, luma, redV } = colourWeights("bt601");
  const rounded = [luma, redV, greenU, greenV, blueU].map((weight) => weight.toFixed(3));
  assert.deepEqual(rounded, ["1.164", "1.596", "-0.392", "-0.813", "2.017"]);
});

Deno.test("changedBlocks() widens what has changed to blocks within the picture", () => {
  const size = { width: 100, height: 50 };
  assert.deepEqual(changedBlocks([], size), [{ x: 0, y: 0, width: 100, height: 50 }]);
  assert.deepEqual(changedBlocks([{ x: 17, y: 3, width: 2, height: 20 }], size), [
    { x: 16, y: 0, width: 16, height: 32 },
  ]);
  assert.deepEqual(changedBlocks([{ x: 90, y: 49, width: 10, height: 1 }], size), [
    { x: 80, y: 48, width: 20, height: 2 },
  ]);
  assert.deepEqual(changedBlocks([{ x: 120, y: 0, width: 10, height: 1 }], size), []);
});

Deno.test("Overload tells a backlog that stays from a hiccup", () => {
  const overload = new Overload();
  assert.equal(overload.watch(20, 0), false);
  assert.equal(overload.watch(2, 1000), false);
  assert.equal(overload.watch(20, 1100), false);
  assert.equal(overload.watch(7, 2500), false);
  assert.equal(overload.watch(7, 2600), true);
  overload.reset();
  assert.equal(overload.watch(7, 2700), false);
});
