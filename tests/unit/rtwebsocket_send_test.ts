/** What the sender sends, when, and what it gives up. */

import assert from "node:assert/strict";
import {
  FlowClosedError,
  MessageTooLargeError,
  QueueFullError,
  TooManyFlowsError,
} from "../../src/protocol/errors.ts";
import { Priority } from "../../src/protocol/flow.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import { Harness } from "../support/rtwebsocket_harness.ts";

const META = new Uint8Array([0x6d]);
const filled = (length: number, octet = 1) => new Uint8Array(length).fill(octet);

/** A harness with open flows of these priorities, numbered from 0. */
function opened(...priorities: Priority[]) {
  // A bound that no rate can lift keeps the fragments at 1400 octets.
  const peer = new Harness({ limits: { maxOutstandingOctets: 16 * 1024 } });
  const flows = priorities.map((priority) => peer.endpoint.openFlow(META, { priority }));
  peer.take();
  return { peer, flows, flow: flows[0]! };
}

/** Fills the path, so that what is written next has to wait. */
function blocked(...priorities: Priority[]) {
  const { peer, flows, flow } = opened(Priority.FlashOverride, ...priorities);
  flow.write(filled(16 * 1024));
  flow.write(filled(2000));
  const { outstandingBytes, outstandingLimit } = peer.endpoint.statistics;
  assert.ok(outstandingBytes <= outstandingLimit && outstandingBytes > outstandingLimit - 1402);
  peer.take();
  return {
    peer,
    flows: flows.slice(1),
    /** Acknowledges all there is until nothing more comes; what came, of the other flows. */
    drain: () => {
      const sent = [];
      for (let more = true; more;) {
        for (const [id, each] of flows.entries()) {
          if (each.outstandingBytes > 0) peer.feedAck(id, each.outstandingBytes);
        }
        const taken = peer.take();
        more = taken.length > 0;
        sent.push(...taken);
      }
      return sent.filter((message) => "flow" in message && message.flow !== 0);
    },
  };
}

Deno.test("openFlow() tells the peer at once", () => {
  const peer = new Harness();
  peer.endpoint.openFlow(META);
  peer.feedOpen(9);
  peer.endpoint.openFlow(META, { returnFor: peer.flows[0]! });
  const sent = peer.takeOctets();
  assert.deepEqual(sent[0], [0x10, 0, 0x6d]);
  assert.deepEqual(sent[2], [0x30, 1, 9, 0x6d]);
});

Deno.test("write() sends its fragments before it returns", () => {
  const { peer, flow } = opened(Priority.Routine);
  const delivery = flow.write(filled(3000));
  assert.ok(delivery.started && delivery.finished);
  assert.deepEqual(
    peer.takeOnly("data").map(({ last, fragment }) => [last, fragment.length]),
    [[false, 1400], [false, 1400], [true, 200]],
  );
  assert.equal(flow.queuedBytes, 0);
  assert.equal(flow.outstandingBytes, 3006);
});

Deno.test("write() waits until the connection stands", async () => {
  const peer = new Harness({ connecting: true });
  const flow = peer.endpoint.openFlow(META);
  const delivery = flow.write(filled(10));
  assert.deepEqual(peer.take(), []);
  assert.ok(!delivery.started);
  await peer.clock.advance(500);
  peer.endpoint.connected();
  peer.endpoint.connected();
  assert.deepEqual(peer.take().map(({ type }) => type), ["open", "data"]);
  await peer.clock.advance(20);
  peer.feedAck(0, 0);
  assert.equal(peer.endpoint.statistics.rtt, 20);
});

Deno.test("sender keeps what is outstanding within the limit, and goes on at acks", () => {
  const { peer, flow } = opened(Priority.Routine);
  const delivery = flow.write(filled(60_000));
  let sent = peer.takeOnly("data").reduce((sum, { fragment }) => sum + fragment.length, 0);
  assert.equal(sent, 11 * 1400);
  assert.equal(flow.queuedBytes, 60_000 - sent);
  assert.ok(!delivery.finished);
  for (let round = 0; !delivery.finished && round < 100; round++) {
    peer.feedAck(0, flow.outstandingBytes);
    sent += peer.takeOnly("data").reduce((sum, { fragment }) => sum + fragment.length, 0);
    const { outstandingBytes, outstandingLimit } = peer.endpoint.statistics;
    assert.ok(outstandingBytes <= outstandingLimit);
  }
  assert.equal(sent, 60_000);
});

