import assert from "node:assert/strict";
import { LinkWay, type WaySettings } from "../support/link_way.ts";

const LINK: WaySettings = { rate: 100, delay: 10, jitter: 0, loss: 0, queue: 50 };

/** When each packet comes out, in ms, looked at whenever the way says that there may be one. */
function drain(way: LinkWay, until = 1e6): number[] {
  const times: number[] = [];
  while (way.next <= until) {
    const now = way.next;
    for (let packet = way.take(now); packet; packet = way.take(now)) times.push(packet.due);
  }
  return times;
}

Deno.test("LinkWay.put() lets packets wait for those before them", () => {
  const way = new LinkWay(LINK, 16);
  for (let i = 0; i < 3; i++) way.put(1000, 0);
  assert.deepEqual(drain(way), [20, 30, 40]);
  way.put(500, 100);
  assert.deepEqual(drain(way), [115]);
});

Deno.test("LinkWay.put() drops what would wait too long, and what no slot is left for", () => {
  const way = new LinkWay(LINK, 16);
  for (let i = 0; i < 8; i++) way.put(1000, 0);
  assert.equal(drain(way).length, 6);
  const { dropped, longestQueue, octets, packets } = way.statistics();
  assert.deepEqual([dropped, longestQueue, octets, packets], [2, 50, 6000, 6]);
  way.set({ ...LINK, queue: 1000 }, 1000);
  for (let i = 0; i < 20; i++) way.put(100, 1000);
  assert.equal(drain(way).length, 16);
});

Deno.test("LinkWay.set() changes the rate of what waits already, half-sent packets included", () => {
  const way = new LinkWay(LINK, 16);
  way.put(1000, 0);
  way.put(1000, 0);
  way.set({ ...LINK, rate: 20 }, 5);
  assert.deepEqual(drain(way), [5 + 25 + 10, 5 + 25 + 50 + 10]);
});

Deno.test("LinkWay keeps the order while packets are delayed by chance, and loses some", () => {
  const chances = [0.9, 0.9, 0.05, 0.9, 0.1];
  const way = new LinkWay({ ...LINK, rate: 0, jitter: 10, loss: 0.1 }, 16, () => chances.shift()!);
  way.put(100, 0); // is not lost, and late by 9
  way.put(100, 1); // is lost
  way.put(100, 2); // is not lost, and late by 1
  assert.deepEqual(drain(way), [19, 19]);
  assert.equal(way.statistics().lost, 1);
});

Deno.test("LinkWay carries nothing in an outage, and afterwards what it was told to hold", () => {
  const way = new LinkWay({ ...LINK, outage: "drop" }, 16);
  way.put(1000, 0);
  assert.equal(way.next, Infinity);
  way.set({ ...LINK, outage: "hold" }, 100);
  way.put(1000, 100);
  assert.equal(way.next, Infinity);
  way.set(LINK, 500);
  assert.deepEqual(drain(way), [520]);
});
