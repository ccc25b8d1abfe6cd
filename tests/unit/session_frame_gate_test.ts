import assert from "node:assert/strict";
import {
  decodeServerMessage,
  encodeServerMessage,
  type ServerMessage,
} from "../../src/protocol/control_message.ts";
import { Priority, type SendFlow } from "../../src/protocol/flow.ts";
import { RatePath, ratePaths } from "../../src/rate/mod.ts";
import { FrameGate, UNLIMITED } from "../../src/session/frame_gate.ts";
import { type MemoryTransport, memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

/** 1 Mbit/s. */
const RATE = 125_000;

class Bench {
  readonly clock = new VirtualClock();
  readonly near: MemoryTransport;
  readonly video: SendFlow;
  readonly gate: FrameGate;
  #sequence = 0;

  constructor(rate = RATE) {
    const [near, far] = memoryTransportPair({
      clock: this.clock,
      links: [{ rate, delay: 20 }, { rate, delay: 20 }],
      makePaths: [ratePaths({ maxBitrate: 8000, maxFrameRate: 60 }), undefined],
    });
    this.near = near;
    far.onflow = (flow) => flow.onmessage = () => {};
    this.video = near.openFlow(new Uint8Array([1]), { priority: Priority.Elevated });
    this.gate = new FrameGate(near, this.video);
  }

  frame(octets: number): void {
    this.video.write(new Uint8Array(octets).fill(this.#sequence++));
  }

  async play(milliseconds: number): Promise<void> {
    for (let ms = 0; ms < milliseconds; ms += 10) {
      if (this.gate.hasRoom) this.frame(4000);
      await this.clock.advance(10);
    }
  }

  decide(request: Partial<Parameters<FrameGate["decide"]>[0]> = {}) {
    return this.gate.decide({
      changedAt: this.clock.now(),
      keyframe: false,
      interactive: true,
      urgent: true,
      ...request,
    });
  }
}

Deno.test("FrameGate holds frames back while the path is full, and knows when to ask again", async () => {
  const bench = new Bench();
  await bench.play(2000);
  await bench.clock.advance(500);
  assert.ok(bench.gate.hasRoom);
  bench.frame(40_000);
  assert.equal(bench.gate.hasRoom, false, "a part of it waits");
  await bench.clock.advance(500);
  assert.ok(bench.gate.hasRoom);
  // Nothing follows it, so its ack comes late; but when it must have arrived is known.
  let roomIn = Infinity;
  for (let n = 0; n < 2 && roomIn === Infinity; n++) {
    // If it happens to end an ack window, the ack comes at once.
    await bench.clock.advance(500);
    bench.frame(300);
    ({ roomIn } = bench.gate);
  }
  assert.ok(roomIn > 20 && roomIn < 100, `${roomIn}`);
});

Deno.test("FrameGate does not take a file that is on its way for a full path", async () => {
  const bench = new Bench();
  await bench.play(2000);
  const file = bench.near.openFlow(new Uint8Array([2]), { priority: Priority.Bulk });
  file.write(new Uint8Array(200_000));
  await bench.clock.advance(300);
  assert.ok(bench.near.statistics.yieldingBytes > 3000);
  assert.ok(bench.gate.hasRoom);
});

Deno.test("FrameGate decides on smaller and fewer frames for a slower path", async () => {
  const [slow, fast] = [new Bench(RATE), new Bench(10 * RATE)];
  await slow.play(3000);
  await fast.play(3000);
  const [less, more] = [slow.decide(), fast.decide()];
  assert.ok(less.mostBits < more.mostBits * 0.7, `${less.mostBits} ${more.mostBits}`);
  assert.ok(less.bitrateKbit < 1000 && more.bitrateKbit > 4000);
  assert.ok(less.framesPerSecond < 35 && more.framesPerSecond > 40);
});

Deno.test("FrameGate gives a frame more after a pause, and motion less while somebody waits for answers", async () => {
  const bench = new Bench(10 * RATE);
  await bench.play(2000);
  bench.gate.taken();
  await bench.clock.advance(30);
  const [answer, film] = [bench.decide(), bench.decide({ interactive: false })];
  assert.ok(answer.mostBits < film.mostBits * 0.6, `${answer.mostBits} ${film.mostBits}`);
  await bench.clock.advance(1000);
  assert.ok(bench.decide().mostBits > film.mostBits);
});

Deno.test("FrameGate lets a picture be refined on an empty path only", async () => {
  const bench = new Bench();
  await bench.play(2000);
  await bench.clock.advance(1000);
  assert.ok(bench.decide({ changedAt: undefined }).mayTopOff);
  bench.frame(30_000);
  assert.equal(bench.decide({ changedAt: undefined }).mayTopOff, false);
});

Deno.test("FrameGate reports what the statistics of a viewer say", async () => {
  const bench = new Bench();
  await bench.play(3000);
  const { report } = bench.gate;
  assert.ok(report);
  assert.ok(Math.abs(report.pathKbit - 1000) < 200, `${report.pathKbit}`);
  assert.ok(report.targetKbit <= report.pathKbit && report.queueMs < 40);
  assert.ok(report.targetFramesPerSecond > 10 && report.targetFramesPerSecond < 40);
  const statistics: ServerMessage = {
    type: "statistics",
    framesEncoded: 1,
    encodeMs: 1,
    bitrateKbit: 1,
    viewers: 1,
    ...report,
  };
  assert.deepEqual(decodeServerMessage(encodeServerMessage(statistics)), statistics);
});

Deno.test("FrameGate takes what it believes of a new path from the one before", () => {
  const bench = new Bench();
  assert.ok(bench.near.path instanceof RatePath);
  const before = bench.decide().mostBits;
  bench.gate.believe(4 * bench.gate.rate);
  assert.ok(bench.decide().mostBits > before);
});

Deno.test("FrameGate knows no limits on a path without rate control", () => {
  const [near] = memoryTransportPair();
  const gate = new FrameGate(near, near.openFlow(new Uint8Array()));
  assert.deepEqual(
    gate.decide({ changedAt: 0, keyframe: false, interactive: true, urgent: true }),
    UNLIMITED,
  );
  assert.equal(gate.report, undefined);
  assert.equal(gate.roomIn, Infinity);
  near.close();
});