Deno.test("sender heeds the receiver's buffer", () => {
  const { peer, flow } = opened(Priority.Routine);
  peer.feedAck(0, 0, 1000);
  assert.equal(flow.advertisedBytes, 1000);
  flow.write(filled(1500));
  assert.equal(flow.outstandingBytes, 1000);
  assert.equal(hasRoom(peer.endpoint, flow), false);
  peer.feedAck(0, 1000, 0);
  assert.equal(flow.outstandingBytes, 0);
  peer.feedAck(0, 0, 1000);
  assert.equal(flow.queuedBytes, 0);
});

Deno.test("sender sends higher priorities first", () => {
  const { flows, drain } = blocked(Priority.Bulk, Priority.Flash, Priority.Elevated);
  flows[0]!.write(filled(2000));
  flows[1]!.write(filled(2000));
  flows[2]!.write(filled(2000));
  const order = drain().map((message) => message.type === "data" ? message.flow : -1);
  assert.deepEqual(order, [2, 2, 3, 3, 1, 1]);
});

Deno.test("sender lets flows of one priority take turns, fragment by fragment", () => {
  const { flows, drain } = blocked(Priority.Data, Priority.Data, Priority.Data);
  for (const flow of flows) flow.write(filled(4000));
  const order = drain().map((message) => message.type === "data" ? message.flow : -1);
  assert.deepEqual(order, [1, 2, 3, 1, 2, 3, 1, 2, 3]);
});

Deno.test("sender heeds a changed priority from the next fragment on", () => {
  const { peer, flows, drain } = blocked(Priority.Data, Priority.Bulk);
  flows[0]!.write(filled(30_000));
  flows[1]!.write(filled(3000));
  peer.feedAck(0, 3000);
  assert.deepEqual(new Set(peer.takeOnly("data").map(({ flow }) => flow)).has(2), false);
  flows[1]!.priority = Priority.Flash;
  assert.equal(flows[1]!.priority, Priority.Flash);
  const order = drain().filter(({ type }) => type === "data");
  const first = order.slice(0, 3).map((message) => message.type === "data" && message.flow);
  assert.deepEqual(first, [2, 2, 2]);
});

Deno.test("sender interleaves a message of a higher priority into a half sent one", () => {
  const { peer, flows: [urgent, bulk] } = opened(Priority.Flash, Priority.Routine);
  bulk!.write(filled(100_000));
  peer.take();
  urgent!.write(filled(10));
  peer.feedAck(1, 2804);
  assert.deepEqual(peer.takeOnly("data").map(({ flow }) => flow), [0, 1, 1]);
});

Deno.test("deadlines abandon messages in the middle of the queue when their time comes", async () => {
  const { peer, flows: [flow], drain } = blocked(Priority.Data);
  const first = flow!.write(filled(10, 1));
  const late = flow!.write(filled(10, 2), { startBy: 50 });
  const last = flow!.write(filled(10, 3), { finishBy: 1000 });
  let outcome;
  late.outcome.then((value) => outcome = value);
  await peer.clock.advance(49);
  assert.equal(outcome, undefined);
  assert.equal(flow!.queuedBytes, 30);
  await peer.clock.advance(2);
  assert.equal(outcome, "abandoned");
  assert.equal(flow!.queuedBytes, 20);
  // The peer learns of it in its place.
  assert.deepEqual(peer.take(), []);
  assert.deepEqual(drain().map(({ type }) => type), ["data", "abandon", "data"]);
  assert.equal(await first.outcome, "delivered");
  assert.equal(await last.outcome, "delivered");
});

Deno.test("deadlines abandon a message that is half sent, at once", async () => {
  const { peer, flow } = opened(Priority.Data);
  const delivery = flow.write(filled(50_000), { startBy: 10, finishBy: 100 });
  peer.take();
  assert.ok(delivery.started);
  await peer.clock.advance(99);
  assert.deepEqual(peer.take(), []);
  await peer.clock.advance(2);
  assert.deepEqual(peer.takeOctets(), [[0x1a, 0]]);
  assert.equal(await delivery.outcome, "abandoned");
  assert.equal(flow.queuedBytes, 0);
  delivery.revise({ finishBy: 5000 });
  flow.write(filled(5));
  peer.feedAck(0, flow.outstandingBytes);
  assert.deepEqual(peer.takeOnly("data").map(({ fragment }) => fragment.length), [5]);
});

Deno.test("startBy no longer counts once a message has started", async () => {
  const { peer, flow } = opened(Priority.Data);
  const delivery = flow.write(filled(50_000), { startBy: 10 });
  await peer.clock.advance(1000);
  assert.equal(peer.takeOnly("abandon").length, 0);
  delivery.revise({ startBy: 0 });
  assert.equal(peer.takeOnly("abandon").length, 0);
  delivery.revise({ finishBy: 0 });
  assert.equal(peer.takeOnly("abandon").length, 1);
});

