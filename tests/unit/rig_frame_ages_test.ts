import assert from "node:assert/strict";
import { dateFrames, worstAge, youngAfter } from "../support/rig_frame_ages.ts";
import { CounterStrip } from "../support/rig_scene.ts";

const at = (at: number, age: number) => ({ at, age });

Deno.test("dateFrames() finds out which frame it is whose number has been used before", () => {
  const modulus = 1 << CounterStrip.bits;
  const shown = Float64Array.from({ length: 2 * modulus }, (_, i) => 10 * i);
  const seen = [{ number: 3, at: 35 }, { number: 3, at: 10 * modulus + 42 }];
  assert.deepEqual(dateFrames(seen, shown), [at(35, 5), at(10 * modulus + 42, 12)]);
  assert.deepEqual(dateFrames([{ number: modulus - 1, at: 10 * modulus }], shown), [
    at(10 * modulus, 10),
  ]);
  assert.deepEqual(dateFrames([{ number: 5, at: 0 }], shown), []);
});

Deno.test("dateFrames() leaves out what was misread", () => {
  const shown = Float64Array.from({ length: 2000 }, (_, i) => 10 * i);
  const seen = [{ number: 300, at: 3011 }, { number: 303, at: 3022 }, { number: 302, at: 3033 }];
  assert.deepEqual(dateFrames(seen, shown), [at(3011, 11), at(3033, 13)]);
});

Deno.test("worstAge() counts how long a frame stands", () => {
  const frames = [at(0, 20), at(30, 20), at(330, 100), at(360, 30)];
  assert.equal(worstAge(frames, 0, 400), 320);
  assert.equal(worstAge(frames, 340, 400), 130);
  assert.equal(worstAge(frames, 350, 1000), 670);
});

Deno.test("youngAfter() wants frames to stay young, and to go on", () => {
  const frames = [at(50, 20), at(100, 200), at(150, 210), at(200, 60), at(250, 60)];
  assert.equal(youngAfter(frames, 0, 300, 100), 200);
  assert.equal(youngAfter(frames, 0, 90, 100), 50);
  assert.equal(youngAfter(frames, 0, 160, 100), Infinity);
  assert.equal(youngAfter(frames, 0, 800, 100), Infinity);
  assert.equal(youngAfter([...frames, at(900, 60)], 0, 1000, 100), 900);
  assert.equal(youngAfter([], 0, 100, 100), Infinity);
});
