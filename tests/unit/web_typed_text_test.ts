import assert from "node:assert/strict";
import fc from "fast-check";
import { isUnfinished, TypedText } from "../../web/input/typed_text.ts";

Deno.test("TypedText.change() tells what was typed", () => {
  const typed = new TypedText();
  assert.deepEqual(typed.change(`${typed.text}h`), { erase: 0, insert: "h" });
  assert.deepEqual(typed.change(`${typed.text}i 😀`), { erase: 0, insert: "i 😀" });
});

Deno.test("TypedText.change() tells what was deleted, in characters", () => {
  const typed = new TypedText();
  const empty = typed.text;
  typed.change(`${empty}a😀`);
  assert.deepEqual(typed.change(`${empty}a`), { erase: 1, insert: "" });
  assert.deepEqual(typed.change(empty), { erase: 1, insert: "" });
  // There is something to delete before all that was typed, too.
  assert.deepEqual(typed.change(empty.slice(1)), { erase: 1, insert: "" });
});

Deno.test("TypedText.change() tells a corrected word", () => {
  const typed = new TypedText();
  const empty = typed.text;
  typed.change(`${empty}teh`);
  assert.deepEqual(typed.change(`${empty}the `), { erase: 2, insert: "he " });
});

Deno.test("TypedText.change() makes of any text any other", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "grapheme", maxLength: 20 })), (texts) => {
    const typed = new TypedText();
    let remote = [...typed.text];
    for (const text of texts) {
      const { erase, insert } = typed.change(text);
      assert.ok(erase <= remote.length);
      remote = [...remote.slice(0, remote.length - erase), ...insert];
      assert.equal(remote.join(""), text);
    }
  }));
});

Deno.test("TypedText.worn asks for a fresh field before there is nothing left to delete", () => {
  const typed = new TypedText();
  assert.equal(typed.worn, false);
  typed.change(typed.text.slice(0, 5));
  assert.equal(typed.worn, true);
  typed.restart();
  assert.equal(typed.worn, false);
  typed.change("x".repeat(2000));
  assert.equal(typed.worn, true);
});

Deno.test("isUnfinished() waits for scripts that are composed", () => {
  for (const text of ["に", "ニホ", "日本", "한", "ㄅ"]) {
    assert.equal(isUnfinished(text), true, text);
  }
  for (const text of ["", "hello", "привет", "γειά", "été"]) {
    assert.equal(isUnfinished(text), false);
  }
});
