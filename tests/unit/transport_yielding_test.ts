/**
 * A file that is sent beside what cannot wait, over both transports and by both models of a path.
 */
import assert from "node:assert/strict";
import { Priority, type SendFlow, type Transport } from "../../src/protocol/flow.ts";
import type { MakePathModel } from "../../src/protocol/path_model.ts";
import { ratePaths } from "../../src/rate/mod.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { simulatedWebtransportPair } from "../support/webtransport_simulation.ts";

/** 10 Mbit/s and 40 ms of round trip. */
const RATE = 1_250_000;
const DELAY = 20;
const FILE = 1;
const URGENT = 2;

type Connect = (clock: VirtualClock, makePath: MakePathModel | undefined) => readonly [
  near: Transport,
  far: Transport,
];

const TRANSPORTS: Record<string, Connect> = {
  websocket: (clock, makePath) =>
    memoryTransportPair({
      clock,
      links: [{ rate: RATE, delay: DELAY }, { rate: RATE, delay: DELAY }],
      makePaths: [makePath, undefined],
    }),
  webtransport: (clock, makePath) => {
    const path = { rate: RATE, delay: DELAY, loss: 0 };
    const { near, far } = simulatedWebtransportPair(clock, path, 1, makePath);
    return [near, far];
  },
};
const MODELS: Record<string, MakePathModel | undefined> = {
  "the rate control": ratePaths({ maxBitrate: 8000, maxFrameRate: 60 }),
  "a page": undefined,
};

/** Keeps a flow supplied. */
function feed(near: Transport, flow: SendFlow): void {
  const more = () => {
    while (flow.queuedBytes < 200_000) flow.write(new Uint8Array(20_000));
  };
  near.onroom = more;
  more();
}

for (const [kind, connect] of Object.entries(TRANSPORTS)) {
  for (const [model, makePath] of Object.entries(MODELS)) {
    Deno.test(`${kind}: a file fills the path, and urgent messages do not wait for it, with ${model}`, async () => {
      const clock = new VirtualClock();
      const [near, far] = connect(clock, makePath);
      const delays: number[] = [];
      let file = 0;
      far.onflow = (flow) => {
        flow.onmessage = flow.metadata[0] === FILE
          ? (message) => file += message.length
          : (message) =>
            delays.push(
              clock.now() - new DataView(message.buffer, message.byteOffset).getFloat64(0),
            );
      };
      const urgent = near.openFlow(new Uint8Array([URGENT]), { priority: Priority.Flash });
      feed(near, near.openFlow(new Uint8Array([FILE]), { priority: Priority.Bulk }));
      // What was written goes out in a microtask, before the clock goes on.
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      await clock.advance(3000);
      const before = file;
      let yielding = 0;
      for (let n = 0; n < 100; n++) {
        const message = new Uint8Array(500);
        new DataView(message.buffer).setFloat64(0, clock.now());
        urgent.write(message);
        await clock.advance(100);
        yielding = Math.max(yielding, near.statistics.yieldingBytes);
      }
      delays.sort((a, b) => a - b);
      const carried = (file - before) / 10 / RATE;
      assert.ok(carried > 0.7, `the file got ${carried} of the path`);
      assert.ok(delays[50]! < DELAY + 25, `${delays}`);
      assert.ok(delays[95]! < DELAY + 45, `${delays}`);
      assert.ok(yielding > 10_000 && yielding <= near.statistics.outstandingLimit, `${yielding}`);
      assert.ok(near.statistics.queueDelay < 40, `${near.statistics.queueDelay}`);
      near.onroom = undefined;
      near.close();
      await clock.advance(2000);
    });
  }
}
