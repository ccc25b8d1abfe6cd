import assert from "node:assert/strict";
import { type InputChange, SystemCallError } from "../../ffi/mod.ts";
import { VirtualGamepad } from "../../src/gamepads/virtual_gamepad.ts";
import { AT_REST, changesOf, type PadState } from "../../src/gamepads/xbox_pad.ts";
import { GamepadFeature, MOST_GAMEPADS } from "../../src/session/gamepad_feature.ts";
import type { Viewer } from "../../src/session/viewer.ts";

const held: PadState = {
  buttons: 1 | 1 << 13 | 1 << 14,
  axes: [-32768, 0, 0, 100],
  triggers: [0, 255],
};

Deno.test("changesOf() tells buttons, sticks, triggers and the hat as an Xbox pad does", () => {
  const changes = changesOf(AT_REST, held);
  assert.deepEqual(changes, [
    { type: "key", code: 0x130, value: 1 }, // BTN_A
    { type: "axis", code: 0, value: -32768 }, // ABS_X
    { type: "axis", code: 4, value: 100 }, // ABS_RY
    { type: "axis", code: 5, value: 255 }, // ABS_RZ
    { type: "axis", code: 0x10, value: -1 }, // ABS_HAT0X
    { type: "axis", code: 0x11, value: 1 }, // ABS_HAT0Y
  ]);
  assert.deepEqual(changesOf(held, held), []);
  const back = changesOf(held, AT_REST);
  assert.deepEqual(
    back.map(({ code, type }) => [type, code]),
    changes.map((c) => [c.type, c.code]),
  );
  assert.ok(back.every(({ value }) => value === 0));
});

/** A feature with pads that note what they are told, and viewers that note what they are. */
function bench(support: "ready" | "missing" | "denied" = "ready") {
  let now = 0;
  const pads: { changes: InputChange[]; unplugged: boolean; broken: boolean }[] = [];
  const feature = new GamepadFeature({
    enabled: true,
    probe: () => support,
    plug: () => {
      const pad = { changes: [] as InputChange[], unplugged: false, broken: false };
      pads.push(pad);
      return new VirtualGamepad({
        send(changes) {
          if (pad.broken) throw new SystemCallError("write", 19, "No such device");
          pad.changes.push(...changes);
        },
        [Symbol.dispose]: () => pad.unplugged = true,
      });
    },
    now: () => now,
  });
  const viewer = (id: string) => {
    const told: unknown[] = [];
    const viewer = { id, role: "control", told, tell: (news: unknown) => told.push(news) };
    const asViewer = viewer as unknown as Viewer & { role: string };
    feature.onjoin(asViewer);
    return Object.assign(asViewer, { told });
  };
  let sequence = 0;
  const send = (from: Viewer, pad: number, state = held) =>
    feature.oninput(from, { type: "gamepad", sequence: ++sequence, pad, ...state });
  const pass = (ms: number) => now += ms;
  return { feature, pads, pass, send, viewer };
}

Deno.test("GamepadFeature tells each viewer whether there can be gamepads, and makes none else", () => {
  for (const support of ["ready", "missing", "denied"] as const) {
    const { pads, send, viewer } = bench(support);
    const guest = viewer("1");
    assert.deepEqual(guest.told, [{ type: "gamepads", state: support, most: MOST_GAMEPADS }]);
    send(guest, 0);
    assert.equal(pads.length, support === "ready" ? 1 : 0);
  }
});

Deno.test("GamepadFeature lets go of what a viewer holds, and plugs out what it has no control by", () => {
  const { feature, pads, send, viewer } = bench();
  const one = viewer("1"), other = viewer("2");
  send(one, 0);
  send(one, 2);
  send(other, 0);
  feature.onrelease(one);
  for (const pad of pads.slice(0, 2)) {
    assert.equal(pad.changes.length, 12);
    assert.ok(pad.changes.slice(6).every(({ value }) => value === 0));
  }
  assert.equal(pads[2]!.changes.length, 6);
  one.role = "view";
  feature.onrole(one);
  assert.deepEqual(pads.map(({ unplugged }) => unplugged), [true, true, false]);
  feature.oninput(other, { type: "gamepadGone", sequence: 9, pad: 0 });
  assert.ok(pads[2]!.unplugged);
});

Deno.test("GamepadFeature plugs in so many gamepads at a time, and not too many one after the other", () => {
  const { feature, pads, pass, send, viewer } = bench();
  const viewers = ["1", "2", "3"].map(viewer);
  for (const each of viewers) for (let pad = 0; pad < 4; pad++) send(each, pad);
  assert.equal(pads.length, MOST_GAMEPADS);
  feature.onleave(viewers[0]!);
  for (let turn = 0; turn < 50; turn++) {
    send(viewers[2]!, 0);
    feature.oninput(viewers[2]!, { type: "gamepadGone", sequence: 1, pad: 0 });
  }
  assert.equal(pads.length, 16);
  pass(10_000);
  send(viewers[2]!, 0);
  assert.equal(pads.length, 17);
});

Deno.test("GamepadFeature goes on without a gamepad that the kernel takes no more", () => {
  const { feature, pads, send, viewer } = bench();
  const guest = viewer("1");
  send(guest, 0);
  pads[0]!.broken = true;
  feature.onrelease(guest);
  send(guest, 0, AT_REST);
  send(guest, 0);
  assert.deepEqual(pads.map(({ unplugged }) => unplugged), [true, false]);
});
