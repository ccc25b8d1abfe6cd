import assert from "node:assert/strict";
import {
  FrameLoop,
  type FrameSink,
  type Picture,
  type TakeOptions,
} from "../../src/session/frame_loop.ts";
import { type FrameDecision, UNLIMITED } from "../../src/session/frame_gate.ts";
import { FramePacer } from "../../src/session/frame_pacer.ts";
import { TopOff } from "../../src/session/top_off.ts";

/** A screen and a network whose events the test raises itself. */
class Rig implements Picture<number>, FrameSink<number> {
  damagedAt: number | undefined;
  wanted = true;
  keyframeDueAt = Infinity;
  hasRoom = true;
  roomIn = Infinity;
  urgent = true;
  decision: FrameDecision = UNLIMITED;
  readonly requests: { changedAt: number | undefined; keyframe: boolean }[] = [];
  fail = false;
  /** Whether a picture that has not changed cannot be made better. */
  perfect = false;
  begun = 0;
  readonly taken: { keyframe: boolean; topOff: boolean }[] = [];
  readonly bounds: TakeOptions[] = [];
  readonly errors: unknown[] = [];
  readonly loop: FrameLoop<number>;
  readonly #encoded: (() => void)[] = [];

  constructor(framesPerSecond = 1000, topOffFrames = 0) {
    this.loop = new FrameLoop({
      picture: this,
      sink: this,
      pacer: new FramePacer(framesPerSecond, 1),
      topOff: new TopOff(1280 * 720, topOffFrames),
      onerror: (error) => this.errors.push(error),
    });
  }

  async take(options: TakeOptions & { topOff: boolean }): Promise<number | undefined> {
    const { keyframe, topOff } = options;
    this.taken.push({ keyframe, topOff });
    this.bounds.push(options);
    this.damagedAt = undefined;
    if (this.fail) throw new Error("The encoder failed");
    if (this.perfect && topOff) return undefined;
    await new Promise<void>((resolve) => this.#encoded.push(resolve));
    return this.taken.length;
  }

  decide(request: { changedAt: number | undefined; keyframe: boolean }): FrameDecision {
    this.requests.push(request);
    return this.decision;
  }

  begin(): void {
    this.begun++;
  }

  deliver(_frame: number, { keyframe }: { keyframe: boolean }): { octets: number } {
    if (keyframe) this.keyframeDueAt = Infinity;
    return { octets: 10_000 };
  }

  damage() {
    this.damagedAt = performance.now();
    this.loop.wake();
  }

  async encoded() {
    this.#encoded.shift()?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
}

Deno.test("FrameLoop takes a frame in the turn of the damage", async () => {
  const rig = new Rig();
  rig.damage();
  assert.equal(rig.taken.length, 1);
  assert.equal(rig.begun, 1);
  await rig.encoded();
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop takes nothing while nobody looks", async () => {
  const rig = new Rig();
  rig.wanted = false;
  rig.damage();
  assert.equal(rig.taken.length, 0);
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop leaves the screen alone until the network has room, then takes the newest", async () => {
  const rig = new Rig();
  rig.hasRoom = false;
  rig.damage();
  rig.damage();
  assert.equal(rig.taken.length, 0);
  rig.hasRoom = true;
  rig.loop.wake();
  assert.equal(rig.taken.length, 1);
  await rig.encoded();
  assert.equal(rig.taken.length, 1);
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop has one frame under way and takes the next as soon as it is encoded", async () => {
  const rig = new Rig();
  rig.damage();
  rig.damage();
  rig.damage();
  assert.equal(rig.taken.length, 1);
  await rig.encoded();
  assert.equal(rig.taken.length, 2);
  await rig.encoded();
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop takes a keyframe of a still screen when a viewer wants one", async () => {
  const rig = new Rig();
  rig.keyframeDueAt = 0;
  rig.loop.wake();
  assert.deepEqual(rig.taken, [{ keyframe: true, topOff: false }]);
  await rig.encoded();
  assert.equal(rig.taken.length, 1);
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop takes a keyframe that is due later when its time has come", async () => {
  const rig = new Rig();
  rig.keyframeDueAt = performance.now() + 30;
  rig.loop.wake();
  assert.equal(rig.taken.length, 0);
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.deepEqual(rig.taken, [{ keyframe: true, topOff: false }]);
  await rig.encoded();
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop tops a still picture off and then takes nothing", async () => {
  const rig = new Rig(1000, 2);
  rig.damage();
  await rig.encoded();
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, TopOff.INTERVAL_MS + 30));
    await rig.encoded();
  }
  assert.deepEqual(rig.taken.map((options) => options.topOff), [false, true, true]);
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop reports an error once and stops", async () => {
  const rig = new Rig();
  rig.fail = true;
  rig.damage();
  await rig.encoded();
  rig.damage();
  assert.equal(rig.errors.length, 1);
  assert.equal(rig.taken.length, 1);
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop waits on dispose for the frame under way and delivers nothing after", async () => {
  const rig = new Rig();
  rig.damage();
  const disposed = rig.loop[Symbol.asyncDispose]();
  await rig.encoded();
  await disposed;
  rig.damage();
  assert.equal(rig.taken.length, 1);
});

