import assert from "node:assert/strict";
import { PathEstimator } from "../../src/protocol/path_estimator.ts";
import {
  ANSWER_WITHIN_MS,
  ASK_EVERY_MS,
  ASK_FIRST_MS,
  ASK_KEYS_EVERY_MS,
  HeldInput,
  REPEAT_WITHIN_MS,
} from "../../src/session/held_input.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

const key = (keysym: number, down: boolean) =>
  ({ type: "key", sequence: 1, keysym, down }) as const;
const button = (number: number, down: boolean) =>
  ({ type: "button", sequence: 1, button: number, down, x: 0, y: 0 }) as const;

/** A viewer's held input, on a clock of its own, with all that was let go and asked. */
function createRig(answer: () => Promise<number | undefined> | undefined) {
  const clock = new VirtualClock();
  const rig = { clock, released: [] as string[], asked: 0, silent: 0, repeating: true };
  const held = new HeldInput({
    hands: () => ({
      key: (keysym, down) => void rig.released.push(`key ${keysym} ${down}`),
      button: (number, down) => void rig.released.push(`button ${number} ${down}`),
      repeatKeys: (on) => void (rig.repeating = on),
    }),
    transport: () => {
      rig.asked++;
      const reply = answer();
      return reply && { ping: () => reply, path: new PathEstimator(1e6) };
    },
    onsilent: () => rig.silent++,
    schedule: (ms, callback) => clock.schedule(ms, callback),
  });
  return { clock, held, rig };
}

const never = () => new Promise<undefined>(() => {});

Deno.test("HeldInput.release() lets go of what is held, the last first, and of nothing else", () => {
  const { held, rig } = createRig(never);
  for (
    const message of [key(1, true), key(2, true), key(1, false), key(3, true), button(1, true)]
  ) {
    held.note(message);
  }
  held.release();
  assert.deepEqual(rig.released, ["button 1 false", "key 3 false", "key 2 false"]);
  assert.equal(held.empty, true);
  held.release();
  assert.equal(rig.released.length, 3);
});

Deno.test("HeldInput asks for signs of life while something is held, and not longer", async () => {
  const { clock, held, rig } = createRig(() => Promise.resolve(3));
  await clock.advance(60_000);
  assert.equal(rig.asked, 0);
  held.note(key(1, true));
  held.note({ type: "pointer", sequence: 2, x: 1, y: 1 });
  await clock.advance(ASK_FIRST_MS + 9 * ASK_KEYS_EVERY_MS + 1);
  assert.equal(rig.asked, 10);
  assert.deepEqual(rig.released, []);
  held.note(key(1, false));
  await clock.advance(60_000);
  assert.equal(rig.asked, 10);
  // A button does not repeat.
  held.note(button(1, true));
  await clock.advance(ASK_FIRST_MS + 9 * ASK_EVERY_MS + 1);
  assert.equal(rig.asked, 20);
});

Deno.test("HeldInput lets go when no sign of life comes", async () => {
  const { clock, held, rig } = createRig(never);
  held.note(key(7, true));
  await clock.advance(ASK_FIRST_MS + ANSWER_WITHIN_MS - 1);
  assert.deepEqual(rig.released, []);
  await clock.advance(2);
  assert.deepEqual(rig.released, ["key 7 false"]);
  assert.equal(rig.silent, 1);
  // The key comes up at last, and the viewer presses another.
  held.note(key(7, false));
  held.note(key(8, true));
  await clock.advance(ASK_FIRST_MS + ANSWER_WITHIN_MS + 1);
  assert.deepEqual(rig.released, ["key 7 false", "key 8 false"]);
});

Deno.test("HeldInput has no key repeated while a sign of life is overdue", async () => {
  let reply: Promise<number | undefined> = Promise.resolve(3);
  const { clock, held, rig } = createRig(() => reply);
  held.note(key(7, true));
  await clock.advance(ASK_FIRST_MS + REPEAT_WITHIN_MS + 1);
  assert.equal(rig.repeating, true);
  reply = never();
  await clock.advance(ASK_EVERY_MS);
  assert.equal(rig.repeating, false);
  reply = Promise.resolve(3);
  held.moved();
  await clock.advance(1);
  // That the key is up may come behind the answer.
  assert.equal(rig.repeating, false);
  await clock.advance(ASK_EVERY_MS + 1);
  assert.equal(rig.repeating, true);
  // The same path answers again, a little late: what was said before is not far behind.
  let answer: (rtt: number) => void = () => {};
  reply = new Promise((resolve) => answer = resolve);
  await clock.advance(ASK_EVERY_MS + REPEAT_WITHIN_MS + 1);
  assert.equal(rig.repeating, false);
  reply = Promise.resolve(3);
  answer(REPEAT_WITHIN_MS + 10);
  await clock.advance(1);
  assert.equal(rig.repeating, false);
  await clock.advance(ASK_KEYS_EVERY_MS + 1);
  assert.equal(rig.repeating, true);
  // The key comes up while the answer is overdue: others may go on repeating theirs.
  reply = never();
  await clock.advance(ASK_EVERY_MS + REPEAT_WITHIN_MS + 1);
  assert.equal(rig.repeating, false);
  held.note(key(7, false));
  assert.equal(rig.repeating, true);
  assert.deepEqual(rig.released, []);
});

Deno.test("HeldInput notices before keys repeat that the path broke after an answer", async () => {
  // An X server begins to repeat after so long.
  const repeatDelay = 600;
  let reply: Promise<number | undefined> = Promise.resolve(3);
  const { clock, held, rig } = createRig(() => reply);
  held.note(key(7, true));
  await clock.advance(ASK_FIRST_MS + 1);
  reply = never();
  await clock.advance(repeatDelay - ASK_FIRST_MS);
  assert.equal(rig.repeating, false);
});

Deno.test("HeldInput leaves a path that has ended to those who wait for another", async () => {
  const { clock, held, rig } = createRig(() => Promise.resolve(undefined));
  held.note(key(7, true));
  await clock.advance(60_000);
  assert.deepEqual(rig.released, []);
  assert.equal(rig.asked, 1);
});

Deno.test("HeldInput.forget() lets go of nothing and asks no more", async () => {
  const { clock, held, rig } = createRig(never);
  held.note(key(7, true));
  held.forget();
  await clock.advance(60_000);
  assert.deepEqual([rig.released, rig.asked], [[], 0]);
});

Deno.test("HeldInput.moved() asks again, since the answer may never come the old way", async () => {
  let reply: Promise<number | undefined> = never();
  const { clock, held, rig } = createRig(() => reply);
  held.moved();
  assert.equal(rig.asked, 0);
  held.note(key(1, true));
  await clock.advance(ASK_FIRST_MS + ANSWER_WITHIN_MS / 2);
  reply = Promise.resolve(1);
  held.moved();
  await clock.advance(1);
  await clock.advance(ANSWER_WITHIN_MS);
  assert.equal(rig.silent, 0);
  assert.deepEqual(rig.released, []);
  held[Symbol.dispose]();
});
