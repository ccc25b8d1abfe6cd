import assert from "node:assert/strict";
import fc from "fast-check";
import { Keyboard, type KeyboardLike } from "../../web/input/keyboard.ts";
import type { Platform } from "../../web/input/keysym.ts";

const XK_SHIFT = 0xffe1;
const XK_CONTROL = 0xffe3;
const XK_LEVEL3 = 0xfe03;

function event(key: string, code: string, rest: Partial<KeyboardLike> = {}): KeyboardLike {
  return {
    key,
    code,
    location: /Left$/.test(code) ? 1 : /Right$/.test(code) ? 2 : 0,
    repeat: false,
    isComposing: false,
    shiftKey: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    ...rest,
  };
}

function create(platform: Platform = "other") {
  const sent: [number, boolean][] = [];
  const keyboard = new Keyboard({ platform, send: (keysym, down) => sent.push([keysym, down]) });
  return { keyboard, sent };
}

Deno.test("Keyboard releases what it pressed, though the key means something else by then", () => {
  const { keyboard, sent } = create();
  keyboard.down(event("Shift", "ShiftLeft", { shiftKey: true }));
  keyboard.down(event("A", "KeyA", { shiftKey: true }));
  keyboard.up(event("Shift", "ShiftLeft"));
  keyboard.up(event("a", "KeyA"));
  assert.deepEqual(sent, [[XK_SHIFT, true], [0x41, true], [XK_SHIFT, false], [0x41, false]]);
});

Deno.test("Keyboard.down() sends no repeats but keeps them from the browser", () => {
  const { keyboard, sent } = create();
  assert.equal(keyboard.down(event("Tab", "Tab")), true);
  assert.equal(keyboard.down(event("Tab", "Tab", { repeat: true })), true);
  assert.deepEqual(sent, [[0xff09, true]]);
});

Deno.test("Keyboard.down() leaves composing and dead keys to the browser", () => {
  const { keyboard, sent } = create();
  assert.equal(keyboard.down(event("Dead", "Equal")), false);
  assert.equal(keyboard.down(event("Process", "KeyK")), false);
  assert.equal(keyboard.down(event("k", "KeyK", { isComposing: true })), false);
  keyboard.up(event("k", "KeyK"));
  assert.deepEqual(sent, []);
});

Deno.test("Keyboard lifts the Control that Windows presses with AltGr", () => {
  const { keyboard, sent } = create("windows");
  keyboard.down(event("Control", "ControlLeft", { ctrlKey: true }));
  keyboard.down(event("AltGraph", "AltRight", { ctrlKey: true, altKey: true }));
  keyboard.down(event("@", "KeyQ", { ctrlKey: true, altKey: true }));
  keyboard.up(event("@", "KeyQ", { ctrlKey: true, altKey: true }));
  keyboard.up(event("Control", "ControlLeft", { altKey: true }));
  keyboard.up(event("AltGraph", "AltRight"));
  assert.deepEqual(sent, [
    [XK_CONTROL, true],
    [XK_CONTROL, false],
    [XK_LEVEL3, true],
    [0x40, true],
    [0x40, false],
    [XK_LEVEL3, false],
  ]);
});

Deno.test("Keyboard taps keys that a Mac never says were lifted", () => {
  const { keyboard, sent } = create("mac");
  keyboard.down(event("Meta", "MetaLeft", { metaKey: true }));
  keyboard.down(event("c", "KeyC", { metaKey: true }));
  keyboard.up(event("Meta", "MetaLeft"));
  assert.deepEqual(sent, [[0xffeb, true], [0x63, true], [0x63, false], [0xffeb, false]]);
  assert.deepEqual(keyboard.held, []);
});

Deno.test("Keyboard taps keys at which Firefox takes the keyboard away", () => {
  const { keyboard, sent } = create();
  keyboard.down(event(".", "Period", { ctrlKey: true }));
  assert.deepEqual(sent, [[0x2e, true], [0x2e, false]]);
  keyboard.down(event(".", "Period"));
  assert.deepEqual(keyboard.held, [0x2e]);
});

