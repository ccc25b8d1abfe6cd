import assert from "node:assert/strict";
import type { Delivery, DeliveryOutcome, SendFlow } from "../../src/protocol/flow.ts";
import { QueueFullError } from "../../src/protocol/errors.ts";
import { ReplayFilter, ReplaySender } from "../../src/protocol/replay.ts";

/** A flow that keeps what is written, and says of it what the test wants. */
class FakeFlow implements Partial<SendFlow> {
  state: SendFlow["state"] = "open";
  queuedBytes = 0;
  outstandingBytes = 0;
  readonly written: number[] = [];
  readonly #outcomes = new Map<number, (outcome: DeliveryOutcome) => void>();

  write(octets: Uint8Array): Delivery {
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
  await first.settle(2, "abandoned");
  await first.settle(4, "delivered");
  const second = attach(sender);
  assert.deepEqual(second.written, [2, 3, 5]);
  // A word from the first path counts still.
  await first.settle(3, "delivered");
  const third = attach(sender);
  assert.deepEqual(third.written, [2, 5]);
  assert.equal(sender.undelivered, 2);
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