Deno.test("revise() brings deadlines forward and puts them off", async () => {
  const { peer, flows: [flow] } = blocked(Priority.Data);
  const sooner = flow!.write(filled(10), { finishBy: 1000 });
  const later = flow!.write(filled(10), { finishBy: 1000 });
  const never = flow!.write(filled(10), { finishBy: 1000 });
  const past = flow!.write(filled(10));
  sooner.revise({ finishBy: 100 });
  later.revise({ finishBy: 2000 });
  never.revise({});
  past.revise({ finishBy: -1 });
  assert.equal(flow!.queuedBytes, 30);
  await peer.clock.advance(101);
  assert.equal(await sooner.outcome, "abandoned");
  assert.equal(flow!.queuedBytes, 20);
  await peer.clock.advance(1500);
  assert.equal(flow!.queuedBytes, 20);
  await peer.clock.advance(1000);
  assert.equal(await later.outcome, "abandoned");
  assert.equal(flow!.queuedBytes, 10);
});

Deno.test("an abandonment counts the half sent message and those right behind it", () => {
  const { peer, flow } = opened(Priority.Data);
  const messages = [flow.write(filled(50_000))];
  for (let count = 0; count < 4; count++) messages.push(flow.write(filled(10)));
  peer.take();
  messages[1]!.abandon();
  messages[2]!.abandon();
  messages[4]!.abandon();
  assert.deepEqual(peer.take(), []);
  messages[0]!.abandon();
  assert.deepEqual(peer.takeOctets(), [[0x1a, 0, 2]]);
  peer.feedAck(0, flow.outstandingBytes);
  const sent = peer.take().filter(({ type }) => type !== "ackWindow");
  assert.deepEqual(sent.map(({ type }) => type), ["data", "abandon"]);
});

Deno.test("messages are abandoned along with what they depend on, also of other flows", () => {
  const { flows: [first, second] } = blocked(Priority.Data, Priority.Data);
  const root = first!.write(filled(10));
  const child = first!.write(filled(10), { dependsOn: root });
  const grandchild = second!.write(filled(10), { dependsOn: child });
  const other = second!.write(filled(10));
  child.abandon();
  assert.equal(first!.queuedBytes, 10);
  assert.equal(second!.queuedBytes, 10);
  assert.ok(!root.finished && !grandchild.finished && !other.finished);
});

Deno.test("a chain of messages is abandoned in one go", () => {
  const { peer, flows: [flow] } = blocked(Priority.Data);
  const first = flow!.write(filled(1));
  let last = first;
  for (let count = 0; count < 8000; count++) last = flow!.write(filled(1), { dependsOn: last });
  first.abandon();
  assert.equal(flow!.queuedBytes, 0);
  assert.equal(peer.takeOnly("abandon").map(({ count }) => count).join(), "8001");
});

Deno.test("a queue that is stuck does not grow by what is written and abandoned", async () => {
  const { peer, flows: [flow], drain } = blocked(Priority.Data);
  flow!.write(filled(10));
  for (let count = 0; count < 20_000; count++) flow!.write(filled(100)).abandon();
  flow!.write(filled(10), { startBy: 1 });
  await peer.clock.advance(5);
  assert.equal(flow!.queuedBytes, 10);
  const [, abandonment] = drain();
  assert.deepEqual(abandonment, { type: "abandon", flow: 1, count: 20_001 });
});

Deno.test("close() comes after what is queued", () => {
  const { flows: [flow], drain } = blocked(Priority.Data);
  flow!.write(filled(10));
  flow!.close();
  assert.equal(flow!.state, "closing");
  assert.throws(() => flow!.write(filled(1)), FlowClosedError);
  assert.deepEqual(drain().map(({ type }) => type), ["data", "close"]);
});

Deno.test("a flow's number is used again only after the close ack", async () => {
  const { peer, flow } = opened(Priority.Data);
  flow.close();
  assert.deepEqual(peer.takeOctets(), [[0x1c, 0]]);
  peer.endpoint.openFlow(META);
  peer.feed({ type: "closeAck", flow: 0 });
  assert.equal(await flow.closed, undefined);
  peer.endpoint.openFlow(META);
  peer.endpoint.openFlow(META);
  assert.deepEqual(peer.takeOnly("open").map(({ flow }) => flow), [1, 0, 2]);
});

