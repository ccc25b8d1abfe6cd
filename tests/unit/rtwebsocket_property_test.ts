/** Whatever a peer sends, an endpoint neither throws, hangs nor grows; whatever it is given, it delivers. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { ProtocolError } from "../../src/protocol/errors.ts";
import type { Delivery, Priority, SendFlow } from "../../src/protocol/flow.ts";
import { type ControlMessage, encodeControl } from "../../src/protocol/rtwebsocket_message.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { Harness } from "../support/rtwebsocket_harness.ts";

const id = fc.nat({ max: 4 });
const small = fc.nat({ max: 3000 });

/** Messages that are well formed and mostly mean something, in an order that mostly does not. */
const plausible: fc.Arbitrary<Uint8Array> = fc.oneof(
  ...[
    fc.record({ type: fc.constant("open" as const), flow: id, metadata: fc.uint8Array() }),
    fc.record({
      type: fc.constant("open" as const),
      flow: id,
      returnFlow: id,
      metadata: fc.uint8Array(),
    }),
    fc.record({ type: fc.constant("ack" as const), flow: id, octets: small, buffer: small }),
    fc.record({ type: fc.constant("abandon" as const), flow: id, count: fc.integer({ min: 1 }) }),
    fc.record({ type: fc.constantFrom("close" as const, "closeAck" as const), flow: id }),
    fc.record({
      type: fc.constant("exception" as const),
      flow: id,
      code: small,
      reason: fc.string(),
    }),
    fc.record({ type: fc.constant("ackWindow" as const), octets: small }),
    fc.record({ type: fc.constant("ping" as const), octets: fc.uint8Array() }),
  ].map((message) => message.map((value) => encodeControl(value as ControlMessage))),
  fc.tuple(fc.constantFrom(0x1d, 0x3d), id, fc.uint8Array({ maxLength: 2000, size: "max" }))
    .map(([type, flow, fragment]) => new Uint8Array([type, flow, ...fragment])),
);
const anything = fc.oneof(
  { weight: 30, arbitrary: plausible },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 30 }) },
  // Truncated and prolonged.
  {
    weight: 1,
    arbitrary: fc.tuple(plausible, fc.nat({ max: 5 })).map(([octets, cut]) =>
      octets.subarray(0, Math.max(octets.length - cut, 0))
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(plausible, fc.uint8Array({ maxLength: 5 })).map(([octets, more]) =>
      new Uint8Array([...octets, ...more])
    ),
  },
);

Deno.test("endpoint withstands any messages in any order", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anything, { maxLength: 60, size: "max" }), async (messages) => {
      const peer = new Harness({ limits: { maxAssemblyOctets: 20_000, maxFlows: 3 } });
      const flows = [0, 1].map((priority) =>
        peer.endpoint.openFlow(new Uint8Array(3), { priority: priority as Priority })
      );
      const deliveries: Delivery[] = [];
      let sent = 0;
      for (const octets of messages) {
        for (const flow of flows) {
          if (flow.state === "open") deliveries.push(flow.write(new Uint8Array(900)));
        }
        peer.take();
        peer.endpoint.receive(octets);
        sent += peer.takeOctets().reduce((sum, each) => sum + each.length, 0);
        await peer.clock.advance(20);
      }
      const { outstandingBytes, outstandingLimit } = peer.endpoint.statistics;
      assert.ok(outstandingBytes >= 0 && outstandingBytes <= outstandingLimit);
      // It may not be made to shout: own data apart, a few octets for each that came.
      const came = messages.reduce((sum, each) => sum + each.length, 0);
      assert.ok(sent <= 2 * 900 * messages.length * 2 + came + 30 * messages.length, `${sent}`);
      peer.endpoint.close();
      await peer.clock.advance(2000);
      const { error } = await peer.endpoint.closed;
      assert.ok(error === undefined || error instanceof ProtocolError, String(error));
      for (const delivery of deliveries) await delivery.outcome;
      for (const flow of flows) {
        assert.equal(flow.state, "closed");
        assert.equal(flow.queuedBytes, 0);
      }
    }),
    { numRuns: 300 },
  );
});