Deno.test("Keyboard takes Command for Control where that is wanted", () => {
  const sent: [number, boolean][] = [];
  let wanted = true;
  const keyboard = new Keyboard({
    platform: "mac",
    commandAsControl: () => wanted,
    send: (keysym, down) => sent.push([keysym, down]),
  });
  keyboard.down(event("Meta", "MetaLeft", { metaKey: true }));
  keyboard.down(event("Shift", "ShiftLeft", { metaKey: true, shiftKey: true }));
  keyboard.down(event("c", "KeyC", { metaKey: true, shiftKey: true }));
  wanted = false;
  keyboard.up(event("Shift", "ShiftLeft", { metaKey: true }));
  keyboard.up(event("Meta", "MetaLeft"));
  assert.deepEqual(sent, [
    [XK_CONTROL, true],
    [XK_SHIFT, true],
    [0x63, true],
    [0x63, false],
    [XK_SHIFT, false],
    [XK_CONTROL, false],
  ]);
  keyboard.down(event("Meta", "MetaLeft", { metaKey: true }));
  assert.deepEqual(sent.at(-1), [0xffeb, true]);
});

Deno.test("Keyboard lifts Command, taken for Control, when a key says that it is up", () => {
  const sent: [number, boolean][] = [];
  const keyboard = new Keyboard({
    platform: "mac",
    commandAsControl: () => true,
    send: (keysym, down) => sent.push([keysym, down]),
  });
  keyboard.down(event("Meta", "MetaLeft", { metaKey: true }));
  keyboard.down(event("a", "KeyA"));
  assert.deepEqual(sent, [[XK_CONTROL, true], [XK_CONTROL, false], [0x61, true]]);
});

Deno.test("Keyboard lifts a modifier whose release was never seen", () => {
  const { keyboard, sent } = create();
  keyboard.down(event("Control", "ControlLeft", { ctrlKey: true }));
  // Released over another window; the next key says so.
  keyboard.down(event("a", "KeyA"));
  assert.deepEqual(sent, [[XK_CONTROL, true], [XK_CONTROL, false], [0x61, true]]);
});

Deno.test("Keyboard taps the key that Windows reports when it is lifted only", () => {
  const { keyboard, sent } = create("windows");
  assert.equal(keyboard.up(event("PrintScreen", "PrintScreen")), true);
  assert.deepEqual(sent, [[0xff61, true], [0xff61, false]]);
});

Deno.test("Keyboard.forget() makes later releases nothing", () => {
  const { keyboard, sent } = create();
  keyboard.down(event("a", "KeyA"));
  keyboard.forget();
  assert.equal(keyboard.up(event("a", "KeyA")), false);
  assert.deepEqual(sent, [[0x61, true]]);
});

Deno.test("Keyboard leaves nothing held once every key is up, whatever came before", () => {
  const codes = ["KeyA", "KeyB", "ShiftLeft", "ControlLeft", "AltRight", ""];
  const keys = ["a", "A", "é", "Shift", "Control", "AltGraph", "Dead", "Enter"];
  const step = fc.record({
    code: fc.constantFrom(...codes),
    key: fc.constantFrom(...keys),
    down: fc.boolean(),
    shiftKey: fc.boolean(),
    ctrlKey: fc.boolean(),
    repeat: fc.boolean(),
    metaKey: fc.boolean(),
  });
  const platform = fc.constantFrom<Platform>("mac", "windows", "other");
  fc.assert(fc.property(fc.array(step), platform, (steps, platform) => {
    const { keyboard, sent } = create(platform);
    for (const { down, key, code, ...rest } of steps) {
      if (down) keyboard.down(event(key, code, rest));
      else keyboard.up(event(key, code, rest));
    }
    for (const code of codes) keyboard.up(event("Unidentified", code));
    assert.deepEqual(keyboard.held, []);
    // Presses and releases of each keysym come in turns as the X server counts them: never up first.
    const down = new Map<number, number>();
    for (const [keysym, isDown] of sent) {
      const count = (down.get(keysym) ?? 0) + (isDown ? 1 : -1);
      assert(count >= 0);
      down.set(keysym, count);
    }
    assert([...down.values()].every((count) => count === 0));
  }));
});

/** The keysyms that are sent for presses of keys, one after the other. */
function pressed(keyboard: Keyboard, sent: [number, boolean][], ...events: KeyboardLike[]) {
  sent.length = 0;
  for (const each of events) {
    keyboard.down(each);
    keyboard.up(each);
  }
  return sent.filter(([, down]) => down).map(([keysym]) => keysym);
}