Deno.test("an exception ends a flow: everything is abandoned and it is closed", async () => {
  const { peer, flow } = opened(Priority.Data);
  const sent = flow.write(filled(10));
  const half = flow.write(filled(50_000));
  const queued = flow.write(filled(10));
  peer.take();
  peer.feed({ type: "exception", flow: 0, code: 9, reason: "no more" });
  assert.deepEqual(peer.takeOctets(), [[0x1a, 0, 1], [0x1c, 0]]);
  for (const { outcome } of [sent, half, queued]) assert.equal(await outcome, "abandoned");
  assert.deepEqual(await flow.closed, { code: 9, reason: "no more" });
  assert.equal(flow.state, "closed");
  assert.throws(() => flow.write(filled(1)), FlowClosedError);
  peer.feed({ type: "exception", flow: 0, code: 9, reason: "again" });
  peer.feedAck(0, flow.outstandingBytes, 0);
  peer.feed({ type: "closeAck", flow: 0 });
  assert.equal(peer.endpoint.statistics.outstandingBytes, 0);
  assert.equal(peer.ended, undefined);
});

Deno.test("a close ack that forgot the last ack leaves nothing outstanding", () => {
  const { peer, flow } = opened(Priority.Data);
  flow.write(filled(1000));
  flow.close();
  peer.feed({ type: "closeAck", flow: 0 });
  assert.equal(peer.endpoint.statistics.outstandingBytes, 0);
});

Deno.test("outcome says delivered once all of the message is acknowledged", async () => {
  const { peer, flow } = opened(Priority.Data);
  const first = flow.write(filled(1000));
  const second = flow.write(filled(1000));
  let outcome;
  second.outcome.then((value) => outcome = value);
  peer.feedAck(0, 2003);
  assert.equal(await first.outcome, "delivered");
  assert.equal(outcome, undefined);
  second.abandon();
  peer.feedAck(0, 1);
  assert.equal(await second.outcome, "delivered");
});

Deno.test("write() refuses what is over the limits, and queues nothing of it", () => {
  const peer = new Harness({
    limits: {
      maxMessageOctets: 60_000,
      maxQueuedOctets: 100_000,
      maxQueuedMessages: 20,
      maxFlows: 2,
    },
  });
  const flow = peer.endpoint.openFlow(META);
  assert.throws(() => flow.write(filled(60_001)), MessageTooLargeError);
  flow.write(filled(60_000));
  const { queuedBytes } = flow;
  assert.throws(() => flow.write(filled(60_000)), QueueFullError);
  for (let count = 0; count < 19; count++) flow.write(filled(0));
  assert.throws(() => flow.write(filled(0)), QueueFullError);
  assert.equal(flow.queuedBytes, queuedBytes);
  peer.endpoint.openFlow(META);
  assert.throws(() => peer.endpoint.openFlow(META), TooManyFlowsError);
});

Deno.test("openFlow() refuses to answer a flow of another endpoint", () => {
  const [one, other] = [new Harness(), new Harness()];
  one.feedOpen(1);
  other.feedOpen(1);
  assert.throws(
    () => one.endpoint.openFlow(META, { returnFor: other.flows[0]! }),
    FlowClosedError,
  );
  one.feed({ type: "close", flow: 1 });
  assert.throws(() => one.endpoint.openFlow(META, { returnFor: one.flows[0]! }), FlowClosedError);
});

Deno.test("ping() gives the round-trip time", async () => {
  const { peer } = opened(Priority.Data);
  const ping = peer.endpoint.ping();
  const [sent] = peer.takeOnly("ping");
  await peer.clock.advance(33);
  peer.feed({ type: "pingReply", octets: new Uint8Array([1, 2, 3, 4]) });
  peer.feed({ type: "pingReply", octets: sent!.octets });
  assert.equal(await ping, 33);
  assert.equal(peer.endpoint.statistics.rtt, 33);
  const lost = peer.endpoint.ping();
  for (let count = 0; count < 16; count++) peer.endpoint.ping();
  assert.equal(await lost, undefined);
});

Deno.test("onroom is called after what has made room, and not from within a call", async () => {
  const { peer, flows: [flow] } = blocked(Priority.Data);
  const message = flow!.write(filled(10));
  await peer.clock.advance(0);
  let calls = 0;
  peer.endpoint.onroom = () => calls++;
  message.abandon();
  assert.equal(calls, 0);
  await undefined;
  assert.equal(calls, 1);
  peer.feedAck(0, 1402);
  assert.equal(calls, 2);
  flow!.write(filled(60_000), { finishBy: 100 });
  await peer.clock.advance(101);
  assert.equal(calls, 3);
  peer.feed({ type: "exception", flow: 1, code: 0, reason: "" });
  assert.equal(calls, 4);
});

Deno.test("onroom may write, abandon and close", async () => {
  const { peer, flow } = opened(Priority.Data);
  let rounds = 0;
  peer.endpoint.onroom = () => {
    if (++rounds > 50) return peer.endpoint.close();
    flow.write(filled(100)).abandon();
    flow.write(filled(20_000)).abandon();
  };
  flow.write(filled(10));
  peer.feedAck(0, 10);
  await peer.endpoint.closed;
  assert.equal(rounds, 51);
});
