import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../src/protocol/errors.ts";
import {
  decodeJpegTiles,
  encodeJpegTilesInto,
  type JpegTile,
  jpegTilesLength,
} from "../../src/protocol/jpeg_tiles.ts";

const tile = fc.record({
  x: fc.nat(0xffff),
  y: fc.nat(0xffff),
  width: fc.integer({ min: 1, max: 0xffff }),
  height: fc.integer({ min: 1, max: 0xffff }),
  image: fc.uint8Array({ minLength: 1, maxLength: 100 }),
});

function encode(tiles: readonly JpegTile[], before = 0): Uint8Array {
  const octets = new Uint8Array(before + jpegTilesLength(tiles));
  assert.equal(encodeJpegTilesInto(octets, before, tiles), octets.length);
  return octets.subarray(before);
}

const ONE = { x: 1, y: 2, width: 3, height: 4, image: Uint8Array.of(0xff, 0xd8) };

Deno.test("decodeJpegTiles() gives what encodeJpegTilesInto() wrote", () => {
  fc.assert(fc.property(
    fc.array(tile, { minLength: 1, maxLength: 8 }),
    fc.nat(20),
    (tiles, before) => {
      const decoded = decodeJpegTiles(encode(tiles, before));
      assert.deepEqual(
        decoded.map(({ image, ...place }) => ({ ...place, image: [...image] })),
        tiles.map(({ image, ...place }) => ({ ...place, image: [...image] })),
      );
    },
  ));
});

Deno.test("encodeJpegTilesInto() writes octet for octet what the format says", () => {
  assert.deepEqual(
    [...encode([ONE])],
    [0, 1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 2, 0xff, 0xd8],
  );
});

Deno.test("decodeJpegTiles() refuses every truncation, and what has no extent", () => {
  const octets = encode([ONE, { ...ONE, x: 9 }]);
  for (let length = 0; length < octets.length; length++) {
    // It may end after a whole tile.
    if (length === octets.length / 2) continue;
    assert.throws(() => decodeJpegTiles(octets.subarray(0, length)), ProtocolError, `${length}`);
  }
  for (const empty of [[5], [7], [11]]) {
    const broken = encode([ONE]).slice();
    for (const at of empty) broken[at] = 0;
    assert.throws(() => decodeJpegTiles(broken), ProtocolError);
  }
});

Deno.test("encodeJpegTilesInto() refuses what the format cannot say", () => {
  const target = new Uint8Array(100);
  const refused = [
    [],
    [{ ...ONE, x: -1 }],
    [{ ...ONE, y: 0x10000 }],
    [{ ...ONE, width: 0 }],
    [{ ...ONE, height: 1.5 }],
    [{ ...ONE, image: new Uint8Array() }],
  ];
  for (const tiles of refused) {
    assert.throws(() => encodeJpegTilesInto(target, 0, tiles), RangeError);
  }
  assert.throws(() => encodeJpegTilesInto(target, 90, [ONE]), RangeError);
});
