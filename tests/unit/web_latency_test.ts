import assert from "node:assert/strict";
import fc from "fast-check";
import type { VideoHeader } from "../../src/protocol/video_message.ts";
import { inputLatency, latencySplit, median } from "../../web/worker/latency.ts";
import { ServerClock } from "../../web/worker/server_clock.ts";

const HEADER: VideoHeader = {
  sequence: 1,
  keyframe: false,
  topOff: false,
  captureTime: 5_000_000,
  damageToGrab: 400,
  grab: 200,
  convert: 600,
  encode: 4_200,
  lastInput: 7,
  inputToGrab: 1_500,
  changed: [],
};

/** A clock whose server's 0 is the viewer's `offset`, both ways taking `oneWay` ms. */
function clock(offset: number, oneWay: number): ServerClock {
  const clock = new ServerClock();
  clock.observe(offset + 100, offset + 100 + 2 * oneWay, (100 + oneWay) * 1000);
  return clock;
}

Deno.test("latencySplit() puts each millisecond where it was spent", () => {
  // Grabbed at 5000 ms of the server, out of the encoder at 5005, 20 ms on the way.
  const times = { arrived: 905_025, decoded: 905_028, presented: 905_030 };
  const split = latencySplit(HEADER, times, clock(900_000, 20));
  assert.deepEqual(split, {
    wait: 0.4,
    grab: 0.2,
    convert: 0.6,
    encode: 4.2,
    network: 20,
    decode: 3,
    present: 2,
  });
});

Deno.test("latencySplit() says nothing of the network before the first ping", () => {
  const times = { arrived: 10, decoded: 11, presented: 12 };
  assert.equal(latencySplit(HEADER, times, new ServerClock()).network, undefined);
});

Deno.test("inputLatency() and latencySplit() add up to what passed between key and picture", () => {
  const span = fc.integer({ min: 0, max: 400_000 });
  const record = fc.record({
    uplink: span,
    inputToGrab: span,
    grab: span,
    convert: span,
    encode: span,
    network: span,
    decode: span,
    present: span,
    offset: fc.integer({ min: -1e9, max: 1e9 }),
  });
  fc.assert(fc.property(record, (spans) => {
    const pressed = 5_000_000;
    const header = {
      ...HEADER,
      ...spans,
      captureTime: pressed + spans.uplink + spans.inputToGrab,
    };
    const at = (microseconds: number) => microseconds / 1000 + spans.offset;
    const arrived = header.captureTime + spans.grab + spans.convert + spans.encode +
      spans.network;
    const times = {
      arrived: at(arrived),
      decoded: at(arrived + spans.decode),
      presented: at(arrived + spans.decode + spans.present),
    };
    // One way each, so that the estimate of the offset is exact.
    const exact = clock(spans.offset, 3);
    const split = latencySplit(header, times, exact);
    const input = inputLatency(header, times, at(pressed), exact);
    const sum = input.uplink! + input.answer + split.grab + split.convert + split.encode +
      split.network! + split.decode + split.present;
    assert(Math.abs(sum - input.total) < 0.001, `${sum} is not ${input.total}`);
  }));
});

Deno.test("ServerClock.toViewer() believes the ping with the shortest round trip", () => {
  const clock = new ServerClock();
  assert.equal(clock.toViewer(0), undefined);
  clock.observe(1000, 1200, 500_000); // 200 ms, all of it on the way back
  clock.observe(2000, 2010, 1_405_000); // 10 ms
  clock.observe(3000, 3100, 2_410_000);
  assert.equal(clock.rtt, 100);
  assert.equal(clock.minRtt, 10);
  assert.equal(clock.toViewer(0), 600);
});

Deno.test("ServerClock.toViewer() is wrong by no more than half the shortest round trip", () => {
  const way = fc.double({ min: 0, max: 500, noNaN: true });
  const pings = fc.array(fc.tuple(way, way), { minLength: 1, maxLength: 40 });
  fc.assert(fc.property(pings, (pings) => {
    const clock = new ServerClock();
    const offset = 1234.5;
    let time = 10_000;
    for (const [there, back] of pings) {
      clock.observe(time, time + there + back, (time + there - offset) * 1000);
      time += 1_000;
    }
    const error = Math.abs(clock.toViewer(0)! - offset);
    assert(error <= clock.minRtt! / 2 + 1e-6, `${error} with a round trip of ${clock.minRtt}`);
  }));
});

Deno.test("ServerClock.observe() refuses a round trip of less than nothing", () => {
  const clock = new ServerClock();
  clock.observe(10, 9, 1);
  clock.observe(NaN, 9, 1);
  assert.equal(clock.rtt, undefined);
});

Deno.test("median() takes the middle value and leaves the order alone", () => {
  const values = [5, 1, 9];
  assert.equal(median(values), 5);
  assert.deepEqual(values, [5, 1, 9]);
  assert.equal(median([]), undefined);
});
