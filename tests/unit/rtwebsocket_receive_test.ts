/** What the receiver answers, and when. */

import assert from "node:assert/strict";
import { LimitExceededError, ProtocolError } from "../../src/protocol/errors.ts";
import { RtwebsocketEndpoint } from "../../src/protocol/rtwebsocket_endpoint.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { Harness } from "../support/rtwebsocket_harness.ts";

const BUFFER = 2 * 1024 * 1024;

Deno.test("receiver acks an open at once, with its buffer", () => {
  const peer = new Harness();
  peer.feedOctets(0x10, 4, 0x7b, 0x7d);
  assert.deepEqual(peer.take(), [{ type: "ack", flow: 4, octets: 0, buffer: BUFFER }]);
  assert.deepEqual([...peer.flows[0]!.metadata], [0x7b, 0x7d]);
});

Deno.test("receiver acks data within 250 ms, headers included", async () => {
  const peer = new Harness();
  peer.feedOpen(4);
  peer.take();
  peer.feedData(4, 100);
  await peer.clock.advance(100);
  peer.feedData(4, 50);
  assert.deepEqual(peer.take(), []);
  await peer.clock.advance(150);
  assert.deepEqual(peer.take(), [{ type: "ack", flow: 4, octets: 154, buffer: BUFFER }]);
  await peer.clock.advance(10_000);
  assert.deepEqual(peer.take(), []);
});

Deno.test("receiver acks at once after each 2800 octets, all flows together", () => {
  const peer = new Harness();
  peer.feedOpen(1);
  peer.feedOpen(2);
  peer.take();
  peer.feedData(1, 1398);
  assert.deepEqual(peer.take(), []);
  peer.feedData(2, 1398);
  assert.deepEqual(peer.take(), [
    { type: "ack", flow: 1, octets: 1400, buffer: BUFFER },
    { type: "ack", flow: 2, octets: 1400, buffer: BUFFER },
  ]);
  // Multiples are counted from the start, not from the ack: 4000 and 5600 octets in all.
  peer.feedData(1, 1198);
  assert.deepEqual(peer.take(), []);
  peer.feedData(1, 1598);
  assert.equal(peer.takeOnly("ack").length, 1);
  peer.feedData(1, 2798);
  assert.equal(peer.takeOnly("ack").length, 1);
});

Deno.test("receiver acks by the window that the sender sets, counted from then", () => {
  const peer = new Harness();
  peer.feedOpen(1);
  peer.feedData(1, 2000);
  peer.feed({ type: "ackWindow", octets: 10_000 });
  peer.take();
  peer.feedData(1, 7998);
  assert.deepEqual(peer.take(), []);
  peer.feedData(1, 1998);
  assert.deepEqual(peer.take(), [{ type: "ack", flow: 1, octets: 12_002, buffer: BUFFER }]);
  for (const octets of [0, 1]) {
    peer.feed({ type: "ackWindow", octets });
    peer.feedData(1, 1);
    assert.equal(peer.takeOnly("ack").length, 1);
  }
});

Deno.test("receiver acks at once after half of the buffer that it advertised", () => {
  const peer = new Harness({ limits: { receiveBufferOctets: 2000 } });
  peer.feedOpen(1);
  peer.take();
  peer.feedData(1, 500);
  assert.deepEqual(peer.take(), []);
  peer.feedData(1, 500);
  assert.deepEqual(peer.take(), [{ type: "ack", flow: 1, octets: 1004, buffer: 2000 }]);
});

Deno.test("receiver puts messages together, and drops the ones that are abandoned", () => {
  const peer = new Harness();
  peer.feedOpen(1);
  peer.feedOctets(0x3d, 1, 1, 2);
  peer.feedOctets(0x3d, 1);
  peer.feedOctets(0x1d, 1, 3);
  peer.feedOctets(0x1d, 1);
  peer.feedOctets(0x3d, 1, 9);
  peer.feedOctets(0x1a, 1);
  peer.feedOctets(0x1a, 1, 5);
  peer.feedOctets(0x1d, 1, 4);
  assert.deepEqual(peer.received.map((message) => [...message]), [[1, 2, 3], [], [4]]);
});

Deno.test("receiver keeps the flows' fragments apart", () => {
  const peer = new Harness();
  peer.feedOpen(1);
  peer.feedOpen(2);
  peer.feedOctets(0x3d, 1, 1);
  peer.feedOctets(0x3d, 2, 2);
  peer.feedOctets(0x1d, 1, 1);
  peer.feedOctets(0x1d, 2, 2);
  assert.deepEqual(peer.received.map((message) => [...message]), [[1, 1], [2, 2]]);
});

