import assert from "node:assert/strict";
import type { ScreenArea, SharedScreen } from "../../src/display/shared_screen.ts";
import type {
  PictureLimits,
  PictureSource,
  ScreenPicture,
} from "../../src/session/picture_source.ts";
import {
  LINGER_MS,
  type PooledRendition,
  RenditionPool,
} from "../../src/session/rendition_pool.ts";
import type { OfferedKind } from "../../src/session/video_offer.ts";

/** A screen that stays as it is. */
const SCREEN = {
  area: () => ({ rectangle: { x: 0, y: 0, width: 640, height: 480 }, isLost: false }),
} as unknown as SharedScreen;

/** An encoder that notes what is asked of it. */
class Source implements PictureSource {
  readonly codec = "vp8";
  readonly chroma = "420";
  readonly opened: PictureLimits[] = [];
  readonly bitrates: number[] = [];
  closed = 0;
  broken = false;

  constructor(readonly name: string) {}

  open(_area: ScreenArea, limits: PictureLimits): Promise<ScreenPicture> {
    if (this.broken) return Promise.reject(new Error(`${this.name} is broken`));
    this.opened.push(limits);
    return Promise.resolve({
      width: 640,
      height: 480,
      damagedAt: undefined,
      ondamage: undefined,
      failed: new Promise<Error>(() => {}),
      setBitrate: (kbit) => this.bitrates.push(kbit),
      take: () => Promise.resolve(undefined),
      [Symbol.asyncDispose]: () => {
        this.closed++;
        return Promise.resolve();
      },
    });
  }
}

class Rig implements AsyncDisposable {
  readonly source = new Source("vp8enc");
  readonly kind: OfferedKind = {
    name: "vp8",
    codec: "vp8",
    chroma: "420",
    sources: [this.source],
  };
  readonly states: string[] = [];
  readonly hopeless: PooledRendition[] = [];
  /** What was scheduled and not cancelled. */
  readonly timers = new Map<() => void, number>();
  readonly pool = new RenditionPool({
    limits: { framesPerSecond: 60, bitrate: 8000 },
    onstate: ({ rendition }) => this.states.push(rendition.state),
    onhopeless: (rendition) => this.hopeless.push(rendition),
    onframe: () => {},
    schedule: (ms, callback) => {
      this.timers.set(callback, ms);
      return () => this.timers.delete(callback);
    },
  });

  async [Symbol.asyncDispose]() {
    await this.pool[Symbol.asyncDispose]();
  }
}

Deno.test("RenditionPool opens a rendition when it is asked for, and once", async () => {
  await using rig = new Rig();
  await rig.pool.show(SCREEN);
  assert.equal(rig.source.opened.length, 0);
  const rendition = rig.pool.get(1, rig.kind, 1);
  assert.equal(rig.pool.get(1, rig.kind, 1), rendition);
  await rendition.ready;
  assert.deepEqual(
    rig.source.opened.map(({ framesPerSecond, bitrate }) => [framesPerSecond, bitrate]),
    [
      [30, 4000],
    ],
  );
  assert.deepEqual(rig.states, ["live"]);
  assert.notEqual(rig.pool.get(1, rig.kind, 0), rendition);
});

Deno.test("RenditionPool closes what nobody looks at, after a while and unless it is wanted again", async () => {
  await using rig = new Rig();
  await rig.pool.show(SCREEN);
  const [standing, idle] = [rig.pool.get(1, rig.kind, 0), rig.pool.get(1, rig.kind, 1)];
  await Promise.all([standing.ready, idle.ready]);
  rig.pool.tidy(standing);
  assert.deepEqual([...rig.timers.values()], [LINGER_MS]);
  rig.pool.tidy(idle);
  rig.pool.tidy(standing);
  assert.deepEqual([...rig.timers.values()].length, 1);
  for (const due of rig.timers.keys()) due();
  assert.equal(rig.pool.find(1, rig.kind, 1), undefined);
  assert.equal(rig.pool.find(1, rig.kind, 0), standing);
  await rig.pool.show(undefined);
  assert.equal(rig.source.closed, 2);
});

Deno.test("RenditionPool changes the bit rate at once, and the frame rate with another encoder", async () => {
  await using rig = new Rig();
  await rig.pool.show(SCREEN);
  await rig.pool.get(1, rig.kind, 0).ready;
  rig.pool.setLimits({ framesPerSecond: 60, bitrate: 2000 });
  assert.deepEqual(rig.source.bitrates, [2000]);
  assert.equal(rig.source.opened.length, 1);
  rig.pool.setLimits({ framesPerSecond: 20, bitrate: 2000 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(rig.source.opened.map(({ framesPerSecond }) => framesPerSecond), [60, 20]);
  assert.equal(rig.source.closed, 1);
});

Deno.test("RenditionPool says when nothing of a kind can be opened, and goes on trying", async () => {
  await using rig = new Rig();
  rig.source.broken = true;
  await rig.pool.show(SCREEN);
  const rendition = rig.pool.get(1, rig.kind, 0);
  await rendition.ready;
  assert.deepEqual(rig.hopeless, [rendition]);
  assert.deepEqual([rendition.rendition.state, rendition.rendition.detail], [
    "encoder-lost",
    "vp8enc is broken",
  ]);
  rig.source.broken = false;
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.equal(rendition.rendition.state, "live");
});
