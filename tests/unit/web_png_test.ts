import assert from "node:assert/strict";
import { crc32, inflateSync } from "node:zlib";
import fc from "fast-check";
import { encodePng } from "../../web/input/png.ts";

/** Reads the chunks back as the specification has them, checksums included. */
function readPng(png: Uint8Array) {
  const view = new DataView(png.buffer, png.byteOffset, png.length);
  assert.deepEqual([...png.subarray(0, 8)], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = new Map<string, Uint8Array>();
  let at = 8;
  while (at < png.length) {
    const length = view.getUint32(at);
    const type = new TextDecoder().decode(png.subarray(at + 4, at + 8));
    assert.equal(view.getUint32(at + 8 + length), crc32(png.subarray(at + 4, at + 8 + length)));
    chunks.set(type, png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  assert.deepEqual([...chunks.keys()], ["IHDR", "IDAT", "IEND"]);
  const header = new DataView(chunks.get("IHDR")!.slice().buffer);
  return {
    width: header.getUint32(0),
    height: header.getUint32(4),
    rows: new Uint8Array(inflateSync(chunks.get("IDAT")!)),
  };
}

Deno.test("encodePng() writes files that a PNG reader gets the same pixels from", () => {
  const image = fc.record({
    width: fc.integer({ min: 1, max: 160 }),
    height: fc.integer({ min: 1, max: 160 }),
    seed: fc.nat(255),
  });
  fc.assert(
    fc.property(image, ({ width, height, seed }) => {
      const rgba = Uint8Array.from(
        { length: width * height * 4 },
        (_, i) => (i * 31 + seed) & 0xff,
      );
      const png = readPng(encodePng(width, height, rgba));
      assert.equal(png.width, width);
      assert.equal(png.height, height);
      const stride = width * 4 + 1;
      assert.equal(png.rows.length, stride * height);
      for (let y = 0; y < height; y++) {
        assert.equal(png.rows[y * stride], 0);
        const row = png.rows.subarray(y * stride + 1, (y + 1) * stride);
        assert(Buffer.from(row).equals(rgba.subarray(y * width * 4, (y + 1) * width * 4)));
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("encodePng() refuses pixels that do not fit the size", () => {
  assert.throws(() => encodePng(2, 2, new Uint8Array(15)), RangeError);
  assert.throws(() => encodePng(0, 0, new Uint8Array(0)), RangeError);
});
