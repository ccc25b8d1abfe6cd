import assert from "node:assert/strict";
import { decodeInputMessage, type InputMessage } from "../../src/protocol/input_message.ts";
import type { ReplayOptions } from "../../src/protocol/replay.ts";
import type { PageInput } from "../../web/messages.ts";
import { BUSY_OCTETS, type InputOutlet, InputSender } from "../../web/worker/input_sender.ts";

class FakeFlow implements InputOutlet {
  queuedBytes = 0;
  outstandingBytes = 0;
  last = 0;
  readonly messages: InputMessage[] = [];
  readonly replaceable: boolean[] = [];

  send(
    encode: (number: number) => Uint8Array,
    { replaceable = false }: ReplayOptions = {},
  ): number {
    this.messages.push(decodeInputMessage(encode(++this.last)));
    this.replaceable.push(replaceable);
    return this.last;
  }
}

const pointer = (x: number, y: number, at = 0): PageInput => ({ type: "pointer", x, y, at });
const wheel = (dx: number, dy: number): PageInput => ({ type: "wheel", dx, dy, x: 1, y: 2, at: 0 });
const key = (down: boolean, at = 0): PageInput => ({ type: "key", keysym: 0x61, down, at });
const click = (at = 0): PageInput => ({ type: "button", button: 1, down: true, x: 9, y: 9, at });

Deno.test("InputSender.send() sends all motion at once while the flow is idle", () => {
  const flow = new FakeFlow();
  const sender = new InputSender(flow);
  for (let x = 0; x < 3; x++) sender.send(pointer(x, 0));
  assert.deepEqual(flow.messages.map((message) => message.sequence), [1, 2, 3]);
});

Deno.test("InputSender.send() keeps only the last position while the flow is busy", () => {
  const flow = new FakeFlow();
  const sender = new InputSender(flow);
  flow.outstandingBytes = BUSY_OCTETS + 1;
  for (let x = 0; x < 100; x++) sender.send(pointer(x, x));
  assert.deepEqual(flow.messages, []);
  sender.room();
  assert.deepEqual(flow.messages, []);
  flow.outstandingBytes = 0;
  sender.room();
  assert.deepEqual(flow.messages, [{ type: "pointer", sequence: 1, x: 99, y: 99 }]);
  sender.room();
  assert.equal(flow.messages.length, 1);
});

Deno.test("InputSender.send() adds up the wheel's steps while the flow is busy", () => {
  const flow = new FakeFlow();
  const sender = new InputSender(flow);
  flow.queuedBytes = BUSY_OCTETS + 1;
  sender.send(wheel(0, 120));
  sender.send(wheel(-5, 30));
  for (let turn = 0; turn < 1000; turn++) sender.send(wheel(0, 120));
  flow.queuedBytes = 0;
  sender.room();
  assert.deepEqual(flow.messages, [
    { type: "wheel", sequence: 1, dx: -5, dy: 32767, x: 1, y: 2 },
  ]);
});

Deno.test("InputSender.send() adds up how far a locked pointer moves while the flow is busy", () => {
  const flow = new FakeFlow();
  const sender = new InputSender(flow);
  flow.queuedBytes = BUSY_OCTETS + 1;
  for (let i = 0; i < 10; i++) sender.send({ type: "motion", dx: 3, dy: -7, at: 0 });
  sender.send(wheel(0, 120));
  flow.queuedBytes = 0;
  sender.room();
  assert.deepEqual(flow.messages, [
    { type: "motion", sequence: 1, dx: 30, dy: -70 },
    { type: "wheel", sequence: 2, dx: 0, dy: 120, x: 1, y: 2 },
  ]);
});

Deno.test("InputSender.send() keeps keys and buttons in order behind what was held back", () => {
  const flow = new FakeFlow();
  const sender = new InputSender(flow);
  flow.outstandingBytes = BUSY_OCTETS + 1;
  sender.send(pointer(1, 1));
  sender.send(key(true));
  sender.send(pointer(2, 2));
  sender.send(click());
  sender.send(wheel(0, 120));
  sender.send({ type: "releaseAll", at: 0 });
  assert.deepEqual(flow.messages.map(({ type }) => type), [
    "pointer",
    "key",
    // The second motion is in the button's own position.
    "button",
    "wheel",
    "releaseAll",
  ]);
  assert.deepEqual(flow.messages.map(({ sequence }) => sequence), [1, 2, 3, 4, 5]);
});

Deno.test("InputSender.answered() gives the latest press that a picture is the first to follow", () => {
  const sender = new InputSender(new FakeFlow());
  sender.send(key(true, 100)); // 1
  sender.send(key(false, 150)); // 2
  sender.send(click(200)); // 3
  sender.send(pointer(5, 5, 250)); // 4
  sender.send(key(true, 300)); // 5
  assert.equal(sender.answered(0), undefined);
  assert.equal(sender.answered(4), 200);
  assert.equal(sender.answered(4), undefined);
  assert.equal(sender.answered(5), 300);
});

Deno.test("InputSender forgets what no picture ever answered", () => {
  const sender = new InputSender(new FakeFlow());
  for (let press = 1; press <= 10_000; press++) sender.send(key(true, press));
  assert.equal(sender.answered(9_900), undefined);
  assert.equal(sender.answered(10_000), 10_000);
});

Deno.test("InputSender.send() lets positions be replaced, and nothing else", () => {
  const flow = new FakeFlow();
  const sender = new InputSender(flow);
  for (const input of [pointer(1, 1), key(true), wheel(0, 120), click()]) sender.send(input);
  assert.deepEqual(flow.replaceable, [true, false, false, false]);
});
