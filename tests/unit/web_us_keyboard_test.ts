import assert from "node:assert/strict";
import { isOfOtherScript, shortcutLetter, usCharacter } from "../../web/input/us_keyboard.ts";

Deno.test("usCharacter() knows what a US keyboard types where", () => {
  assert.equal(usCharacter("KeyQ", false), "q");
  assert.equal(usCharacter("KeyQ", true), "Q");
  assert.equal(usCharacter("Digit0", true), ")");
  assert.equal(usCharacter("Digit3", true), "#");
  assert.equal(usCharacter("Quote", true), '"');
  assert.equal(usCharacter("Numpad7", false), undefined);
  assert.equal(usCharacter("", false), undefined);
});

Deno.test("isOfOtherScript() is true for letters that no Latin keyboard has", () => {
  for (const key of ["я", "Ω", "ש", "ض", "ㅊ", "ち", "ู"]) assert(isOfOtherScript(key), key);
  for (const key of ["a", "ß", "ı", "µ", "º", "№", "€", "1", "Dead", "Shift", ""]) {
    assert(!isOfOtherScript(key), key);
  }
});

Deno.test("shortcutLetter() goes by what is typed, and by the place on keyboards of other scripts", () => {
  assert.equal(shortcutLetter({ key: "v", code: "KeyV" }), "v");
  assert.equal(shortcutLetter({ key: "V", code: "KeyV" }), "v");
  assert.equal(shortcutLetter({ key: "м", code: "KeyV" }), "v");
  assert.equal(shortcutLetter({ key: "ω", code: "KeyV" }), "v");
  // Dvorak and BÉPO.
  assert.equal(shortcutLetter({ key: "v", code: "Period" }), "v");
  assert.equal(shortcutLetter({ key: "k", code: "KeyV" }), "k");
  assert.equal(shortcutLetter({ key: ".", code: "KeyV" }), undefined);
  assert.equal(shortcutLetter({ key: "ç", code: "KeyV" }), undefined);
  assert.equal(shortcutLetter({ key: "v", code: "" }), "v");
  assert.equal(shortcutLetter({ key: "Insert", code: "Insert" }), undefined);
  assert.equal(shortcutLetter({ key: "ж", code: "Semicolon" }), undefined);
});
