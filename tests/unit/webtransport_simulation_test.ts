/**
 * WebTransport's endpoints on a simulated lossy connection: what is lost of one message holds up no
 * other flow, lost acks are made up for, and what is given up is taken off the wire.
 */

import assert from "node:assert/strict";
import { type Delivery, Priority } from "../../src/protocol/flow.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import { frameHeader } from "../../src/protocol/frame_reader.ts";
import {
  encodeWebtransportMessage,
  WEBTRANSPORT_VERSION,
} from "../../src/protocol/webtransport_message.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { simulatedWebtransportPair } from "../support/webtransport_simulation.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
/** 10 Mbit/s and 40 ms RTT. */
const PATH = { rate: 1_250_000, delay: 20 };

function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? Infinity;
}

/** Frames whenever the gate is open, and a key each 50 ms, for some ms. */
async function desktop(loss: number, duration = 20_000) {
  const clock = new VirtualClock();
  const { near, far, carrier, farCarrier } = simulatedWebtransportPair(clock, { ...PATH, loss });
  const frames: number[] = [];
  const keys: number[] = [];
  let sequence = 0;
  let expected = 0;
  far.onflow = (flow) => {
    const delays = flow.metadata[0] === 1 ? frames : keys;
    flow.onmessage = (message) => {
      const view = new DataView(message.buffer, message.byteOffset, message.length);
      if (delays === frames) assert.equal(view.getUint32(8), expected++);
      delays.push(clock.now() - view.getFloat64(0));
    };
  };
  const video = near.openFlow(new Uint8Array([1]), {
    priority: Priority.Elevated,
    delivery: "independent",
  });
  const control = near.openFlow(new Uint8Array([2]), { priority: Priority.Flash });
  const stamped = (octets: number) => {
    const message = new Uint8Array(octets);
    new DataView(message.buffer).setFloat64(0, clock.now());
    return message;
  };
  let last: Delivery | undefined;
  const capture = () => {
    if (!hasRoom(near, video, 15_000)) return;
    const frame = stamped(15_000);
    new DataView(frame.buffer).setUint32(8, sequence++);
    last = video.write(frame, last === undefined ? {} : { dependsOn: last });
  };
  for (let at = 0; at < duration; at += 1000 / 60) clock.schedule(at, capture);
  for (let at = 0; at < duration; at += 50) clock.schedule(at, () => control.write(stamped(20)));
  await clock.advance(duration + 2000);
  const { outstandingBytes } = near.statistics;
  near.close();
  await clock.advance(2000);
  return { frames, keys, sequence, outstandingBytes, carrier, farCarrier };
}

Deno.test("WebtransportEndpoint delivers every frame in order on a path without loss", async () => {
  const { frames, keys, sequence, outstandingBytes, carrier } = await desktop(0);
  assert.equal(frames.length, sequence);
  assert.equal(carrier.streams, sequence);
  assert.equal(outstandingBytes, 0);
  assert.ok(sequence > 20_000 / (1000 / 60) * 0.9, `${sequence} frames`);
  assert.ok(quantile(frames, 0.5) < 50, `frames take ${quantile(frames, 0.5)} ms`);
  assert.ok(quantile(keys, 0.99) < 70, `keys take ${quantile(keys, 0.99)} ms`);
});

Deno.test("WebtransportEndpoint makes up for lost frames, keys and acks", async () => {
  for (const [loss, least] of [[0.01, 1000], [0.1, 200]] as const) {
    const { frames, keys, sequence, outstandingBytes } = await desktop(loss);
    assert.equal(frames.length, sequence);
    assert.equal(keys.length, 400);
    assert.equal(outstandingBytes, 0, "a lost ack leaves nothing behind");
    assert.ok(sequence > least, `${sequence} frames`);
    // A key waits for keys that were lost, and not for frames: most take one way.
    assert.ok(quantile(keys, 0.5) < 60, `keys take ${quantile(keys, 0.5)} ms`);
  }
});

Deno.test("WebtransportEndpoint measures round trips by the time stamps that come back", async () => {
  const clock = new VirtualClock();
  const { near, far } = simulatedWebtransportPair(clock, { ...PATH, loss: 0 });
  far.onflow = (flow) => flow.onmessage = () => {};
  const flow = near.openFlow(bytes("video"), { delivery: "independent" });
  for (let count = 0; count < 20; count++) {
    flow.write(new Uint8Array(500));
    await clock.advance(100);
  }
  const { rtt, minRtt } = near.statistics;
  assert.ok(rtt !== undefined && rtt >= 40 && rtt < 43, `${rtt} ms`);
  assert.ok(minRtt !== undefined && minRtt >= 40 && minRtt <= rtt, `${minRtt} ms`);
});

Deno.test("WebtransportEndpoint takes what was given up off the wire, and goes on", async () => {
  const clock = new VirtualClock();
  const { near, far, carrier, there } = simulatedWebtransportPair(clock, { ...PATH, loss: 0 });
  const received: number[] = [];
  far.onflow = (flow) => flow.onmessage = (message) => received.push(message.length);
  const flow = near.openFlow(bytes("video"), { delivery: "independent" });
  await clock.advance(100);
  flow.write(new Uint8Array(200_000));
  await clock.advance(1000);
  assert.deepEqual(received, [200_000]);
  // A sudden collapse of the rate, under a large frame.
  there.link.rate = 20_000;
  const large = flow.write(new Uint8Array(300_000), { finishBy: clock.now() + 500 });
  const dependent = flow.write(new Uint8Array(10_000), { dependsOn: large });
  const next = flow.write(new Uint8Array(5000));
  await clock.advance(30_000);
  assert.equal(await large.outcome, "abandoned");
  assert.equal(await dependent.outcome, "abandoned");
  assert.equal(await next.outcome, "delivered");
  assert.deepEqual(received, [200_000, 5000]);
  assert.equal(carrier.cancelled, 1);
  assert.equal(carrier.streams, 3, "what was not begun got no stream");
  assert.equal(near.statistics.outstandingBytes, 0);
});

