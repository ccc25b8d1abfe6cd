/**
 * What every transport must do, whatever carries it. Register it with a way to connect two ends.
 *
 * @module
 */

import assert from "node:assert/strict";
import {
  FlowClosedError,
  MessageTooLargeError,
  ProtocolError,
  TransportClosedError,
} from "../../src/protocol/errors.ts";
import {
  type FlowDelivery,
  Priority,
  type ReceiveFlow,
  type SendFlow,
  type Transport,
} from "../../src/protocol/flow.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";

/** Two connected ends. What they stand on ends with them. */
export interface ConnectedPair extends AsyncDisposable {
  readonly near: Transport;
  readonly far: Transport;
  /** How the flows that the tests open are to travel; ordered if not given. */
  readonly delivery?: FlowDelivery;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (octets: Uint8Array) => new TextDecoder().decode(octets);

/** Octets that differ from place to place. */
function pattern(length: number): Uint8Array {
  const octets = new Uint8Array(length);
  for (let index = 0; index < length; index++) octets[index] = index * 31 + (index >> 8);
  return octets;
}

/** The next flow that the peer opens, already taken, with its messages as they come. */
function nextFlow(transport: Transport): Promise<TakenFlow> {
  const { promise, resolve } = Promise.withResolvers<TakenFlow>();
  transport.onflow = (flow) => resolve(new TakenFlow(flow));
  return promise;
}

class TakenFlow {
  readonly messages: Uint8Array[] = [];
  readonly closed: Promise<void>;
  #waiting: { count: number; resolve: () => void } | undefined;

  constructor(readonly flow: ReceiveFlow) {
    flow.onmessage = (message) => {
      this.messages.push(message.slice());
      if (this.#waiting && this.messages.length >= this.#waiting.count) this.#waiting.resolve();
    };
    const { promise, resolve } = Promise.withResolvers<void>();
    flow.onclose = resolve;
    this.closed = promise;
  }

  /** Resolves once so many messages have come in all. */
  async received(count: number): Promise<string[]> {
    if (this.messages.length < count) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting = { count, resolve };
      await promise;
    }
    return this.messages.map(text);
  }
}

async function openedFlow(
  { near, far, delivery = "ordered" }: ConnectedPair,
  priority: Priority = Priority.Routine,
): Promise<{ send: SendFlow; taken: TakenFlow }> {
  const taking = nextFlow(far);
  const send = near.openFlow(bytes("test"), { priority, delivery });
  return { send, taken: await taking };
}

/**
 * Registers the tests.
 *
 * @param name The transport's name.
 * @param connect Connects two ends.
 */
export function testTransportContract(name: string, connect: () => Promise<ConnectedPair>): void {
  const test = (does: string, run: (pair: ConnectedPair) => Promise<void>) =>
    Deno.test(`${name} ${does}`, async () => {
      await using pair = await connect();
      await run(pair);
    });

  test("carries whole messages of any size in order", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    const sizes = [0, 1, 1399, 1400, 1401, 2800, 20_000, 0, 300_000, 7];
    const deliveries = sizes.map((size) => send.write(pattern(size)));
    await taken.received(sizes.length);
    for (const [index, size] of sizes.entries()) {
      assert.deepEqual(taken.messages[index], pattern(size));
    }
    for (const delivery of deliveries) {
      assert.equal(await delivery.outcome, "delivered");
      assert.ok(delivery.started && delivery.finished);
    }
    assert.equal(send.queuedBytes, 0);
    assert.equal(send.outstandingBytes, 0);
  });

