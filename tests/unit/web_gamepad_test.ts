import assert from "node:assert/strict";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { GamepadSource, type PadLike } from "../../web/input/gamepad_source.ts";
import type { PageInput } from "../../web/messages.ts";

class Pad implements PadLike {
  connected = true;
  readonly buttons = Array.from({ length: 17 }, () => ({ pressed: false, value: 0 }));
  readonly axes = [0, 0, 0, 0];

  constructor(readonly index: number, readonly id = `Pad ${index}`) {}

  press(button: number, value = 1): void {
    this.buttons[button] = { pressed: value > 0.1, value };
  }
}

function bench() {
  const clock = new VirtualClock();
  const pads: (Pad | null)[] = [null, null, null, null, null];
  const inputs: PageInput[] = [];
  const plugged: string[][] = [];
  const state = { active: true };
  const source = new GamepadSource({
    pads: () => pads,
    active: () => state.active,
    input: (input) => inputs.push(input),
    changed: (pads) => plugged.push(pads.map(({ id }) => id)),
    schedule: (ms, callback) => clock.schedule(ms, callback),
    now: () => clock.now(),
  });
  return { clock, inputs, pads, plugged, source, state };
}

const AT_REST = { buttons: 0, axes: [0, 0, 0, 0], triggers: [0, 0] };

Deno.test("GamepadSource sends what a pad is like, and then only what changes", async () => {
  const { clock, inputs, pads, plugged, source } = bench();
  const pad = pads[1] = new Pad(1);
  source.start();
  await clock.advance(100);
  assert.deepEqual(plugged, [["Pad 1"]]);
  assert.deepEqual(inputs, [{ type: "gamepad", pad: 1, ...AT_REST, at: 0 }]);
  pad.press(0);
  pad.press(6, 0.5);
  pad.press(16);
  pad.axes.splice(0, 4, -1, 1, 0.5, -0.001);
  await clock.advance(8);
  const { at: _, ...last } = inputs.at(-1)!;
  assert.deepEqual(last, {
    type: "gamepad",
    pad: 1,
    buttons: 1 | 1 << 6 | 1 << 16,
    axes: [-32768, 32767, 16384, -33],
    triggers: [128, 0],
  });
  // A stick trembles.
  pad.axes[2] = 0.5005;
  await clock.advance(100);
  assert.equal(inputs.length, 2);
});

Deno.test("GamepadSource says again what is held, but not what is at rest", async () => {
  const { clock, inputs, pads, source } = bench();
  const pad = pads[0] = new Pad(0);
  source.start();
  await clock.advance(5000);
  assert.equal(inputs.length, 1);
  pad.press(2);
  await clock.advance(2100);
  assert.equal(inputs.length, 6);
  source.forget();
  await clock.advance(8);
  assert.equal(inputs.length, 7);
});

Deno.test("GamepadSource sends nothing while nobody is to hear it, and then what is held", async () => {
  const { clock, inputs, pads, plugged, source, state } = bench();
  state.active = false;
  const pad = pads[0] = new Pad(0);
  pad.press(3);
  source.start();
  await clock.advance(1000);
  assert.deepEqual([inputs.length, plugged.length], [0, 1]);
  state.active = true;
  await clock.advance(250);
  assert.equal(inputs.length, 1);
});

Deno.test("GamepadSource tells when a pad is unplugged, and rests when the last one is", async () => {
  const { clock, inputs, pads, plugged, source } = bench();
  pads[0] = new Pad(0);
  pads[3] = new Pad(3);
  pads[4] = new Pad(4, "one too many");
  source.start();
  await clock.advance(20);
  pads[0].connected = false;
  pads[4] = null;
  await clock.advance(20);
  assert.deepEqual(plugged, [["Pad 0", "Pad 3"], ["Pad 3"]]);
  assert.deepEqual(inputs.slice(-1).map(({ type }) => type), ["gamepadGone"]);
  pads[3] = null;
  await clock.advance(20);
  assert.deepEqual(plugged.at(-1), []);
  assert.equal(inputs.length, 4);
  // Another one in the same place.
  pads[3] = new Pad(3, "another");
  source.start();
  await clock.advance(20);
  assert.deepEqual(plugged.at(-1), ["another"]);
  assert.equal(inputs.length, 5);
});