Deno.test("WebtransportEndpoint sends positions as datagrams, and the last one surely", async () => {
  const clock = new VirtualClock();
  const { near, far, carrier } = simulatedWebtransportPair(clock, { ...PATH, loss: 0.2 });
  const received: string[] = [];
  far.onflow = (flow) => {
    flow.onmessage = (message) => received.push(new TextDecoder().decode(message));
  };
  const flow = near.openFlow(bytes("input"), { priority: Priority.FlashOverride });
  await clock.advance(500);
  let position = 0;
  for (let click = 0; click < 20; click++) {
    for (let count = 0; count < 30; count++) {
      flow.write(bytes(`at ${position++}`), { replaceable: true });
      await clock.advance(8);
    }
    flow.write(bytes(`click at ${position - 1}`));
  }
  flow.write(bytes(`at ${position}`), { replaceable: true });
  await clock.advance(2000);
  assert.ok(carrier.datagrams > 500, `${carrier.datagrams} datagrams`);
  const clicks = received.filter((message) => message.startsWith("click"));
  assert.equal(clicks.length, 20);
  for (const [index, message] of received.entries()) {
    if (message.startsWith("click")) assert.equal(`click ${received[index - 1]}`, message);
  }
  assert.equal(received.at(-1), `at ${position}`);
  assert.ok(received.length > 400, `${received.length} of 621 came`);
});

Deno.test("WebtransportEndpoint says why it closes, and ends everything", async () => {
  const clock = new VirtualClock();
  const { near, far } = simulatedWebtransportPair(clock, { ...PATH, loss: 0.05 });
  far.onflow = (flow) => flow.onmessage = () => {};
  const flow = near.openFlow(bytes("video"), { delivery: "independent" });
  const delivery = flow.write(new Uint8Array(1_000_000));
  await clock.advance(30);
  far.close(4123, "enough");
  await clock.advance(3000);
  assert.deepEqual(await near.closed, { clean: true, code: 4123, reason: "enough" });
  assert.equal((await far.closed).code, 4123);
  assert.equal(await delivery.outcome, "abandoned");
  assert.equal(flow.state, "closed");
});

Deno.test("WebtransportEndpoint refuses another version at the first octet", async () => {
  const clock = new VirtualClock();
  const { near } = simulatedWebtransportPair(clock, { ...PATH, loss: 0 });
  near.receive(new Uint8Array([99, 1, 2, 3]));
  await clock.advance(2000);
  const { code, reason } = await near.closed;
  assert.equal(code, 4002);
  assert.match(reason, new RegExp(`Version ${WEBTRANSPORT_VERSION} is spoken here, not 99`));
});

Deno.test("losable messages are late by no other's loss, and are not sent again", async () => {
  const clock = new VirtualClock();
  const { near, far, carrier } = simulatedWebtransportPair(clock, { ...PATH, loss: 0.05 });
  const delays: number[] = [];
  const seen = new Set<number>();
  far.onflow = (flow) => {
    flow.onmessage = (message) => {
      const view = new DataView(message.buffer, message.byteOffset, message.length);
      delays.push(clock.now() - view.getFloat64(0));
      assert.equal(seen.size, seen.add(view.getUint32(8)).size - 1, "it comes once");
    };
  };
  const sound = near.openFlow(new Uint8Array([1]), {
    priority: Priority.FlashOverride,
    delivery: "losable",
  });
  for (let sent = 0; sent < 1000; sent++) {
    clock.schedule(200 + sent * 10, () => {
      const message = new Uint8Array(200);
      const view = new DataView(message.buffer);
      view.setFloat64(0, clock.now());
      view.setUint32(8, sent);
      sound.write(message);
    });
  }
  const large = new Uint8Array(5000);
  new DataView(large.buffer).setUint32(8, 5000);
  clock.schedule(10_500, () => sound.write(large));
  await clock.advance(12_000);
  assert.ok(seen.has(5000), "what fits no datagram is sent all the same");
  assert.ok(delays.length > 900 && delays.length < 985, `${delays.length}`);
  // The first go with the word that their flow is open.
  const latest = quantile(delays.slice(50, -1), 1);
  assert.ok(latest < 25, `${latest} ms`);
  assert.equal(carrier.streams, 0);
  near.close();
  await clock.advance(2000);
});

Deno.test("losable messages on the reliable stream break the protocol", async () => {
  const clock = new VirtualClock();
  const { far, near } = simulatedWebtransportPair(clock, { ...PATH, loss: 0 });
  const frame = encodeWebtransportMessage({ type: "losable", flow: 0, octets: new Uint8Array(3) });
  far.receive(new Uint8Array([WEBTRANSPORT_VERSION, ...frameHeader(frame.length), ...frame]));
  await clock.advance(2000);
  const { error } = await far.closed;
  assert.match(error?.message ?? "", /datagrams only/);
  near.close();
  await clock.advance(2000);
});
