import assert from "node:assert/strict";
import { TopOff } from "../../src/session/top_off.ts";

const PIXELS = 1280 * 720;

Deno.test("TopOff owes nothing before the first change", () => {
  assert.equal(new TopOff(PIXELS).dueAt, Infinity);
});

Deno.test("TopOff refines a still picture and then falls silent", () => {
  const topOff = new TopOff(PIXELS, 3);
  topOff.changed(0);
  let frames = 0;
  while (topOff.dueAt < Infinity) {
    topOff.refined(topOff.dueAt, 10_000);
    frames++;
  }
  assert.equal(frames, 3);
});

Deno.test("TopOff stops early once the encoder has nothing left to add", () => {
  const topOff = new TopOff(PIXELS, 100);
  topOff.changed(0);
  topOff.refined(topOff.dueAt, 10_000);
  topOff.refined(topOff.dueAt, 60);
  topOff.refined(topOff.dueAt, 60);
  assert.equal(topOff.dueAt, Infinity);
});

Deno.test("TopOff waits again after each change", () => {
  const topOff = new TopOff(PIXELS);
  topOff.changed(0);
  topOff.changed(1000);
  assert.equal(topOff.dueAt, 1000 + TopOff.QUIET_MS);
});

Deno.test("TopOff goes on while the network keeps frames small, and ends some time", () => {
  const topOff = new TopOff(1280 * 720, 2);
  topOff.changed(0);
  let frames = 0;
  for (; topOff.dueAt < Infinity && frames < 1000; frames++) topOff.refined(frames, 5000, 5000);
  assert.equal(frames, TopOff.MOST_BOUNDED + 2);
  topOff.changed(0);
  topOff.refined(1, 5000, 5000);
  topOff.refined(2, 100, 5000);
  assert.ok(topOff.dueAt < Infinity);
  topOff.refined(3, 100, 5000);
  assert.equal(topOff.dueAt, Infinity);
});
