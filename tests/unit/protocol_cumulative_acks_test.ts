import assert from "node:assert/strict";
import { CumulativeAcks } from "../../src/protocol/cumulative_acks.ts";
import type { AcksMessage } from "../../src/protocol/webtransport_message.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

interface Sent {
  readonly at: number;
  readonly losable: boolean;
  readonly message: AcksMessage;
}

function start(speaksUp: boolean) {
  const clock = new VirtualClock();
  const sent: Sent[] = [];
  const acks = new CumulativeAcks({
    now: () => clock.now(),
    schedule: (ms, callback) => clock.schedule(ms, callback),
    soon: queueMicrotask,
    speaksUp,
    send: (message, losable) => sent.push({ at: clock.now(), losable, message }),
  });
  // It answers the opening of the flow, for certain.
  acks.acknowledge(1, 10, 1000);
  sent.length = 0;
  /** Octets that come at some interval, in ms. */
  const receive = async (times: number, interval: number) => {
    for (let count = 0; count < times; count++) {
      acks.acknowledge(1, 100, 1000);
      await Promise.resolve();
      await clock.advance(interval);
    }
  };
  return { acks, clock, sent, receive };
}

Deno.test("CumulativeAcks says them again when nothing comes for longer than usual", async () => {
  const { acks, clock, sent, receive } = start(true);
  await receive(60, 16);
  const before = sent.filter(({ losable }) => losable).length;
  assert.equal(before, 60, "not while they come at a steady rate");
  const last = sent.findLast(({ losable }) => losable);
  await clock.advance(1000);
  const repeated = sent.filter(({ losable }) => losable).slice(before);
  assert.ok(repeated.length >= 2 && repeated.length <= 5, `${repeated.length} times`);
  for (const { message } of repeated) assert.deepEqual(message.acks, last?.message.acks);
  const [first] = repeated;
  assert.ok(first !== undefined && last !== undefined);
  assert.ok(first.at - last.at <= 30, `after ${first.at - last.at} ms`);
  // Nor for ever.
  const count = sent.length;
  await clock.advance(10_000);
  assert.equal(sent.length, count);
  acks.stop();
});

Deno.test("CumulativeAcks says them again even if they were confirmed just before", async () => {
  for (let times = 30; times < 60; times++) {
    const { acks, clock, sent, receive } = start(true);
    await receive(times, 16);
    const last = sent.findLast(({ losable }) => losable)!;
    const before = sent.length;
    await clock.advance(30);
    const repeated = sent.slice(before).filter(({ losable }) => losable);
    assert.deepEqual(repeated[0]?.message.acks, last.message.acks, `after ${times} times`);
    acks.stop();
  }
});

Deno.test("CumulativeAcks takes long intervals for usual after a while", async () => {
  const { acks, sent, receive } = start(true);
  await receive(60, 100);
  sent.length = 0;
  await receive(10, 100);
  assert.equal(sent.filter(({ losable }) => losable).length, 10);
  acks.stop();
});

Deno.test("CumulativeAcks leaves it to the confirmation where the address stays", async () => {
  const { acks, clock, sent, receive } = start(false);
  await receive(1, 16);
  await clock.advance(1000);
  assert.deepEqual(sent.map(({ losable }) => losable), [true, false]);
  acks.stop();
});
