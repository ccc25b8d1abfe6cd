import assert from "node:assert/strict";
import { Priority, type SendFlow } from "../../src/protocol/flow.ts";
import { decodeMetadata, encodeMetadata } from "../../src/protocol/metadata.ts";
import { RatePath, ratePaths } from "../../src/rate/mod.ts";
import { PathPadding } from "../../src/session/path_padding.ts";
import { type MemoryTransport, memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

const FAST = 1_250_000;
const SLOW = 60_000;

/** A server's path to a page, over a link whose rate changes. */
class Bench {
  readonly clock = new VirtualClock();
  readonly near: MemoryTransport;
  readonly far: MemoryTransport;
  readonly padding: PathPadding;
  readonly #video: SendFlow;
  padded = 0;

  constructor() {
    [this.near, this.far] = memoryTransportPair({
      clock: this.clock,
      links: [{ rate: FAST, delay: 20 }, { rate: FAST, delay: 20 }],
      makePaths: [ratePaths({ maxBitrate: 8000, maxFrameRate: 60 }), undefined],
    });
    this.far.onflow = (flow) => {
      const padding = decodeMetadata(flow.metadata).kind === "padding";
      flow.onmessage = ({ length }) => this.padded += padding ? length : 0;
    };
    this.padding = new PathPadding(this.near, (ms, callback) => this.clock.schedule(ms, callback));
    this.near.onroom = () => this.padding.consider();
    this.#video = this.near.openFlow(encodeMetadata({ kind: "video", version: 1 }), {
      priority: Priority.Elevated,
    });
  }

  get rate(): number {
    assert.ok(this.near.path instanceof RatePath);
    return this.near.path.rate;
  }

  /** Sends a frame each 33 ms if there is room. */
  async play(milliseconds: number, octets: number): Promise<void> {
    for (let ms = 0; ms < milliseconds; ms += 33) {
      if (this.#video.queuedBytes === 0) this.#video.write(new Uint8Array(octets));
      await this.clock.advance(33);
    }
  }

  async end(): Promise<void> {
    this.padding[Symbol.dispose]();
    this.near.close();
    await this.clock.advance(2000);
  }
}

Deno.test("PathPadding finds out that an idle path has become fast again, and then sends no more", async () => {
  const bench = new Bench();
  await bench.play(2000, 20_000);
  assert.ok(bench.rate > FAST * 0.8, `${bench.rate}`);
  assert.equal(bench.padded, 0, "what is known needs no padding");
  bench.near.link!.rate = SLOW;
  await bench.play(4000, 4000);
  assert.ok(bench.rate < SLOW * 1.5, `${bench.rate}`);
  bench.near.link!.rate = FAST;
  await bench.clock.advance(10_000);
  assert.ok(bench.rate > FAST * 0.6, `${bench.rate}`);
  assert.ok(bench.padded > 0 && bench.padded < FAST, `${bench.padded}`);
  const { padded } = bench;
  await bench.clock.advance(60_000);
  assert.equal(bench.padded, padded);
  await bench.end();
});

Deno.test("PathPadding asks a path that stays slow ever more seldom", async () => {
  const bench = new Bench();
  await bench.play(2000, 20_000);
  bench.near.link!.rate = SLOW;
  await bench.play(4000, 4000);
  await bench.clock.advance(60_000);
  const first = bench.padded;
  await bench.clock.advance(600_000);
  assert.ok(first > 0);
  assert.ok(bench.padded - first < 20 * 10_000, `${bench.padded - first} octets in ten minutes`);
  await bench.end();
});

Deno.test("PathPadding sends nothing once it is disposed of, or on a path without rate control", async () => {
  const bench = new Bench();
  await bench.play(2000, 20_000);
  bench.near.link!.rate = SLOW;
  await bench.play(4000, 4000);
  bench.near.onroom = undefined;
  bench.padding[Symbol.dispose]();
  await bench.clock.advance(60_000);
  assert.equal(bench.padded, 0);
  using page = new PathPadding(bench.far, (ms, callback) => bench.clock.schedule(ms, callback));
  page.consider();
  await bench.end();
});