/** What a sender may do, with times in ms and sizes in octets. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("write" as const),
      flow: fc.nat(),
      size: fc.oneof(fc.nat({ max: 20 }), fc.nat({ max: 20_000 })),
      within: fc.option(fc.nat({ max: 400 }), { nil: undefined }),
      started: fc.boolean(),
      dependent: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("wait" as const), ms: fc.nat({ max: 80 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("abandon" as const), message: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("revise" as const),
      message: fc.nat(),
      within: fc.integer({ min: -10, max: 300 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("prioritise" as const),
      flow: fc.nat(),
      priority: fc.nat({ max: 7 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reopen" as const), flow: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("rate" as const), rate: fc.nat({ max: 3 }) }),
  },
);

interface Sent {
  readonly name: number;
  readonly delivery: Delivery;
}

Deno.test("endpoints deliver, in order, all that was not given up", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: "max" }), async (steps) => {
      const clock = new VirtualClock();
      const [near, far] = memoryTransportPair({
        clock,
        links: [{ rate: 100_000, delay: 20 }, { rate: 100_000, delay: 20 }],
      });
      let greatestLimit = 0;
      const noteLimit = () =>
        greatestLimit = Math.max(greatestLimit, near.statistics.outstandingLimit);
      near.onroom = noteLimit;
      const received = new Map<number, number[]>();
      far.onflow = (flow) => {
        const names: number[] = [];
        received.set(new DataView(flow.metadata.slice().buffer).getUint32(0), names);
        flow.onmessage = (message) => {
          const view = new DataView(message.buffer, message.byteOffset, message.length);
          assert.ok(message.subarray(4).every((octet) => octet === (view.getUint32(0) & 255)));
          names.push(view.getUint32(0));
        };
      };
      const written = new Map<number, Sent[]>();
      let flowNames = 0;
      let messageNames = 0;
      const open = (): { name: number; flow: SendFlow } => {
        const name = flowNames++;
        const metadata = new Uint8Array(4);
        new DataView(metadata.buffer).setUint32(0, name);
        written.set(name, []);
        return { name, flow: near.openFlow(metadata) };
      };
      const flows = [open(), open(), open()];
      const all: Sent[] = [];
      const pick = <T>(from: T[], index: number): T | undefined => from[index % from.length];
      for (const each of steps) {
        switch (each.do) {
          case "write": {
            const { name, flow } = pick(flows, each.flow)!;
            const message = new Uint8Array(4 + each.size).fill(messageNames & 255);
            new DataView(message.buffer).setUint32(0, messageNames);
            const by = each.within === undefined ? undefined : clock.now() + each.within;
            const dependsOn = each.dependent ? all.at(-1)?.delivery : undefined;
            const delivery = flow.write(message, {
              ...(by === undefined ? {} : each.started ? { startBy: by } : { finishBy: by }),
              ...(dependsOn === undefined ? {} : { dependsOn }),
            });
            const sent = { name: messageNames++, delivery };
            all.push(sent);
            written.get(name)!.push(sent);
            break;
          }
          case "wait":
            await clock.advance(each.ms);
            break;
          case "abandon":
            pick(all, each.message)?.delivery.abandon();
            break;
          case "revise":
            pick(all, each.message)?.delivery.revise({ finishBy: clock.now() + each.within });
            break;
          case "prioritise":
            pick(flows, each.flow)!.flow.priority = each.priority as Priority;
            break;
          case "reopen": {
            const index = each.flow % flows.length;
            flows[index]!.flow.close();
            flows[index] = open();
            break;
          }
          case "rate":
            near.link!.rate = [0, 1000, 100_000, 10_000_000][each.rate]!;
            break;
        }
        noteLimit();
        assert.ok(near.statistics.outstandingBytes <= greatestLimit);
      }
      near.link!.rate = 1_000_000;
      await clock.advance(60_000);
      for (const [name, messages] of written) {
        const delivered = [];
        for (const { name, delivery } of messages) {
          if (await delivery.outcome === "delivered") delivered.push(name);
        }
        assert.deepEqual(received.get(name), delivered);
      }
      assert.equal(near.statistics.outstandingBytes, 0);
      for (const { flow } of flows) assert.equal(flow.queuedBytes, 0);
      near.close();
      await clock.advance(2000);
      assert.equal((await near.closed).error, undefined);
      assert.equal((await far.closed).error, undefined);
    }),
    { numRuns: 100 },
  );
});