  test("hands over a flow's metadata and the flow that it answers", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    assert.equal(text(taken.flow.metadata), "test");
    assert.equal(taken.flow.returnFor, undefined);
    const answering = nextFlow(pair.near);
    const answer = pair.far.openFlow(bytes("answer"), { returnFor: taken.flow });
    const answered = await answering;
    assert.equal(answered.flow.returnFor, send);
    answer.write(bytes("yes"));
    assert.deepEqual(await answered.received(1), ["yes"]);
  });

  test("refuses a flow that nobody takes", async ({ near, far }) => {
    far.onflow = () => {};
    const send = near.openFlow(bytes("unwanted"));
    const exception = await send.closed;
    assert.equal(exception?.code, 0);
    assert.equal(send.state, "closed");
    assert.throws(() => send.write(bytes("late")), FlowClosedError);
  });

  test("refuses to answer a flow that was refused", async (pair) => {
    const { taken } = await openedFlow(pair);
    taken.flow.reject();
    assert.throws(
      () => pair.far.openFlow(bytes("answer"), { returnFor: taken.flow }),
      FlowClosedError,
    );
  });

  test("drops what is sent on a flow after it was refused", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    send.write(bytes("one"));
    await taken.received(1);
    taken.flow.reject(7, "enough");
    taken.flow.reject(8, "really");
    send.write(bytes("two"));
    const delivery = send.write(pattern(100_000));
    assert.deepEqual(await send.closed, { code: 7, reason: "enough" });
    assert.equal(await delivery.outcome, "abandoned");
    assert.equal(send.queuedBytes, 0);
    await taken.closed;
    assert.equal(taken.messages.length, 1);
  });

  test("closes a flow when what is queued has gone out", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    send.write(pattern(200_000));
    send.write(bytes("end"));
    send.close();
    send.close();
    assert.notEqual(send.state, "open");
    assert.throws(() => send.write(bytes("more")), FlowClosedError);
    await taken.closed;
    assert.equal(taken.messages.length, 2);
    assert.equal(await send.closed, undefined);
    assert.equal(send.state, "closed");
  });

  test("opens and closes flows again and again", async (pair) => {
    pair.far.onflow = (flow) => new TakenFlow(flow);
    const { delivery = "ordered" } = pair;
    for (let round = 0; round < 40; round++) {
      const send = pair.near.openFlow(bytes(String(round)), { delivery });
      send.write(bytes("x"));
      send.close();
      assert.equal(await send.closed, undefined);
    }
  });

  test("gives up late messages and no others", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    const { near } = pair;
    const late = send.write(bytes("late"), { startBy: near.now() - 1 });
    const later = send.write(bytes("later"), { finishBy: near.now() - 1 });
    const free = send.write(bytes("free"));
    const early = send.write(bytes("early"), { finishBy: near.now() + 60_000 });
    assert.equal(await late.outcome, "abandoned");
    assert.equal(await later.outcome, "abandoned");
    assert.deepEqual(await taken.received(2), ["free", "early"]);
    assert.equal(await free.outcome, "delivered");
    assert.equal(await early.outcome, "delivered");
    assert.ok(!late.started && !late.finished);
  });

  test("gives up a message that is half sent, and what depends on it", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    const large = send.write(pattern(5_000_000));
    const dependent = send.write(bytes("dependent"), { dependsOn: large });
    const behind = send.write(bytes("behind"), { dependsOn: dependent });
    const other = send.write(bytes("other"));
    assert.ok(large.started && !large.finished);
    large.abandon();
    large.abandon();
    for (const delivery of [large, dependent, behind]) {
      assert.equal(await delivery.outcome, "abandoned");
    }
    assert.equal(await send.write(bytes("last"), { dependsOn: behind }).outcome, "abandoned");
    assert.deepEqual(await taken.received(1), ["other"]);
    assert.equal(await other.outcome, "delivered");
  });

  test("delivers the last of replaceable messages, each in its place", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    send.write(bytes("first"));
    await taken.received(1);
    let positions = 0;
    for (let key = 0; key < 10; key++) {
      for (let count = 0; count < 25; count++) {
        send.write(bytes(`position ${positions++}`), { replaceable: true });
        if (count % 10 === 9) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      send.write(bytes(`key ${key} at ${positions - 1}`));
    }
    // More at once than there is room for, and nothing behind them.
    send.write(pattern(100_000));
    for (let count = 0; count < 25; count++) {
      send.write(bytes(`position ${positions++}`), { replaceable: true });
    }
    const last = `position ${positions - 1}`;
    for (let seen = 2; taken.messages.every((message) => text(message) !== last); seen++) {
      await taken.received(seen);
    }
    let position = -1;
    let keys = 0;
    for (const message of taken.messages.slice(1)) {
      if (message.length > 100) continue;
      const [kind, number, , at] = text(message).split(" ");
      if (kind === "position") {
        assert.ok(Number(number) > position, `${number} came after ${position}`);
        position = Number(number);
      } else {
        assert.equal(Number(number), keys++);
        assert.equal(Number(at), position);
      }
    }
    assert.equal(keys, 10);
  });

  test("gives up by revised deadlines", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    const blocking = send.write(pattern(5_000_000));
    const revised = send.write(bytes("revised"));
    const soon = send.write(bytes("soon"));
    revised.revise({ startBy: pair.near.now() - 1 });
    assert.equal(await revised.outcome, "abandoned");
    soon.revise({ startBy: pair.near.now() + 60_000 });
    blocking.revise({ startBy: pair.near.now() - 1 });
    assert.equal((await taken.received(2))[1], "soon");
  });

  test("sends urgent messages before a backlog", async (pair) => {
    const bulk = await openedFlow(pair, Priority.Bulk);
    const urgent = await openedFlow(pair, Priority.FlashOverride);
    const backlog = bulk.send.write(pattern(8_000_000));
    assert.ok(!backlog.finished);
    urgent.send.write(bytes("urgent"));
    assert.deepEqual(await urgent.taken.received(1), ["urgent"]);
    assert.equal(bulk.taken.messages.length, 0);
    assert.equal(await backlog.outcome, "delivered");
  });

  test("calls onroom when a closed gate opens", async (pair) => {
    const { send } = await openedFlow(pair);
    const { near } = pair;
    assert.ok(hasRoom(near, send, 1000));
    const { promise, resolve } = Promise.withResolvers<void>();
    let within = false;
    near.onroom = () => {
      assert.ok(!within);
      if (hasRoom(near, send, 1000)) resolve();
    };
    within = true;
    send.write(pattern(5_000_000));
    assert.ok(!hasRoom(near, send, 1000));
    within = false;
    await promise;
  });

  test("calls onroom when a backlog is abandoned", async (pair) => {
    const { send } = await openedFlow(pair);
    const { near } = pair;
    const large = send.write(pattern(5_000_000));
    const { promise, resolve } = Promise.withResolvers<void>();
    near.onroom = () => send.queuedBytes === 0 && resolve();
    large.abandon();
    await promise;
  });

  test("measures the path", async (pair) => {
    const { send } = await openedFlow(pair);
    assert.equal(await send.write(pattern(500_000)).outcome, "delivered");
    const { near, far } = pair;
    const { rtt, minRtt, deliveryRate, outstandingLimit, bytesSent } = near.statistics;
    assert.ok(rtt !== undefined && minRtt !== undefined && rtt >= minRtt && minRtt > 0);
    assert.ok(deliveryRate !== undefined && deliveryRate > 0);
    assert.ok(outstandingLimit >= 16 * 1024);
    assert.equal(near.statistics.outstandingBytes, 0);
    assert.ok(bytesSent > 500_000);
    assert.ok(far.statistics.bytesReceived > 500_000);
  });

  test("refuses messages over the limit", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    assert.throws(() => send.write(new Uint8Array(17 * 1024 * 1024)), MessageTooLargeError);
    assert.throws(() => pair.near.openFlow(new Uint8Array(1025)), MessageTooLargeError);
    send.write(bytes("small"));
    assert.deepEqual(await taken.received(1), ["small"]);
  });

  test("ends everything when one side closes it", async (pair) => {
    const { send, taken } = await openedFlow(pair);
    const backlog = send.write(pattern(8_000_000));
    pair.far.close(4123, "had enough");
    pair.far.close(4124, "again");
    const here = await pair.near.closed;
    assert.deepEqual([here.clean, here.code, here.reason], [true, 4123, "had enough"]);
    const there = await pair.far.closed;
    assert.deepEqual([there.code, there.reason], [4123, "had enough"]);
    assert.equal(await backlog.outcome, "abandoned");
    assert.equal(await send.closed, undefined);
    assert.equal(send.state, "closed");
    await taken.closed;
    assert.throws(() => send.write(bytes("late")), FlowClosedError);
    assert.throws(() => pair.near.openFlow(bytes("late")), TransportClosedError);
    assert.throws(() => pair.far.openFlow(bytes("late")), TransportClosedError);
  });

  test("closes when a message cannot be read", async (pair) => {
    pair.far.onflow = (flow) => {
      flow.onmessage = () => {
        throw new ProtocolError("That is no message of mine");
      };
    };
    pair.near.openFlow(bytes("test")).write(bytes("gibberish"));
    const there = await pair.far.closed;
    assert.ok(there.error instanceof ProtocolError);
    const here = await pair.near.closed;
    assert.equal(here.code, 4002);
    assert.equal(here.reason, "That is no message of mine");
  });

  test("closes when the application's handler fails", async (pair) => {
    pair.far.onflow = () => {
      throw new TypeError("A mistake");
    };
    pair.near.openFlow(bytes("test"));
    const there = await pair.far.closed;
    assert.ok(there.error instanceof TypeError);
    assert.equal((await pair.near.closed).code, 4011);
  });
}
