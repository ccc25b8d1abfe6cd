import assert from "node:assert/strict";
import fc from "fast-check";
import { keysymOf, keysymOfCharacter } from "../../web/input/keysym.ts";

const key = (key: string, location = 0) => keysymOf({ key, location }, "other");

Deno.test("keysymOfCharacter() takes Latin-1 as it is and adds 0x01000000 to the rest", () => {
  assert.equal(keysymOfCharacter("a"), 0x61);
  assert.equal(keysymOfCharacter("ü"), 0xfc);
  assert.equal(keysymOfCharacter("ß"), 0xdf);
  assert.equal(keysymOfCharacter("€"), 0x010020ac);
  assert.equal(keysymOfCharacter("λ"), 0x010003bb);
  assert.equal(keysymOfCharacter("😀"), 0x0101f600);
});

Deno.test("keysymOfCharacter() gives only keysyms that the wire takes", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 2 }), (text) => {
      const keysym = keysymOfCharacter(text);
      if ([...text].length !== 1) return assert.equal(keysym, undefined);
      if (keysym === undefined) return;
      assert(keysym > 0 && keysym <= 0x0110ffff, keysym.toString(16));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("keysymOfCharacter() types line ends and tabs as their keys and refuses controls", () => {
  assert.equal(keysymOfCharacter("\n"), 0xff0d);
  assert.equal(keysymOfCharacter("\t"), 0xff09);
  assert.equal(keysymOfCharacter("\x1b"), undefined);
  assert.equal(keysymOfCharacter("\x85"), undefined);
  assert.equal(keysymOfCharacter("\ud800"), undefined);
  assert.equal(keysymOfCharacter(""), undefined);
});

Deno.test("keysymOf() knows the named keys and where they are", () => {
  assert.equal(key("Enter"), 0xff0d);
  assert.equal(key("Enter", 3), 0xff8d);
  assert.equal(key("Shift", 1), 0xffe1);
  assert.equal(key("Shift", 2), 0xffe2);
  assert.equal(key("Control", 2), 0xffe4);
  assert.equal(key("Alt", 1), 0xffe9);
  assert.equal(key("AltGraph", 2), 0xfe03);
  assert.equal(key("F1"), 0xffbe);
  assert.equal(key("F12"), 0xffc9);
  assert.equal(key("F35"), 0xffe0);
  assert.equal(key("ArrowLeft"), 0xff51);
});

Deno.test("keysymOf() tells the keypad's digits from its arrows by Num Lock's effect", () => {
  assert.equal(key("7", 3), 0xffb7);
  assert.equal(key("Home", 3), 0xff95);
  assert.equal(key("7"), 0x37);
  assert.equal(key("+", 3), 0xffab);
  assert.equal(key(",", 3), 0xffac);
});

Deno.test("keysymOf() sends no locks, dead or composing keys", () => {
  for (const name of ["CapsLock", "NumLock", "Dead", "Process", "Unidentified", "Fn"]) {
    assert.equal(key(name), undefined, name);
  }
});

Deno.test("keysymOf() takes Option on a Mac for the key that picks characters", () => {
  assert.equal(keysymOf({ key: "Alt", location: 1 }, "mac"), 0xfe03);
  assert.equal(keysymOf({ key: "Alt", location: 1 }, "windows"), 0xffe9);
});
