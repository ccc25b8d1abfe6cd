import assert from "node:assert/strict";
import { encodeVideoMessage, type PictureRectangle } from "../../src/protocol/video_message.ts";
import type {
  AccessUnit,
  DecodedFrame,
  DecoderEvents,
  PictureDecoder,
} from "../../web/worker/picture_decoder.ts";
import { ServerClock } from "../../web/worker/server_clock.ts";
import { StatisticsCollector } from "../../web/worker/statistics.ts";
import { VideoPlayer } from "../../web/worker/video_player.ts";

class FakeDecoder implements PictureDecoder {
  closed = false;
  readonly units: AccessUnit[] = [];

  constructor(readonly events: DecoderEvents<DecodedFrame>) {}

  configure(): void {}
  decode(unit: AccessUnit): void {
    this.units.push(unit);
  }
  close(): void {
    this.closed = true;
  }
}

class Bench implements Disposable {
  readonly drawn: number[] = [];
  readonly changed: (readonly PictureRectangle[])[] = [];
  /** What the painter says of when it will have drawn. */
  drawing: Promise<void> | undefined;
  readonly asked: string[] = [];
  readonly answers: number[] = [];
  readonly sizes: string[] = [];
  readonly size = { width: 4, height: 4 };
  started = 0;
  opened = 0;
  closed = 0;
  drawFails = false;
  decoder!: FakeDecoder;
  #sequence = 0;
  readonly statistics = new StatisticsCollector(() => new ServerClock());
  readonly player = new VideoPlayer<DecodedFrame>({
    painter: {
      size: this.size,
      draw: (frame, changed) => {
        if (this.drawFails) throw new Error("No canvas");
        this.drawn.push(frame.timestamp);
        this.changed.push(changed);
        return this.drawing;
      },
      handedOver: (callback) => callback(),
      png: () => Promise.resolve(new Blob()),
    },
    createDecoder: (events) => this.decoder = new FakeDecoder(events),
    statistics: this.statistics,
    requestKeyframe: (reason) => this.asked.push(reason),
    trouble: () => {},
    resized: ({ width, height }) => this.sizes.push(`${width}x${height}`),
    started: () => this.started++,
    answered: ({ lastInput }) => {
      this.answers.push(lastInput);
      return undefined;
    },
  });

  play(keyframe: boolean, captureTime: number, changed: PictureRectangle[] = []): void {
    const sequence = ++this.#sequence;
    this.player.play(encodeVideoMessage({
      sequence,
      keyframe,
      topOff: false,
      captureTime,
      damageToGrab: 0,
      grab: 0,
      convert: 0,
      encode: 0,
      lastInput: sequence,
      inputToGrab: 0,
      changed,
      accessUnit: new Uint8Array([1, 2, 3]),
      ...(keyframe && { config: { codec: "vp8", codedWidth: 4, codedHeight: 4 } }),
    }));
  }

  output(index: number): void {
    this.opened++;
    const { timestamp } = this.decoder.units[index]!;
    this.decoder.events.frame({ timestamp, close: () => this.closed++ });
  }

  [Symbol.dispose](): void {
    this.player[Symbol.dispose]();
  }
}

Deno.test("VideoPlayer draws each frame when it is decoded, and closes it", () => {
  using bench = new Bench();
  bench.play(true, 1000);
  bench.output(0);
  assert.deepEqual(bench.drawn, [1000]);
  assert.equal(bench.started, 1);
  bench.play(false, 2000);
  bench.output(1);
  assert.deepEqual(bench.drawn, [1000, 2000]);
  assert.equal(bench.started, 1);
  assert.equal(bench.closed, 2);
  assert.deepEqual(bench.answers, [1, 2]);
});

Deno.test("VideoPlayer decodes all of a backlog and draws its first and its last frame", () => {
  using bench = new Bench();
  for (let index = 0; index < 50; index++) bench.play(index === 0, (index + 1) * 1000);
  assert.equal(bench.decoder.units.length, 50);
  for (let index = 0; index < 50; index++) bench.output(index);
  assert.equal(bench.closed, 50);
  assert.equal(bench.drawn[0], 1_000);
  assert.equal(bench.drawn.at(-1), 50_000);
  assert(bench.drawn.length < 25, `${bench.drawn.length} frames drawn`);
});

