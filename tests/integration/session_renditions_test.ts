import assert from "node:assert/strict";
import { encoderCatalogue, type EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import { decodeJpegTiles } from "../../src/protocol/jpeg_tiles.ts";
import { jpegSource } from "../../src/session/jpeg_screen.ts";
import { EventWindow } from "../support/event_window.ts";
import type { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";
import { encoder, SessionRig } from "./session_rig.ts";

const ENCODERS = [encoder("x264enc"), encoder("vp8enc")];
const COLOURS = Array.from({ length: 40 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 8);

/** The codec strings of the keyframes that came, without repetitions. */
function codecs({ frames }: TestViewer): string[] {
  const all = frames.flatMap(({ config }) => config ? [config.codec.split(".")[0]!] : []);
  return all.filter((codec, i) => codec !== all[i - 1]);
}

/** Frames come in the order of their numbers, and each follows from one that came. */
function assertOrdered({ frames }: TestViewer): void {
  const sequences = frames.map(({ sequence }) => sequence);
  assert.deepEqual(sequences, sequences.toSorted((a, b) => a - b));
  assert.equal(new Set(sequences).size, sequences.length);
}

Deno.test("Session shows the same screen in two codecs at once, each to those who decode it", async () => {
  await using rig = await SessionRig.open({ encoders: ENCODERS });
  await using area = await EventWindow.open(rig.remote.connection);
  const first = rig.join({ decoders: ["h264"] });
  const second = rig.join({ decoders: ["vp8"] });
  const third = rig.join({ decoders: ["vp8", "h264"] });
  await Promise.all([first, second, third].map((viewer) => viewer.hasFrames(1)));
  for (let times = 0; times < 20; times++) {
    await area.paint(0xffffff, [[times * 10, 20, 40, 40]]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await area.fill(COLOURS);
  await Promise.all([first.still(), second.still(), third.still()]);
  assert.deepEqual(codecs(first), ["avc1"]);
  assert.equal(codecs(second).at(-1), "vp8");
  assert.deepEqual(codecs(third), ["avc1"]);
  assert.deepEqual([first, second, third].map(({ video }) => video?.codec), [
    "h264",
    "vp8",
    "h264",
  ]);
  for (const viewer of [first, second, third]) assertOrdered(viewer);
  assert.ok(await rig.likeness(first.frames, "h264") > 40);
  assert.ok(await rig.likeness(second.frames, "vp8") > 36);
  // Whoever can decode the same gets the same.
  const unit = ({ frames }: TestViewer) => frames.at(-1)!.accessUnit;
  assert.deepEqual(unit(first), unit(third));
});

Deno.test("Session changes the codec in mid-session when a viewer asks for it", async () => {
  await using rig = await SessionRig.open({ encoders: ENCODERS });
  await using area = await EventWindow.open(rig.remote.connection);
  const viewer = rig.join();
  const other = rig.join({ decoders: ["h264"] });
  await viewer.hasFrames(1);
  await until("it is told what it may choose", () => viewer.video?.choices.codecs.length === 2);
  assert.deepEqual(viewer.video?.choices.codecs, ["h264", "vp8"]);
  viewer.tell({ type: "settings", picture: { codec: "vp8", bitrate: 2000 } });
  await until("it is vp8", () => viewer.video?.codec === "vp8");
  await area.fill(COLOURS);
  await Promise.all([viewer.still(), other.still()]);
  assert.deepEqual(codecs(viewer), ["avc1", "vp8"]);
  assert.ok(await rig.likeness(viewer.frames, "vp8") > 36);
  const { video } = viewer;
  assert.deepEqual(video?.wish, { codec: "vp8", chroma: "auto" });
  assert.equal(video?.encoder, "vp8enc");
  assert.equal(video?.bitrate, 2000);
  // The other one cannot decode that.
  assert.deepEqual(codecs(other), ["avc1"]);
  assert.equal(other.video?.wish.codec, "vp8");
  viewer.tell({ type: "settings", picture: { codec: "auto", framesPerSecond: 20 } });
  await until("it is h264 again", () => viewer.video?.codec === "h264");
  await area.fill(COLOURS.toReversed());
  await viewer.still();
  assert.deepEqual(codecs(viewer), ["avc1", "vp8", "avc1"]);
  assert.ok(await rig.likeness(viewer.frames, "h264") > 40);
  assert.equal(viewer.video?.framesPerSecond, 20);
  assertOrdered(viewer);
});

Deno.test("Session takes full colour by itself once the path has had room, for those who decode it", async () => {
  const full = encoderCatalogue.find(({ name, chroma }) => name === "x264enc" && chroma === "444")!;
  const encoders = [...ENCODERS, full];
  await using rig = await SessionRig.open({
    encoders,
    speeds: new Map([[full, 5]]),
    bitrate: 8000,
  });
  await using area = await EventWindow.open(rig.remote.connection);
  // About 16 Mbit/s: more than the threshold, and measured.
  const viewer = rig.join({ decoders: ["h264", "h264-444"], link: { rate: 2_000_000, delay: 5 } });
  await viewer.hasFrames(1);
  let painted = 0;
  await until("it has full colour", async () => {
    await area.fill(COLOURS.map((colour) => Math.imul(colour + painted, 0x85ebca6b) >>> 8));
    painted++;
    return viewer.video?.chroma === "444";
  }, 30_000);
  await viewer.still();
  assert.match(viewer.frames.findLast(({ config }) => config)!.config!.codec, /^avc1\.f4/);
  // Somebody who does not decode it does not make for a second rendition.
  const other = rig.join({ decoders: ["h264"] });
  await until(
    "both have the same",
    () => viewer.video?.chroma === "420" && other.video?.codec === "h264",
  );
  assertOrdered(viewer);
});

Deno.test("Session takes no wishes of viewers that may only look, nor more than it was started with", async () => {
  await using rig = await SessionRig.open({ encoders: ENCODERS });
  const watcher = rig.join({ role: "view" });
  const viewer = rig.join();
  await Promise.all([watcher.hasFrames(1), viewer.hasFrames(1)]);
  watcher.tell({ type: "settings", picture: { codec: "vp8" } });
  viewer.tell({ type: "settings", picture: { bitrate: 100_000, framesPerSecond: 240 } });
  await Promise.all([watcher.still(), viewer.still()]);
  assert.deepEqual([codecs(watcher), codecs(viewer)], [["avc1"], ["avc1"]]);
  const { bitrate, framesPerSecond, wish } = viewer.video!;
  assert.deepEqual([bitrate, framesPerSecond, wish.codec], [4000, 60, "auto"]);
});

Deno.test("Session tells a viewer that can decode nothing that is encoded, and goes on with it when it can", async () => {
  await using rig = await SessionRig.open({ encoders: ENCODERS });
  const viewer = rig.join();
  const blind = rig.join({ decoders: ["theora"] });
  await until("it was told", () => blind.states.at(-1) === "no-decoder");
  const detail = blind.told.findLast((message) => message.type === "status")?.detail;
  assert.match(detail ?? "", /decodes theora; the server encodes h264, vp8/);
  await viewer.still();
  assert.deepEqual(viewer.states, ["live"]);
  const { length } = blind.frames;
  viewer.tell({ type: "request-keyframe", reason: "Test" });
  await viewer.still();
  assert.equal(blind.frames.length, length);
  blind.tell({
    type: "hello",
    protocol: 1,
    decoders: ["vp8"],
    devicePixelRatio: 1,
    width: 1,
    height: 1,
  });
  await until("it has a picture", () => blind.states.at(-1) === "live");
  await blind.hasFrames(length + 1);
  assert.equal(codecs(blind).at(-1), "vp8");
});

Deno.test("Session takes another codec when no encoder of the best one works", async () => {
  const x264 = encoder("x264enc");
  const missing: EncoderDescription = { ...x264, name: "missing", launch: () => "no-such-element" };
  {
    await using rig = await SessionRig.open({ encoders: [missing, encoder("vp8enc")] });
    const viewer = rig.join();
    await viewer.hasFrames(1);
    await until("it was told", () => viewer.video?.encoder === "vp8enc");
    assert.deepEqual(viewer.states, ["live"]);
    assert.deepEqual(codecs(viewer), ["vp8"]);
  }
  const failing: EncoderDescription = {
    ...x264,
    name: "failing",
    launch: (options) => `${x264.launch(options)} ! identity error-after=5`,
  };
  await using rig = await SessionRig.open({ encoders: [failing, encoder("vp8enc")] });
  await using area = await EventWindow.open(rig.remote.connection);
  const viewer = rig.join();
  let painted = 0;
  await until("vp8 is shown", async () => {
    await area.paint(0xffffff, [[painted++ % 300, 20, 10, 10]]);
    return codecs(viewer).at(-1) === "vp8" && viewer.states.at(-1) === "live";
  });
  await viewer.still();
  assert.ok(await rig.likeness(viewer.frames, "vp8") > 36);
  assertOrdered(viewer);
});

Deno.test("Session shows the screen in JPEG to those who decode nothing else, better as it falls still", async () => {
  await using rig = await SessionRig.open({
    encoders: ENCODERS,
    lastResorts: [jpegSource],
    size: { width: 700, height: 400 },
  });
  await using area = await EventWindow.open(rig.remote.connection);
  const first = rig.join();
  const plain = rig.join({ decoders: ["jpeg"] });
  await Promise.all([first.hasFrames(1), plain.hasFrames(1)]);
  await until("it is told of JPEG", () => plain.video?.encoder === "jpegenc");
  await area.fill(COLOURS);
  await Promise.all([first.still(), plain.still()]);
  assert.deepEqual(codecs(first), ["avc1"]);
  assert.equal(codecs(plain).at(-1), "jpeg");
  const shown = plain.frames.slice(plain.frames.findLastIndex(({ config }) => config));
  assert.equal(shown[0]?.config?.codec, "jpeg");
  assert.ok(await rig.tilesLikeness(shown) > 40);
  // A small change takes a small tile.
  const before = plain.frames.length;
  const { client, root } = rig.remote.connection;
  const small = client.AllocID();
  client.CreateWindow(small, root, 301, 203, 10, 10, 0, 0, 0, 0, {
    backgroundPixel: 0xffffff,
    overrideRedirect: 1,
  });
  client.MapWindow(small);
  await rig.remote.connection.sync();
  await plain.hasFrames(before + 1);
  const tiles = decodeJpegTiles(plain.frames[before]!.accessUnit);
  assert.deepEqual(
    tiles.map(({ x, y, width, height }) => [x, y, width, height]),
    [[288, 192, 32, 32]],
  );
  await plain.still();
  const again = plain.frames.slice(plain.frames.findLastIndex(({ config }) => config));
  assert.ok(await rig.tilesLikeness(again) > 40);
  const { length } = plain.frames;
  await new Promise((resolve) => setTimeout(resolve, 700));
  assert.equal(plain.frames.length, length);
  assertOrdered(plain);
});

Deno.test("Session encodes once for twenty viewers", async () => {
  const x264 = encoder("x264enc");
  let opened = 0;
  const counted: EncoderDescription = {
    ...x264,
    launch: (options) => {
      opened++;
      return x264.launch(options);
    },
  };
  await using rig = await SessionRig.open({ encoders: [counted, encoder("vp8enc")] });
  await using area = await EventWindow.open(rig.remote.connection);
  const viewers = Array.from({ length: 20 }, () => rig.join());
  await Promise.all(viewers.map((viewer) => viewer.hasFrames(1)));
  await Promise.all(viewers.map((viewer) => viewer.still(200)));
  const first = viewers[0]!;
  const before = first.frames.at(-1)!.sequence;
  for (let times = 0; times < 60; times++) {
    await area.paint(0xffffff, [[times * 5, 20, 40, 40]]);
    await new Promise((resolve) => setTimeout(resolve, 16));
  }
  await Promise.all(viewers.map((viewer) => viewer.still()));
  assert.equal(opened, 1);
  const encoded = Math.max(...viewers.map(({ frames }) => frames.at(-1)!.sequence)) - before;
  assert.ok(encoded >= 20, `${encoded} frames`);
  for (const viewer of viewers) {
    const got = viewer.frames.filter(({ sequence }) => sequence > before);
    assert.ok(got.length >= 0.9 * encoded, `${got.length} of ${encoded}`);
    assert.equal(got.at(-1)!.sequence, before + encoded);
    assert.equal(viewer.video?.tier, 0);
    assertOrdered(viewer);
  }
  assert.ok(await rig.likeness(first.frames, "h264") > 40);
});

Deno.test("Session moves a viewer to a lower tier that cannot keep up, and back when it is alone", async () => {
  await using rig = await SessionRig.open({ encoders: ENCODERS });
  await using area = await EventWindow.open(rig.remote.connection);
  const fast = rig.join();
  const slow = rig.join({ link: { rate: 40_000, delay: 20 } });
  let painted = 0;
  const paint = async () => {
    await area.fill(COLOURS.map((colour) => Math.imul(colour + painted, 0x85ebca6b) >>> 8));
    painted++;
  };
  await until("the slow one has another tier", async () => {
    await paint();
    return slow.video?.tier === 1;
  }, 30_000);
  assert.equal(slow.video?.framesPerSecond, 30);
  assert.equal(fast.video?.tier, 0);
  // It goes on with a keyframe, and shows what there is.
  await until("it has got a keyframe", async () => {
    await paint();
    const since = slow.told.findLast((message) => message.type === "video");
    return since?.tier === 1 && slow.frames.at(-1)?.keyframe === false;
  });
  await Promise.all([fast.still(), slow.still()]);
  assert.ok(await rig.likeness(slow.frames, "h264") > 36);
  assert.ok(await rig.likeness(fast.frames, "h264") > 40);
  assertOrdered(slow);
  assertOrdered(fast);
  fast.transport.close();
  await until("the slow one has the best tier", () => slow.video?.tier === 0);
  await paint();
  await slow.still();
  assert.ok(await rig.likeness(slow.frames, "h264") > 36);
});