Deno.test("FrameLoop has a frame encoded as large as the network takes it", async () => {
  const rig = new Rig();
  rig.decision = { ...UNLIMITED, mostBits: 80_000, bitrateKbit: 900 };
  rig.damage();
  assert.equal(rig.bounds[0]?.mostBits, 80_000);
  assert.equal(rig.bounds[0]?.bitrateKbit, 900);
  assert.equal(rig.requests[0]?.keyframe, false);
  assert.ok(rig.requests[0]?.changedAt !== undefined);
  await rig.encoded();
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop asks for room again when what is under way must have arrived", async () => {
  const rig = new Rig();
  rig.hasRoom = false;
  rig.roomIn = 20;
  rig.damage();
  assert.equal(rig.taken.length, 0);
  rig.hasRoom = true;
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(rig.taken.length, 1);
  await rig.encoded();
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop holds the frame rate that the network takes", async () => {
  const rig = new Rig(1000);
  rig.decision = { ...UNLIMITED, framesPerSecond: 20 };
  rig.damage();
  await rig.encoded();
  rig.damage();
  await rig.encoded();
  rig.damage();
  assert.equal(rig.taken.length, 2, "one burst, and then one each 50 ms");
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(rig.taken.length, 3);
  await rig.encoded();
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop takes a keyframe at any rate: nothing is seen before", async () => {
  const rig = new Rig(1);
  for (let frame = 1; frame <= 2; frame++) {
    rig.damage();
    await rig.encoded();
  }
  rig.damage();
  assert.equal(rig.taken.length, 2, "the rate is used up");
  rig.keyframeDueAt = 0;
  rig.loop.wake();
  assert.deepEqual(rig.taken[2], { keyframe: true, topOff: false });
  rig.keyframeDueAt = Infinity;
  await rig.encoded();
  rig.damage();
  assert.equal(rig.taken.length, 3, "it counts as any other");
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop tops off only when the network has nothing better to do", async () => {
  const rig = new Rig(1000, 2);
  rig.decision = { ...UNLIMITED, mayTopOff: false };
  rig.damage();
  await rig.encoded();
  await new Promise((resolve) => setTimeout(resolve, TopOff.QUIET_MS + 40));
  assert.equal(rig.taken.length, 1);
  rig.decision = UNLIMITED;
  rig.loop.wake();
  assert.deepEqual(rig.taken.at(-1), { keyframe: false, topOff: true });
  await rig.encoded();
  await rig.loop[Symbol.asyncDispose]();
});

Deno.test("FrameLoop asks no more for a picture that cannot be made better, until it changes", async () => {
  const rig = new Rig(1000, 12);
  rig.perfect = true;
  rig.damage();
  await rig.encoded();
  await new Promise((resolve) => setTimeout(resolve, TopOff.QUIET_MS + 2 * TopOff.INTERVAL_MS));
  assert.deepEqual(rig.taken.map(({ topOff }) => topOff), [false, true]);
  rig.damage();
  await rig.encoded();
  assert.equal(rig.taken.length, 3);
  await rig.loop[Symbol.asyncDispose]();
});
