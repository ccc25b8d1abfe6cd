import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canonicalKeysym,
  casePair,
  codePointToKeysym,
  isKeypad,
  keysymToCodePoint,
} from "../../src/display/keysym.ts";

const of = (character: string) => codePointToKeysym(character.codePointAt(0)!);

Deno.test("codePointToKeysym() gives the keysyms that keyboard maps hold", () => {
  assert.equal(of("a"), 0x61);
  assert.equal(of("ü"), 0xfc);
  assert.equal(of("€"), 0x20ac);
  assert.equal(of("α"), 0x7e1);
  assert.equal(of("ς"), 0x7f3);
  assert.equal(of("я"), 0x6d1);
  assert.equal(of("ł"), 0x1b3);
  assert.equal(of("œ"), 0x13bd);
  assert.equal(of("—"), 0xaa9);
  assert.equal(of("日"), 0x010065e5);
  assert.equal(of("😀"), 0x0101f600);
});

Deno.test("keysymToCodePoint() reverses codePointToKeysym() for every character", () => {
  const character = fc.integer({ min: 0x20, max: 0x10ffff }).filter((c) =>
    !(c >= 0x7f && c < 0xa0) && !(c >= 0xd800 && c < 0xe000)
  );
  fc.assert(
    fc.property(character, (codePoint) => {
      assert.equal(keysymToCodePoint(codePointToKeysym(codePoint)), codePoint);
      assert.equal(canonicalKeysym(0x01000000 + codePoint), codePointToKeysym(codePoint));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("keysymToCodePoint() knows function keys and modifiers as no characters", () => {
  for (const keysym of [0xff0d, 0xff08, 0xffe1, 0xfe03, 0xffb7, 0xffbe, 0x1008ff13, 0]) {
    assert.equal(keysymToCodePoint(keysym), undefined, keysym.toString(16));
    assert.equal(canonicalKeysym(keysym), keysym);
  }
});

Deno.test("casePair() pairs letters that have one small and one capital form", () => {
  assert.deepEqual(casePair(of("A")), { lower: 0x61, upper: 0x41 });
  assert.deepEqual(casePair(of("σ")), { lower: of("σ"), upper: of("Σ") });
  assert.deepEqual(casePair(of("ÿ")), { lower: 0xff, upper: 0x13be });
  for (const alone of ["ß", "ς", "ı", "1", "€", "日", "µ"]) {
    assert.equal(casePair(of(alone)), undefined, alone);
  }
});

Deno.test("isKeypad() tells keypad keys from others", () => {
  assert.ok(isKeypad(0xffb7));
  assert.ok(isKeypad(0xff95));
  assert.ok(!isKeypad(0x37));
  assert.ok(!isKeypad(0xffbe));
});
