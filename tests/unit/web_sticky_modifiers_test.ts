import assert from "node:assert/strict";
import { StickyModifiers } from "../../web/input/sticky_modifiers.ts";
import type { PageInput } from "../../web/messages.ts";

const key = (keysym: number, down: boolean): PageInput => ({ type: "key", keysym, down, at: 1 });

/** What is sent for a press and a release, as signs and keysyms. */
function stroke(modifiers: StickyModifiers, keysym: number): string[] {
  return [key(keysym, true), key(keysym, false)].flatMap((input) => modifiers.apply(input))
    .map((input) => input.type === "key" ? `${input.down ? "+" : "-"}${input.keysym}` : input.type);
}

const CONTROL = 0xffe3;
const ALT = 0xffe9;

Deno.test("StickyModifiers.apply() puts a key between what was pressed before it, once", () => {
  const modifiers = new StickyModifiers();
  modifiers.press("control");
  modifiers.press("alt");
  assert.deepEqual(stroke(modifiers, 0x63), [
    `+${CONTROL}`,
    `+${ALT}`,
    "+99",
    "-99",
    `-${ALT}`,
    `-${CONTROL}`,
  ]);
  assert.deepEqual(stroke(modifiers, 0x63), ["+99", "-99"]);
});

Deno.test("StickyModifiers.apply() keeps what was locked until it is turned off", () => {
  const modifiers = new StickyModifiers();
  modifiers.press("control");
  modifiers.press("control");
  assert.equal(modifiers.state.value.control, "locked");
  for (let i = 0; i < 3; i++) assert.equal(stroke(modifiers, 0x63).length, 4);
  modifiers.press("control");
  assert.equal(stroke(modifiers, 0x63).length, 2);
});

Deno.test("StickyModifiers.apply() waits for a key that is no modifier, or for a click", () => {
  const modifiers = new StickyModifiers();
  modifiers.press("control");
  assert.deepEqual(stroke(modifiers, 0xffe1), [`+${0xffe1}`, `-${0xffe1}`]);
  const click = (down: boolean): PageInput => ({
    type: "button",
    button: 1,
    down,
    x: 0,
    y: 0,
    at: 1,
  });
  assert.deepEqual(modifiers.apply(click(true)).map(({ type }) => type), ["key", "button"]);
  assert.deepEqual(modifiers.apply(click(false)).map(({ type }) => type), ["button", "key"]);
  assert.equal(modifiers.state.value.control, "off");
});

Deno.test("StickyModifiers.apply() lifts modifiers with their own key, whatever else comes up first", () => {
  const modifiers = new StickyModifiers();
  modifiers.press("control");
  assert.equal(modifiers.apply(key(0x61, true)).length, 2);
  assert.equal(modifiers.apply(key(0x62, true)).length, 1);
  assert.equal(modifiers.apply(key(0x62, false)).length, 1);
  assert.equal(modifiers.apply(key(0x61, false)).length, 2);
});