Deno.test("receiver confirms a close after the last ack, and takes the number again", () => {
  const peer = new Harness();
  peer.feedOpen(1);
  peer.feedData(1, 10);
  peer.take();
  let closes = 0;
  peer.flows[0]!.onclose = () => closes++;
  peer.feed({ type: "close", flow: 1 });
  assert.deepEqual(peer.take(), [
    { type: "ack", flow: 1, octets: 12, buffer: BUFFER },
    { type: "closeAck", flow: 1 },
  ]);
  assert.equal(closes, 1);
  peer.feedOpen(1);
  assert.equal(peer.flows.length, 2);
  peer.feed({ type: "close", flow: 1 });
  assert.equal(closes, 1);
});

Deno.test("receiver drops data on a refused flow, and acks it all the same", async () => {
  const peer = new Harness();
  peer.feedOpen(1);
  peer.take();
  peer.flows[0]!.reject(6, "no");
  peer.flows[0]!.reject(7, "no no");
  assert.deepEqual(peer.take(), [{ type: "exception", flow: 1, code: 6, reason: "no" }]);
  peer.feedOctets(0x3d, 1, 1);
  peer.feedOctets(0x1d, 1, 1);
  await peer.clock.advance(250);
  assert.deepEqual(peer.take(), [{ type: "ack", flow: 1, octets: 6, buffer: 0 }]);
  assert.deepEqual(peer.received, []);
});

Deno.test("receiver refuses a flow that answers one that is not open", () => {
  const peer = new Harness();
  peer.feed({ type: "open", flow: 1, returnFlow: 99, metadata: new Uint8Array(0) });
  assert.deepEqual(peer.take().map(({ type }) => type), ["ack", "exception"]);
  assert.equal(peer.flows.length, 0);
  const send = peer.endpoint.openFlow(new Uint8Array(0));
  send.close();
  peer.feed({ type: "open", flow: 2, returnFlow: 0, metadata: new Uint8Array(0) });
  assert.equal(peer.takeOnly("exception").length, 1);
  assert.equal(peer.ended, undefined);
});

Deno.test("receiver answers a ping at once with the same octets", () => {
  const peer = new Harness();
  peer.feedOctets(0x01, 1, 2, 3);
  peer.feedOctets(0x01);
  peer.feedOctets(0x41, 9);
  assert.deepEqual(peer.takeOctets(), [[0x41, 1, 2, 3], [0x41]]);
});

const VIOLATIONS: [string, (peer: Harness) => void][] = [
  ["an empty message", (peer) => peer.feedOctets()],
  ["an unknown type", (peer) => peer.feedOctets(0x77, 1)],
  ["a truncated message", (peer) => peer.feedOctets(0x5a, 1)],
  ["a flow opened twice", (peer) => {
    peer.feedOpen(1);
    peer.feedOpen(1);
  }],
  ["data for no flow", (peer) => peer.feedData(3, 10)],
  ["data after the close", (peer) => {
    peer.feedOpen(1);
    peer.feed({ type: "close", flow: 1 });
    peer.feedData(1, 10);
  }],
  ["an abandonment for no flow", (peer) => peer.feed({ type: "abandon", flow: 3, count: 1 })],
  ["a close for no flow", (peer) => peer.feed({ type: "close", flow: 3 })],
  ["an ack for no flow", (peer) => peer.feedAck(3, 0)],
  ["an ack for what was not sent", (peer) => {
    peer.endpoint.openFlow(new Uint8Array(0)).write(new Uint8Array(8));
    peer.feedAck(0, 11);
  }],
  ["a close ack for no flow", (peer) => peer.feed({ type: "closeAck", flow: 0 })],
  ["a close ack for an open flow", (peer) => {
    peer.endpoint.openFlow(new Uint8Array(0));
    peer.feed({ type: "closeAck", flow: 0 });
  }],
  ["an exception for no flow", (peer) => {
    peer.feed({ type: "exception", flow: 0, code: 0, reason: "" });
  }],
];

for (const [what, violate] of VIOLATIONS) {
  Deno.test(`receiver closes on ${what}`, async () => {
    const peer = new Harness();
    violate(peer);
    const { error, clean } = await peer.endpoint.closed;
    assert.ok(error instanceof ProtocolError);
    assert.equal(clean, false);
    assert.equal(peer.closedWith?.code, 4002);
    assert.equal(peer.closedWith?.reason, error.message);
    // It is over: nothing is read or sent any more.
    peer.take();
    peer.feedOpen(50);
    await peer.clock.advance(10_000);
    assert.deepEqual(peer.take(), []);
  });
}

