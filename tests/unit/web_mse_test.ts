import assert from "node:assert/strict";
import {
  initializationSegment,
  mediaSegment,
  ParameterSetsMissingError,
  TIMESCALE,
} from "../../web/mse/fragmented_mp4.ts";
import { MediaTimeline } from "../../web/mse/media_timeline.ts";

const KEYFRAME = Uint8Array.fromHex("000000016742c01fda00000001" + "68ce06f2000001658884");
/** What is in front of the boxes that are in others. */
const HEADERS: Readonly<Record<string, number>> = {
  ...{ moov: 0, trak: 0, mdia: 0, minf: 0, dinf: 0, stbl: 0, mvex: 0, moof: 0, traf: 0 },
  ...{ dref: 8, stsd: 8, avc1: 78 },
};

interface Box {
  readonly path: string;
  /** Where it starts in the segment, and what is in it. */
  readonly start: number;
  readonly body: Uint8Array;
}

/** All boxes, those in others behind them; fails if one ends elsewhere than the one that it is in. */
function boxes(segment: Uint8Array, from = 0, to = segment.length, parent = ""): Box[] {
  const found: Box[] = [];
  const view = new DataView(segment.buffer);
  let at = from;
  while (at < to) {
    const end = at + view.getUint32(at);
    const type = String.fromCharCode(...segment.subarray(at + 4, at + 8));
    const path = `${parent}/${type}`;
    found.push({ path, start: at, body: segment.subarray(at + 8, end) });
    const header = HEADERS[type];
    if (header !== undefined) found.push(...boxes(segment, at + 8 + header, end, path));
    at = end;
  }
  assert.equal(at, to, `${parent} is as long as what is in it`);
  return found;
}

function bodyOf(found: readonly Box[], path: string): Uint8Array {
  const box = found.find((box) => box.path === path);
  assert.ok(box, `${path} is in ${found.map(({ path }) => path).join(" ")}`);
  return box.body;
}

Deno.test("initializationSegment() describes a track that lasts for nobody knows how long", () => {
  const found = boxes(initializationSegment(KEYFRAME, { width: 1280, height: 720 }));
  assert.deepEqual(found.map(({ path }) => path).slice(0, 5), [
    ...["/ftyp", "/moov", "/moov/mvhd", "/moov/trak", "/moov/trak/tkhd"],
  ]);
  const track = "/moov/trak/mdia";
  const sample = `${track}/minf/stbl/stsd/avc1`;
  assert.equal(
    bodyOf(found, `${sample}/avcC`).toHex(),
    "0142c01fffe1000567" + "42c01fda01000468ce06f2",
  );
  const size = bodyOf(found, sample).subarray(24, 28);
  assert.equal(size.toHex(), "050002d0");
  // Lengths of version 0 (ISO/IEC 14496-12 §8.2.2, §8.3.2, §8.4.2).
  assert.equal(bodyOf(found, "/moov/mvhd").length, 100);
  assert.equal(bodyOf(found, "/moov/trak/tkhd").length, 84);
  assert.equal(bodyOf(found, `${track}/mdhd`).length, 24);
  assert.equal(
    new DataView(bodyOf(found, `${track}/mdhd`).slice().buffer).getUint32(12),
    TIMESCALE,
  );
  assert.equal(bodyOf(found, "/moov/mvex/trex").length, 24);
});

Deno.test("initializationSegment() refuses a keyframe that nothing can start from", () => {
  const slice = Uint8Array.fromHex("000001658884");
  assert.throws(
    () => initializationSegment(slice, { width: 2, height: 2 }),
    ParameterSetsMissingError,
  );
});

Deno.test("mediaSegment() holds one sample, with lengths for start codes", () => {
  const time = 2 ** 33 + 5;
  const segment = mediaSegment({
    sequence: 7,
    time,
    duration: 3000,
    keyframe: false,
    accessUnit: Uint8Array.fromHex("0000000141e02200000141a133"),
  });
  const found = boxes(segment);
  const data = found.find(({ path }) => path === "/mdat")!;
  assert.equal(data.body.toHex(), "0000000341e0220000000341a133");
  assert.equal(bodyOf(found, "/moof/mfhd").toHex(), "0000000000000007");
  const decodeTime = new DataView(bodyOf(found, "/moof/traf/tfdt").slice().buffer);
  assert.equal(Number(decodeTime.getBigUint64(4)), time);
  const run = new DataView(bodyOf(found, "/moof/traf/trun").slice().buffer);
  const [count, offset, duration, length, flags] = [4, 8, 12, 16, 20].map((at) =>
    run.getUint32(at)
  );
  assert.deepEqual({ count, duration, length }, { count: 1, duration: 3000, length: 14 });
  assert.equal(offset, data.start + 8, "the offset is that of the data");
  assert.equal(flags, 0x0101_0000);
});

Deno.test("MediaTimeline lets a running clock show each frame at once, for hours", () => {
  const timeline = new MediaTimeline("running");
  const first = timeline.place(0);
  assert.equal(first.time, 0);
  assert.ok(first.duration < 2 ** 32 && first.duration > 3600 * TIMESCALE);
  assert.equal(timeline.place(1.5).time, 1.5 * TIMESCALE);
  // A clock that has not moved: frames are apart all the same, and in order.
  const next = timeline.place(1.5).time;
  assert.ok(next > 1.5 * TIMESCALE && next < 1.51 * TIMESCALE);
  assert.ok(timeline.ahead(1.5) < 0.01);
});

Deno.test("MediaTimeline lets a stalling clock wait at the end of each frame", () => {
  const timeline = new MediaTimeline("stalling");
  const { duration, time } = timeline.place(0);
  assert.ok(duration < TIMESCALE / 60);
  assert.equal(timeline.place(30).time, time + duration);
  assert.ok(timeline.ahead(0) > 0.01);
  assert.equal(timeline.ahead(30), 0);
});