Deno.test("VideoPlayer closes a frame that it fails to draw", () => {
  using bench = new Bench();
  bench.play(true, 1000);
  bench.drawFails = true;
  assert.throws(() => bench.output(0), /No canvas/);
  assert.equal(bench.closed, 1);
});

Deno.test("VideoPlayer gives the decoder growing timestamps whatever the capture times", () => {
  using bench = new Bench();
  for (const time of [5000.7, 5000.2, 10, 9000]) bench.play(time === 5000.7, time);
  assert.deepEqual(bench.decoder.units.map((unit) => unit.timestamp), [5000, 5001, 5002, 9000]);
});

Deno.test("VideoPlayer.restart() waits for the next stream's keyframe", () => {
  using bench = new Bench();
  bench.play(true, 1000);
  const old = bench.decoder;
  bench.player.restart();
  assert.equal(old.closed, true);
  bench.play(false, 2000);
  assert.equal(bench.asked.length, 1);
  bench.play(true, 3000);
  bench.output(0);
  assert.deepEqual(bench.drawn, [3000]);
});

Deno.test("VideoPlayer counts what came and what was shown", () => {
  using bench = new Bench();
  bench.play(true, 1000);
  bench.output(0);
  bench.play(false, 2000);
  const snapshot = bench.statistics.snapshot({
    transport: "memory",
    routes: [],
    encoder: "fake",
    acceleration: "no-preference",
    decoderReason: "",
    config: bench.player.supervisor.config,
    width: 4,
    height: 4,
    decoderFaults: 0,
    decoderPending: 1,
    reconnects: 0,
    sound: undefined,
    now: performance.timeOrigin + performance.now(),
  });
  assert.equal(snapshot.framesReceived, 2);
  assert.equal(snapshot.framesDrawn, 1);
  assert.equal(snapshot.keyframes, 1);
  assert.equal(snapshot.codec, "vp8");
  assert.equal(snapshot.framesPerSecond, 0.5);
  assert(snapshot.kilobitsPerSecond > 0);
  assert(snapshot.latency.decode.last! >= 0);
});

Deno.test("VideoPlayer has what has changed drawn since the last frame that was", async () => {
  using bench = new Bench();
  const at = (x: number) => ({ x, y: 0, width: 16, height: 16 });
  bench.play(true, 1000);
  bench.output(0);
  for (const [index, x] of [64, 128, 192].entries()) bench.play(false, 2000 + index, [at(x)]);
  // The first two come while the last is still in the decoder: they are not drawn.
  for (const index of [1, 2, 3]) bench.output(index);
  assert.deepEqual(bench.drawn, [1000, 2002]);
  assert.deepEqual(bench.changed, [[], [at(64), at(128), at(192)]]);
  await new Promise((resolve) => setTimeout(resolve, 15));
  bench.play(false, 3000, [at(320)]);
  bench.output(4);
  assert.deepEqual(bench.changed.at(-1), [at(320)]);
  bench.play(false, 4000);
  bench.output(5);
  assert.deepEqual(bench.changed.at(-1), [], "a frame that names no part is drawn as a whole");
});

Deno.test("VideoPlayer draws one frame at a time, and of those that wait the newest", async () => {
  using bench = new Bench();
  const first = Promise.withResolvers<void>();
  bench.drawing = first.promise;
  for (let index = 0; index < 4; index++) {
    bench.play(index === 0, 1000 + index);
    bench.output(index);
  }
  assert.deepEqual(bench.drawn, [1000]);
  assert.equal(bench.started, 0);
  assert.equal(bench.closed, 2);
  bench.drawing = undefined;
  first.resolve();
  await first.promise;
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert.deepEqual(bench.drawn, [1000, 1003]);
  assert.equal(bench.started, 1);
  assert.equal(bench.closed, 4);
});

Deno.test("VideoPlayer tells the picture's size when it is on the canvas, and when it changes", () => {
  using bench = new Bench();
  bench.play(true, 1000);
  assert.deepEqual(bench.sizes, []);
  bench.output(0);
  bench.play(false, 2000);
  bench.output(1);
  assert.deepEqual(bench.sizes, ["4x4"]);
  bench.size.width = 8;
  bench.play(true, 3000);
  bench.output(2);
  assert.deepEqual(bench.sizes, ["4x4", "8x4"]);
});
