import assert from "node:assert/strict";
import { ColourPolicy } from "../../src/session/colour_policy.ts";

/** Shows rates for a second each, looked at ten times, and gives what held after each second. */
function watch(
  policy: ColourPolicy,
  rates: readonly (number | undefined)[],
  needed = 500,
): boolean[] {
  return rates.map((rate, second) => {
    for (let tenth = 0; tenth < 10; tenth++) {
      policy.note({ now: second * 1000 + tenth * 100, rate, needed });
    }
    return policy.full;
  });
}

Deno.test("ColourPolicy takes full colour once a path has had room for a while", () => {
  const held = watch(new ColourPolicy(), [undefined, 8000, 8000, 8000, 8000, 8000]);
  assert.deepEqual(held, [false, false, false, false, true, true]);
});

Deno.test("ColourPolicy never takes it where nothing is known, or the rate is middling", () => {
  assert.ok(!watch(new ColourPolicy(), Array(30).fill(undefined)).includes(true));
  assert.ok(!watch(new ColourPolicy(), Array(30).fill(2500)).includes(true));
});

Deno.test("ColourPolicy keeps it through a moment without room, and gives it up after", () => {
  const policy = new ColourPolicy();
  const rates = [
    ...Array(5).fill(8000),
    1000,
    8000,
    4000,
    4000,
    4000,
    4000,
    ...Array(5).fill(1000),
  ];
  const held = watch(policy, rates);
  assert.deepEqual(held.slice(4, 13), Array(9).fill(true));
  assert.equal(held.at(-1), false);
});

Deno.test("ColourPolicy changes more and more seldom where the rate goes up and down", () => {
  const rates = Array.from({ length: 600 }, (_, second) => second % 20 < 10 ? 8000 : 1000);
  const held = watch(new ColourPolicy(), rates);
  const changes = held.flatMap((full, second) => full !== held[second - 1] ? [second] : []);
  // Ten seconds are long enough for the first ones alone.
  assert.deepEqual(changes.map((second) => held[second]), [false, true, false, true, false]);
});

Deno.test("ColourPolicy takes it only while the picture leaves room on the path", () => {
  assert.ok(!watch(new ColourPolicy(), Array(30).fill(8000), 4000).includes(true));
  const policy = new ColourPolicy();
  assert.equal(watch(policy, Array(5).fill(8000), 2000).at(-1), true);
  policy.note({ now: 5000, rate: 8000, needed: 7000 });
  policy.note({ now: 9000, rate: 8000, needed: 7000 });
  assert.equal(policy.full, false);
});
