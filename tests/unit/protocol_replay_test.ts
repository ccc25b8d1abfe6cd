import assert from "node:assert/strict";
import type { Delivery, DeliveryOutcome, SendFlow } from "../../src/protocol/flow.ts";
import { QueueFullError } from "../../src/protocol/errors.ts";
import { ReplayFilter, ReplaySender } from "../../src/protocol/replay.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { simulatedWebtransportPair } from "../support/webtransport_simulation.ts";

/** A flow that keeps what is written, and says of it what the test wants. */
class FakeFlow implements Partial<SendFlow> {
  state: SendFlow["state"] = "open";
  full = false;
  queuedBytes = 0;
  outstandingBytes = 0;
  readonly written: number[] = [];
  readonly #outcomes = new Map<number, (outcome: DeliveryOutcome) => void>();

  write(octets: Uint8Array): Delivery {
    if (this.full) throw new QueueFullError(1, 1);
    const { promise: outcome, resolve } = Promise.withResolvers<DeliveryOutcome>();
    const number = octets[0]!;
    this.written.push(number);
    this.#outcomes.set(number, resolve);
    return { outcome, started: true, finished: true, revise() {}, abandon() {} };
  }

  async settle(number: number, outcome: DeliveryOutcome): Promise<void> {
    this.#outcomes.get(number)?.(outcome);
    await Promise.resolve();
  }
}

function attach(sender: ReplaySender): FakeFlow {
  const flow = new FakeFlow();
  sender.attach(flow as unknown as SendFlow);
  return flow;
}

const encode = (number: number) => new Uint8Array([number, 0, 0, 0]);

Deno.test("ReplaySender.attach() sends again what was not delivered, in order, and nothing else", async () => {
  const sender = new ReplaySender();
  const first = attach(sender);
  for (let count = 1; count <= 5; count++) assert.equal(sender.send(encode), count);
  assert.deepEqual(first.written, [1, 2, 3, 4, 5]);
  await first.settle(1, "delivered");
  first.state = "closed";
  await first.settle(3, "abandoned");
  const second = attach(sender);
  assert.deepEqual(second.written, [2, 3, 4, 5]);
  // A word from the first path counts still.
  await first.settle(2, "delivered");
  const third = attach(sender);
  assert.deepEqual(third.written, [3, 4, 5]);
  assert.equal(sender.undelivered, 3);
});

Deno.test("ReplaySender forgets what was replaced on its way, once a later message was delivered", async () => {
  const sender = new ReplaySender();
  const flow = attach(sender);
  const replaceable = true;
  // A position, a key, a position: the flow gave the first one up for the last.
  sender.send(encode, { replaceable });
  sender.send(encode);
  sender.send(encode, { replaceable });
  await flow.settle(1, "abandoned");
  // Until then the key needs it: the path may be lost with all of them.
  assert.equal(sender.undelivered, 3);
  await flow.settle(2, "delivered");
  assert.equal(sender.undelivered, 1);
  assert.deepEqual(attach(sender).written, [3]);
});

Deno.test("ReplaySender keeps nothing of much motion and typing by a path that loses datagrams", async () => {
  const clock = new VirtualClock();
  const { near, far } = simulatedWebtransportPair(clock, { rate: 1e6, delay: 20, loss: 0.4 });
  const sender = new ReplaySender();
  const filter = new ReplayFilter();
  let keys = "";
  far.onflow = (flow) => {
    flow.onmessage = ([number = 0, key = 0]) => {
      if (filter.accept(number) && key > 0) keys += String.fromCharCode(key);
    };
  };
  sender.attach(near.openFlow(new Uint8Array(1)));
  await clock.advance(500);
  let most = 0;
  const typed = "abcdefghijklmnopqrstuvwxyz".repeat(2);
  for (let count = 0; count < typed.length; count++) {
    for (let motion = 0; motion < 3; motion++) {
      sender.send((number) => new Uint8Array([number, 0]), { replaceable: true });
      await clock.advance(count % 5 === 0 ? 250 : 9);
    }
    sender.send((number) => new Uint8Array([number, typed.charCodeAt(count)]));
    most = Math.max(most, sender.undelivered);
  }
  await clock.advance(3000);
  assert.equal(keys, typed);
  assert.ok(most > 2);
  assert.equal(sender.undelivered, 0);
});

Deno.test("ReplaySender.send() leaves no trace of what its flow has no room for", async () => {
  const sender = new ReplaySender();
  const flow = attach(sender);
  const replaceable = true;
  sender.send(encode, { replaceable });
  flow.full = true;
  assert.throws(() => sender.send(encode, { replaceable }), QueueFullError);
  assert.equal(sender.last, 1);
  flow.full = false;
  assert.equal(sender.send(encode), 2);
  assert.deepEqual(flow.written, [1, 2]);
  await flow.settle(2, "delivered");
  assert.equal(sender.undelivered, 0);
});

Deno.test("ReplaySender.send() keeps messages while there is no flow, up to its limit", () => {
  const sender = new ReplaySender({ maxOctets: 8 });
  sender.send(encode);
  sender.send(encode);
  assert.equal(sender.queuedBytes, 8);
  assert.throws(() => sender.send(encode), QueueFullError);
  assert.equal(sender.last, 2);
  assert.deepEqual(attach(sender).written, [1, 2]);
  sender.discard();
  assert.equal(sender.send(encode), 3);
  assert.deepEqual(attach(sender).written, [3]);
});

Deno.test("ReplaySender.send() keeps no more messages than a transport takes at once", () => {
  const sender = new ReplaySender({ maxMessages: 3 });
  const replaceable = true;
  sender.send(encode);
  sender.send(encode);
  sender.send(encode, { replaceable });
  // It takes the place of another.
  sender.send(encode, { replaceable });
  assert.throws(() => sender.send(encode), QueueFullError);
  assert.deepEqual(attach(sender).written, [1, 2, 4]);
});

Deno.test("ReplaySender.send() keeps of neighbours that replace each other the last", () => {
  const sender = new ReplaySender();
  const replaceable = true;
  for (const options of [{}, { replaceable }, { replaceable }, {}, { replaceable }]) {
    sender.send(encode, options);
  }
  assert.deepEqual(attach(sender).written, [1, 3, 4, 5]);
});

Deno.test("ReplaySender keeps what a flow that is closed does not take", () => {
  const sender = new ReplaySender();
  const flow = attach(sender);
  flow.state = "closed";
  sender.send(encode);
  assert.deepEqual(flow.written, []);
  assert.deepEqual(attach(sender).written, [1]);
});

Deno.test("ReplayFilter.accept() lets each number through once, and none that is older", () => {
  const filter = new ReplayFilter();
  const accepted = [1, 2, 2, 1, 5, 4, 5, 6].filter((number) => filter.accept(number));
  assert.deepEqual(accepted, [1, 2, 5, 6]);
  assert.equal(filter.last, 6);
  filter.reset();
  assert.ok(filter.accept(1));
});

Deno.test("ReplayFilter.accept() goes on when the numbers wrap", () => {
  const filter = new ReplayFilter();
  const numbers = [0xffff_fffe, 0xffff_ffff, 1, 0xffff_ffff, 2];
  assert.deepEqual(numbers.map((number) => filter.accept(number)), [true, true, true, false, true]);
});