const EXCESSES: [string, (peer: Harness) => void][] = [
  ["metadata", (peer) => {
    peer.feed({ type: "open", flow: 1, metadata: new Uint8Array(1025) });
  }],
  ["flows that stay when they are refused", (peer) => {
    for (let flow = 0; flow < 9; flow++) peer.feedOpen(flow);
  }],
  ["a message of one fragment", (peer) => {
    peer.feedOpen(1);
    peer.feedData(1, 5001);
  }],
  ["a message of many fragments", (peer) => {
    peer.feedOpen(1);
    for (let count = 0; count < 6; count++) peer.feedData(1, 1000, false);
  }],
  ["unfinished messages", (peer) => {
    for (let flow = 0; flow < 4; flow++) {
      peer.feedOpen(flow);
      peer.feedData(flow, 3000, false);
    }
  }],
  ["tiny fragments", (peer) => {
    peer.feedOpen(1);
    for (let count = 0; count < 100; count++) peer.feedData(1, 1, false);
  }],
  ["a ping", (peer) => peer.feed({ type: "ping", octets: new Uint8Array(1025) })],
];

for (const [what, exceed] of EXCESSES) {
  Deno.test(`receiver closes on too much: ${what}`, async () => {
    const peer = new Harness({
      limits: { maxFlows: 4, maxMessageOctets: 5000, maxAssemblyOctets: 10_000 },
    });
    exceed(peer);
    const { error } = await peer.endpoint.closed;
    assert.ok(error instanceof LimitExceededError, String(error));
    assert.equal(peer.closedWith?.code, 4029);
  });
}

Deno.test("receiver refuses more flows than its limit, and takes others when some have closed", () => {
  const peer = new Harness({ limits: { maxFlows: 2 } });
  for (let flow = 0; flow < 3; flow++) peer.feedOpen(flow);
  const [refused] = peer.takeOnly("exception");
  assert.deepEqual([refused?.flow, refused?.code], [2, 4]);
  peer.feed({ type: "close", flow: 0 });
  peer.feed({ type: "close", flow: 2 });
  peer.feedOpen(3);
  assert.equal(peer.flows.length, 3);
});

Deno.test("receiver takes empty fragments without end and without growing", () => {
  const peer = new Harness({ limits: { maxAssemblyOctets: 1000 } });
  peer.feedOpen(1);
  for (let count = 0; count < 10_000; count++) peer.feedOctets(0x3d, 1);
  peer.feedOctets(0x1d, 1);
  assert.equal(peer.received.length, 1);
  assert.equal(peer.ended, undefined);
});

Deno.test("receiver frees what was being put together when a flow ends", async () => {
  const peer = new Harness({ limits: { maxAssemblyOctets: 10_000 } });
  for (let round = 0; round < 20; round++) {
    peer.feedOpen(1);
    peer.feedData(1, 5000, false);
    if (round % 3 === 0) peer.feed({ type: "abandon", flow: 1, count: 1 });
    if (round % 3 === 1) peer.flows.at(-1)!.reject();
    peer.feed({ type: "close", flow: 1 });
  }
  await peer.clock.advance(0);
  assert.equal(peer.ended, undefined);
});

Deno.test("endpoint ends every flow when the connection is lost", async () => {
  const peer = new Harness();
  peer.feedOpen(1);
  let closes = 0;
  peer.flows[0]!.onclose = () => {
    closes++;
    throw new Error("A handler's mistake");
  };
  const send = peer.endpoint.openFlow(new Uint8Array(0));
  const delivery = send.write(new Uint8Array(100_000));
  const ping = peer.endpoint.ping();
  peer.endpoint.ended({ clean: false, code: 1006, reason: "gone" });
  peer.endpoint.ended({ clean: true, code: 1000, reason: "again" });
  assert.deepEqual((await peer.endpoint.closed).reason, "gone");
  assert.equal(await delivery.outcome, "abandoned");
  assert.equal(await send.closed, undefined);
  assert.equal(await ping, undefined);
  assert.equal(closes, 1);
  peer.take();
  await peer.clock.advance(60_000);
  assert.deepEqual(peer.take(), []);
});

Deno.test("endpoint counts as ended a second after a close that nobody answers", async () => {
  const clock = new VirtualClock();
  const endpoint = new RtwebsocketEndpoint({
    now: () => clock.now(),
    schedule: (ms, callback) => clock.schedule(ms, callback),
    send: () => {},
    close: () => {},
  });
  endpoint.close(4000, "bye");
  let ended = false;
  endpoint.closed.then(() => ended = true);
  await clock.advance(900);
  assert.equal(ended, false);
  await clock.advance(200);
  assert.equal(ended, true);
});
