import assert from "node:assert/strict";
import { type Key, KeyboardMap, type KeyType } from "../../src/display/keyboard_map.ts";
import { type KeyboardState, planKey } from "../../src/display/key_plan.ts";
import { codePointToKeysym, Keysym } from "../../src/display/keysym.ts";

const SHIFT = 1;
const LOCK = 2;
const CONTROL = 4;
const ALT = 8;
const NUM = 16;
const LEVEL3 = 128;

const oneLevel: KeyType = { mask: 0, entries: [] };
const twoLevel: KeyType = { mask: SHIFT, entries: [{ modifiers: SHIFT, level: 1 }] };
const alphabetic: KeyType = {
  mask: SHIFT | LOCK,
  entries: [{ modifiers: SHIFT, level: 1 }, { modifiers: LOCK, level: 1 }],
};
const fourLevel: KeyType = {
  mask: SHIFT | LEVEL3,
  entries: [
    { modifiers: SHIFT, level: 1 },
    { modifiers: LEVEL3, level: 2 },
    { modifiers: SHIFT | LEVEL3, level: 3 },
  ],
};
const keypad: KeyType = {
  mask: SHIFT | NUM,
  entries: [{ modifiers: SHIFT, level: 1 }, { modifiers: NUM, level: 1 }],
};

const of = (character: string) => codePointToKeysym(character.codePointAt(0)!);

function key(type: KeyType, symbols: readonly (number | string)[]): Key {
  const keysyms = symbols.map((s) => typeof s === "string" ? of(s) : s);
  return { groups: [{ type, symbols: keysyms }], outOfRange: "wrap" };
}

const MODIFIERS: readonly (readonly [number, Key, number])[] = [
  [50, key(oneLevel, [Keysym.ShiftL]), SHIFT],
  [66, key(oneLevel, [0xffe5]), LOCK],
  [37, key(oneLevel, [Keysym.ControlL]), CONTROL],
  [64, key(oneLevel, [Keysym.AltL]), ALT],
  [77, key(oneLevel, [Keysym.NumLock]), NUM],
  [92, key(oneLevel, [Keysym.Level3Shift]), LEVEL3],
];

function mapOf(keys: readonly (readonly [number, Key])[]): KeyboardMap {
  return new KeyboardMap(
    new Map([...MODIFIERS.map(([code, k]) => [code, k] as const), ...keys]),
    new Map(MODIFIERS.map(([code, , mask]) => [code, mask])),
  );
}

/** What matters of an American and of a German keyboard. */
const us = mapOf([
  [11, key(twoLevel, ["2", "@"])],
  [16, key(twoLevel, ["7", "&"])],
  [23, key(twoLevel, [Keysym.Tab, Keysym.LeftTab])],
  [34, key(twoLevel, ["[", "{"])],
  [38, key(alphabetic, ["a", "A"])],
  [54, key(alphabetic, ["c", "C"])],
  [61, key(twoLevel, ["/", "?"])],
  [79, key(keypad, [0xff95, 0xffb7])],
  [113, key(oneLevel, [0xff51])],
]);
const german = mapOf([
  [16, key(fourLevel, ["7", "/", "{", "\\"])],
  [24, key(fourLevel, ["q", "Q", "@", "Ω"])],
]);

function plan(map: KeyboardMap, keysym: number | string, state: Partial<KeyboardState> = {}) {
  const symbol = typeof keysym === "string" ? of(keysym) : keysym;
  const found = planKey(map, symbol, { held: 0, locked: 0, group: 0, ...state });
  return found && [found.keycode, found.press, found.release, found.toggleNumLock];
}

Deno.test("planKey() types what the modifiers already give without touching them", () => {
  assert.deepEqual(plan(us, "a"), [38, 0, 0, false]);
  assert.deepEqual(plan(us, "A", { held: SHIFT }), [38, 0, 0, false]);
  assert.deepEqual(plan(us, "A", { locked: LOCK }), [38, 0, 0, false]);
  assert.deepEqual(plan(us, "a", { held: SHIFT, locked: LOCK }), [38, 0, 0, false]);
  assert.deepEqual(plan(german, "@", { held: LEVEL3 }), [24, 0, 0, false]);
});

