import assert from "node:assert/strict";
import fc from "fast-check";
import { casePair, codePointToKeysym } from "../../src/display/keysym.ts";
import { REST, SpareKeys } from "../../src/display/spare_keys.ts";

const never = () => false;
const of = (character: string) => codePointToKeysym(character.codePointAt(0)!);

function pool(count: number): { spares: SpareKeys; clock: { now: number } } {
  const clock = { now: 1000 };
  const spares = new SpareKeys(() => clock.now);
  spares.update(Array.from({ length: count }, (_, i) => 200 + i), () => true);
  return { spares, clock };
}

Deno.test("SpareKeys gives a small letter and its capital one key", () => {
  const { spares } = pool(4);
  const small = spares.lend(of("ψ"), never);
  const capital = spares.lend(of("Ψ"), never);
  assert.deepEqual(small, { keycode: 203, symbols: [of("ψ"), of("Ψ")] });
  assert.deepEqual(capital, small);
  assert.deepEqual(spares.lend(of("日"), never), { keycode: 202, symbols: [of("日"), 0] });
});

Deno.test("SpareKeys lets a key rest before another character gets it", () => {
  const { spares, clock } = pool(2);
  assert.deepEqual(spares.lend(of("日"), never), { keycode: 201, symbols: [of("日"), 0] });
  clock.now += 10;
  assert.deepEqual(spares.lend(of("本"), never), { keycode: 200, symbols: [of("本"), 0] });
  clock.now += 10;
  assert.deepEqual(spares.lend(of("語"), never), { wait: REST - 20 });
  clock.now += REST - 20;
  assert.deepEqual(spares.lend(of("語"), never), { keycode: 201, symbols: [of("語"), 0] });
});

Deno.test("SpareKeys never gives away a key that is down, nor one used within its rest", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ character: fc.integer({ min: 0, max: 11 }), wait: fc.nat(300) })),
    fc.nat(3),
    (presses, downCode) => {
      const { spares, clock } = pool(4);
      const owners = new Map<number, { keysym: number; at: number }>();
      const isDown = (keycode: number) => keycode === 200 + downCode;
      for (const { character, wait } of presses) {
        clock.now += wait;
        const keysym = 0x01004e00 + character;
        const lent = spares.lend(keysym, isDown);
        assert.ok(lent !== undefined);
        if ("wait" in lent) continue;
        const owner = owners.get(lent.keycode);
        if (owner && owner.keysym !== keysym) assert.ok(clock.now - owner.at >= REST);
        assert.ok(!isDown(lent.keycode));
        owners.set(lent.keycode, { keysym, at: clock.now });
      }
    },
  ));
});

Deno.test("SpareKeys gives up keys that somebody else has put something on", () => {
  const { spares, clock } = pool(2);
  spares.lend(of("日"), never);
  spares.update([200], (keycode) => keycode !== 201);
  assert.deepEqual(spares.bound, []);
  clock.now += 10 * REST;
  assert.deepEqual(spares.lend(of("日"), never), { keycode: 200, symbols: [of("日"), 0] });
  spares.update([], () => false);
  assert.equal(spares.lend(of("本"), never), undefined);
});

Deno.test("SpareKeys pairs only what casePair() pairs", () => {
  assert.equal(casePair(of("ß")), undefined);
  const { spares } = pool(1);
  assert.deepEqual(spares.lend(of("ß"), never), { keycode: 200, symbols: [0xdf, 0] });
});