Deno.test("Keyboard sends shortcuts of other scripts as those of a US keyboard", () => {
  for (
    const [key, code, shiftKey, expected] of [
      ["с", "KeyC", false, "c"],
      ["С", "KeyC", true, "C"],
      ["ς", "KeyW", false, "w"],
      ["ж", "Semicolon", false, ";"],
      ["Ж", "Semicolon", true, ":"],
      ["ר", "KeyR", false, "r"],
      ["ㅊ", "KeyC", false, "c"],
    ] as const
  ) {
    for (const flag of ["ctrlKey", "altKey", "metaKey"]) {
      const { keyboard, sent } = create();
      keyboard.down(event(key, code, { shiftKey, [flag]: true }));
      // It is lifted as what was pressed, though it means something else by then.
      keyboard.up(event(key, code));
      const keysym = expected.charCodeAt(0);
      assert.deepEqual(sent, [[keysym, true], [keysym, false]], `${flag} ${key}`);
    }
  }
  const { keyboard, sent } = create();
  assert.deepEqual(pressed(keyboard, sent, event("с", "KeyC")), [0x01000441]);
});

Deno.test("Keyboard sends signs of a keyboard of another script as a US one has them, in shortcuts", () => {
  const { keyboard, sent } = create();
  const full = event(".", "Slash", { ctrlKey: true });
  const quit = event(";", "KeyQ", { ctrlKey: true });
  assert.deepEqual(pressed(keyboard, sent, full, quit), [0x2e, 0x3b], "Nothing is known.");
  pressed(keyboard, sent, event("ω", "KeyV"));
  assert.deepEqual(pressed(keyboard, sent, full, quit), [0x2f, 0x71]);
  assert.deepEqual(pressed(keyboard, sent, event(".", "Slash")), [0x2e]);
  // Macs type Latin letters with Command.
  const copy = event("c", "KeyI", { metaKey: true });
  assert.deepEqual(pressed(keyboard, sent, copy, full), [0x63, 0x2f]);
  pressed(keyboard, sent, event("a", "KeyA"));
  assert.deepEqual(pressed(keyboard, sent, full, quit), [0x2e, 0x3b], "Latin again.");
});

Deno.test("Keyboard sends shortcuts of Latin keyboards as they are labelled", () => {
  const { keyboard, sent } = create();
  for (
    const [key, code] of [["z", "KeyY"], ["ö", "Semicolon"], ["µ", "Backslash"], [".", "KeyE"]]
  ) {
    pressed(keyboard, sent, event(key!, code!));
    assert.deepEqual(
      pressed(keyboard, sent, event(key!, code!, { ctrlKey: true })),
      [key!.charCodeAt(0)],
    );
  }
});

Deno.test("Keyboard sends what AltGr picks as it is, though Windows adds Control and Alt", () => {
  const { keyboard, sent } = create("windows");
  const flags = { ctrlKey: true, altKey: true };
  keyboard.down(event("AltGraph", "AltRight", flags));
  assert.deepEqual(pressed(keyboard, sent, event("я", "KeyQ", flags)), [0x0100044f]);
});

Deno.test("Keyboard takes Option for Alt where that is wanted, and its keys as they are labelled", () => {
  const sent: [number, boolean][] = [];
  let wanted = false;
  const keyboard = new Keyboard({
    platform: "mac",
    optionAsAlt: () => wanted,
    send: (keysym, down) => sent.push([keysym, down]),
  });
  const option = event("Alt", "AltLeft", { altKey: true });
  const f = event("ƒ", "KeyF", { altKey: true });
  const n = event("Dead", "KeyN", { altKey: true });
  assert.deepEqual(pressed(keyboard, sent, option, f, n), [XK_LEVEL3, 0x01000192]);
  wanted = true;
  assert.deepEqual(pressed(keyboard, sent, option, f, n), [0xffe9, 0x66, 0x6e]);
  assert.equal(keyboard.down({ ...n, repeat: true }), true);
  const right = event("Alt", "AltRight", { altKey: true });
  const four = event("›", "Digit4", { altKey: true, shiftKey: true });
  assert.deepEqual(pressed(keyboard, sent, right, four), [0xffea, 0x24]);
  // What was typed there tells the layout.
  pressed(keyboard, sent, event("z", "KeyY"));
  assert.deepEqual(pressed(keyboard, sent, event("Ω", "KeyY", { altKey: true })), [0x7a]);
  pressed(keyboard, sent, event("н", "KeyY"));
  assert.deepEqual(pressed(keyboard, sent, event("Ω", "KeyY", { altKey: true })), [0x79]);
});