Deno.test("planKey() adds and takes away Shift and AltGr as the character needs", () => {
  assert.deepEqual(plan(us, "@"), [11, SHIFT, 0, false]);
  assert.deepEqual(plan(us, "/", { held: SHIFT }), [61, 0, SHIFT, false]);
  assert.deepEqual(plan(german, "@"), [24, LEVEL3, 0, false]);
  assert.deepEqual(plan(german, "@", { held: SHIFT }), [24, LEVEL3, SHIFT, false]);
  assert.deepEqual(plan(german, "\\"), [16, SHIFT | LEVEL3, 0, false]);
  assert.deepEqual(plan(us, "A"), [38, SHIFT, 0, false]);
  assert.deepEqual(plan(us, "a", { locked: LOCK }), [38, SHIFT, 0, false]);
});

Deno.test("planKey() lets go of an AltGr that this keyboard does not need", () => {
  assert.deepEqual(plan(us, "@", { held: LEVEL3 }), [11, SHIFT, LEVEL3, false]);
  assert.deepEqual(plan(us, "[", { held: LEVEL3 }), [34, 0, LEVEL3, false]);
});

Deno.test("planKey() keeps shortcuts: the held modifiers and the letter's key", () => {
  assert.deepEqual(plan(us, "c", { held: CONTROL }), [54, 0, 0, false]);
  assert.deepEqual(plan(us, "C", { held: CONTROL }), [54, 0, 0, false]);
  assert.deepEqual(plan(us, "c", { held: CONTROL, locked: LOCK }), [54, 0, 0, false]);
  assert.deepEqual(plan(us, "C", { held: CONTROL | SHIFT }), [54, 0, 0, false]);
  assert.deepEqual(plan(us, "a", { held: CONTROL | ALT }), [38, 0, 0, false]);
  assert.deepEqual(plan(us, "7", { held: CONTROL | ALT }), [16, 0, 0, false]);
  assert.deepEqual(plan(us, "/", { held: CONTROL }), [61, 0, 0, false]);
  // Control and Shift and 7 on a German keyboard is Control and slash
  assert.deepEqual(plan(us, "/", { held: CONTROL | SHIFT }), [61, 0, SHIFT, false]);
});

Deno.test("planKey() takes Control and Alt for the AltGr of Windows where that makes text", () => {
  const held = CONTROL | ALT;
  assert.deepEqual(plan(us, "@", { held }), [11, SHIFT, held, false]);
  assert.deepEqual(plan(us, "[", { held }), [34, 0, held, false]);
  assert.deepEqual(plan(us, "{", { held }), [34, SHIFT, held, false]);
  assert.deepEqual(plan(german, "@", { held }), [24, LEVEL3, held, false]);
  assert.deepEqual(plan(german, "@", { held: CONTROL | LEVEL3 }), [24, 0, CONTROL, false]);
});

Deno.test("planKey() presses function keys as they are, with the modifiers that are held", () => {
  assert.deepEqual(plan(us, 0xff51, { held: SHIFT | CONTROL }), [113, 0, 0, false]);
  assert.deepEqual(plan(us, Keysym.Tab, { held: SHIFT }), [23, 0, 0, false]);
  assert.deepEqual(plan(us, Keysym.LeftTab, { held: SHIFT }), [23, 0, 0, false]);
  assert.deepEqual(plan(us, Keysym.ShiftL), [50, 0, 0, false]);
});

Deno.test("planKey() lets Num Lock follow the viewer's keypad", () => {
  const seven = 0xffb7;
  const home = 0xff95;
  assert.deepEqual(plan(us, home), [79, 0, 0, false]);
  assert.deepEqual(plan(us, seven), [79, 0, 0, true]);
  assert.deepEqual(plan(us, seven, { locked: NUM }), [79, 0, 0, false]);
  assert.deepEqual(plan(us, home, { locked: NUM }), [79, 0, 0, true]);
  assert.deepEqual(plan(us, home, { locked: NUM, held: SHIFT }), [79, 0, 0, false]);
});

Deno.test("planKey() knows what the map lacks", () => {
  assert.equal(plan(us, "ü"), undefined);
  assert.equal(plan(german, "c"), undefined);
  assert.equal(plan(us, 0xffc9), undefined);
});

Deno.test("planKey() looks in the group that is active", () => {
  const twoGroups: Key = {
    groups: [
      { type: alphabetic, symbols: [of("a"), of("A")] },
      { type: alphabetic, symbols: [of("ф"), of("Ф")] },
    ],
    outOfRange: "wrap",
  };
  const map = mapOf([[38, twoGroups]]);
  assert.deepEqual(plan(map, "ф", { group: 1 }), [38, 0, 0, false]);
  assert.equal(plan(map, "ф", { group: 0 }), undefined);
  assert.deepEqual(plan(map, "a", { group: 2 }), [38, 0, 0, false]);
});
