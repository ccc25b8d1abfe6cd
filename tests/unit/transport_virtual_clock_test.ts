import assert from "node:assert/strict";
import fc from "fast-check";
import { SimulatedLink } from "../../src/transport/simulated_link.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

Deno.test("VirtualClock calls back in the order of time, then of setting", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 20 })), fc.func(fc.boolean()), async (delays, keep) => {
      const clock = new VirtualClock();
      const called: { at: number; index: number }[] = [];
      const cancels = delays.map((delay, index) =>
        clock.schedule(delay, () => {
          assert.equal(clock.now(), delay);
          called.push({ at: delay, index });
        })
      );
      for (const [index, cancel] of cancels.entries()) if (!keep(index)) cancel();
      await clock.advance(20);
      const expected = delays.map((at, index) => ({ at, index }))
        .filter(({ index }) => keep(index))
        .toSorted((a, b) => a.at - b.at || a.index - b.index);
      assert.deepEqual(called, expected);
      assert.equal(clock.now(), 20);
    }),
  );
});

Deno.test("VirtualClock runs what its callbacks set, and settles their promises in between", async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  clock.schedule(1, () => {
    Promise.resolve().then(() => order.push("promise"));
    clock.schedule(0, () => order.push("timer"));
  });
  await clock.advance(1);
  assert.deepEqual(order, ["promise", "timer"]);
});

Deno.test("SimulatedLink keeps to its rate and delay, and stands still in an outage", async () => {
  const clock = new VirtualClock();
  const link = new SimulatedLink((ms, callback) => clock.schedule(ms, callback), {
    rate: 1000,
    delay: 50,
    overhead: 10,
  });
  const arrivals: number[] = [];
  const arrive = () => arrivals.push(clock.now());
  for (let count = 0; count < 3; count++) link.send(90, arrive);
  assert.equal(link.queuedOctets, 300);
  await clock.advance(160);
  link.rate = 0;
  await clock.advance(1000);
  assert.deepEqual(arrivals, [150, 250]);
  link.rate = 100;
  await clock.advance(2000);
  assert.deepEqual(arrivals, [150, 250, 2210]);
  assert.equal(link.carriedOctets, 300);
});
