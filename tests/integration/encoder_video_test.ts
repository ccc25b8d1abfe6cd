import assert from "node:assert/strict";
import { gstreamer, MissingElementError, Pipeline, VideoConverter } from "../../ffi/mod.ts";
import {
  encoderCatalogue,
  type EncoderDescription,
  EncoderFailedError,
  VideoEncoder,
} from "../../src/media/mod.ts";
import { paintNoise, paintText } from "./encoder_picture.ts";
import { Rig } from "./encoder_rig.ts";

const SIZE = { width: 640, height: 360 };

function row(name: string, chroma = "420"): EncoderDescription {
  const found = encoderCatalogue.find((row) => row.name === name && row.chroma === chroma);
  assert.ok(found);
  return found;
}

/** The software encoders, what their keyframes say, and the luma that a still text has after ten frames. */
const SOFTWARE: readonly { name: string; chroma: "420" | "444"; string: RegExp; wanted: number }[] =
  [
    { name: "x264enc", chroma: "420", string: /^avc1\.42[0-9a-f]{4}$/, wanted: 38 },
    { name: "openh264enc", chroma: "420", string: /^avc1\.42[0-9a-f]{4}$/, wanted: 38 },
    { name: "vp8enc", chroma: "420", string: /^vp8$/, wanted: 38 },
    { name: "vp9enc", chroma: "420", string: /^vp09\.00\.[2-4][01]\.08\.01\./, wanted: 38 },
    { name: "av1enc", chroma: "420", string: /^av01\.0\.[0-9]{2}M\.08\.0\.110\./, wanted: 38 },
    // Its rate control counts frames, not time: after a pause it spends no more than a sixtieth of a second's.
    { name: "x265enc", chroma: "420", string: /^hev1\.1\.6\.[LH][0-9]+\.90$/, wanted: 33 },
    { name: "x264enc", chroma: "444", string: /^avc1\.f400[0-9a-f]{2}$/, wanted: 38 },
    { name: "vp9enc", chroma: "444", string: /^vp09\.01\.[2-4][01]\.08\.03\./, wanted: 38 },
    { name: "av1enc", chroma: "444", string: /^av01\.1\.[0-9]{2}M\.08\.0\.000\./, wanted: 38 },
  ];

for (const { name: element, chroma, string, wanted } of SOFTWARE) {
  const encoder = row(element, chroma);
  const name = `${element} at ${[...chroma].join(":")}`;

  Deno.test(`${name} refines a still text to ${wanted} dB within ten frames, then has nothing to add`, async () => {
    await using rig = await Rig.open(encoder, { width: 1280, height: 720 });
    paintText(rig.source, 1280, 720, 1);
    const course: string[] = [];
    let best = 0;
    let last = Infinity;
    for (let index = 0; index < 12; index++) {
      const changed = index === 0 ? undefined : 0;
      const { chunk, psnr } = await rig.frame(index === 0 ? 0 : 80, index === 0, changed);
      course.push(`${psnr.toFixed(1)} dB ${chunk.data.length - chunk.headroom} octets`);
      if (index < 10) best = Math.max(best, psnr);
      last = chunk.data.length - chunk.headroom;
    }
    assert.ok(best >= wanted, course.join(", "));
    // Less than its share of a second, twice.
    assert.ok(last < 33_000, course.join(", "));
  });

  Deno.test(`${name} makes a keyframe first and on demand, with its configuration, and none else`, async () => {
    await using rig = await Rig.open(encoder, SIZE, { headroom: 77 });
    const keyframes: number[] = [];
    for (let index = 0; index < 40; index++) {
      if (index % 3 === 0) paintText(rig.source, SIZE.width, SIZE.height, index);
      const { chunk } = await rig.frame(17, index === 20 || index === 30);
      assert.equal(chunk.headroom, 77);
      assert.ok(chunk.data.length > 77);
      assert.equal(chunk.config !== undefined, chunk.keyframe);
      if (chunk.keyframe) keyframes.push(index);
      if (chunk.config === undefined) continue;
      assert.equal(chunk.config.codedWidth, SIZE.width);
      assert.equal(chunk.config.codedHeight, SIZE.height);
      assert.match(chunk.config.codec, string);
    }
    assert.deepEqual(keyframes, [0, 20, 30]);
  });

  Deno.test(`${name} follows setBitrate() while encoding`, async () => {
    await using rig = await Rig.open(encoder, SIZE, { bitrateKbit: 8000 });
    const octets = async (frames: number) => {
      let sum = 0;
      for (let index = 0; index < frames; index++) {
        paintText(rig.source, SIZE.width, SIZE.height, index % 7);
        sum += (await rig.frame(1000 / 60)).chunk.data.length;
      }
      return sum / frames;
    };
    await octets(30);
    const much = await octets(30);
    rig.encoder.setBitrate(500);
    await octets(30);
    const little = await octets(30);
    assert.ok(little < much * 0.7, `${much} to ${little} octets a frame`);
  });
}

for (const name of ["x264enc", "vp8enc", "vp9enc", "av1enc"]) {
  Deno.test(`${name} keeps each frame within a burst, and full motion near the target`, async () => {
    const kbit = 4000;
    await using rig = await Rig.open(row(name), SIZE, { bitrateKbit: kbit });
    paintText(rig.source, SIZE.width, SIZE.height, 0);
    for (let index = 0; index < 5; index++) await rig.frame(100, index === 0);
    let sum = 0;
    const frames = 120;
    for (let index = 0; index < frames; index++) {
      paintText(rig.source, SIZE.width, SIZE.height, index);
      const { chunk } = await rig.frame(1000 / 60, index === 60);
      const octets = chunk.data.length - chunk.headroom;
      assert.ok(octets * 8 <= kbit * 100 * 1.25, `frame ${index} has ${octets} octets`);
      sum += octets;
    }
    const target = kbit * 1000 / 8 * frames / 60;
    // One burst at the beginning and the keyframe come on top.
    const extra = kbit * 100 / 8 * 2;
    assert.ok(sum <= target * 1.25 + extra, `${sum} octets for ${target}`);
  });

  Deno.test(`${name} gives a change after a pause more than its share of a second`, async () => {
    await using rig = await Rig.open(row(name), { width: 1280, height: 720 });
    const quality: number[] = [];
    for (let index = 0; index < 6; index++) {
      paintText(rig.source, 1280, 720, index);
      quality.push((await rig.frame(100, index === 0)).psnr);
    }
    // At a sixtieth of the target each, they would stay below 22 dB.
    assert.ok(Math.min(...quality.slice(2)) >= 25, quality.map((dB) => dB.toFixed(1)).join(", "));
  });
}

Deno.test("x264enc gives a keyframe amid full motion more than its share of a second", async () => {
  await using rig = await Rig.open(row("x264enc"), { width: 1280, height: 720 });
  for (let index = 0; index < 30; index++) {
    paintText(rig.source, 1280, 720, index);
    await rig.frame(1000 / 60, index === 0);
  }
  paintText(rig.source, 1280, 720, 99);
  const { chunk } = await rig.frame(1000 / 60, true);
  assert.equal(chunk.keyframe, true);
  assert.ok(chunk.data.length > 25_000, `${chunk.data.length} octets`);
});

Deno.test("x264enc says in its stream how its colours are made", async () => {
  await using rig = await Rig.open(row("x264enc"), SIZE);
  const { chunk } = await rig.frame(0, true);
  await using pipeline = Pipeline.parse(
    "appsrc name=src format=time " +
      'caps="video/x-h264,stream-format=byte-stream,alignment=au" ! avdec_h264 max-threads=1 ' +
      // Links only if the decoder read this from the stream.
      '! capsfilter caps="video/x-raw,colorimetry=(string)2:4:5:1" ! appsink name=sink sync=false',
  );
  pipeline.play();
  const source = pipeline.appSrc("src");
  source.push(chunk.data.subarray(chunk.headroom), { pts: 0 });
  source.endOfStream();
  assert.ok(await pipeline.appSink("sink").pull({ signal: AbortSignal.timeout(5000) }));
});

Deno.test("VideoEncoder.encode() gives the frame of an encoder that has a thread of its own", async () => {
  const x264 = row("x264enc");
  const queued: EncoderDescription = { ...x264, launch: (o) => `${x264.launch(o)} ! queue` };
  await using rig = await Rig.open(queued, SIZE);
  for (let index = 0; index < 5; index++) {
    paintText(rig.source, SIZE.width, SIZE.height, index);
    assert.equal((await rig.frame(17, index === 0)).chunk.keyframe, index === 0);
  }
});

Deno.test("VideoEncoder.encode() gives each frame at once behind the parser of the hardware encoders", async () => {
  const x264 = row("x264enc");
  const parsed: EncoderDescription = {
    ...x264,
    launch: (o) =>
      `${x264.launch(o)} ! h264parse config-interval=-1 ` +
      "! video/x-h264,stream-format=byte-stream,alignment=au",
  };
  await using rig = await Rig.open(parsed, SIZE, { patienceMs: 1 });
  for (let index = 0; index < 5; index++) {
    paintText(rig.source, SIZE.width, SIZE.height, index);
    assert.equal(
      (await rig.frame(17, index === 0)).chunk.config?.codec.length,
      index ? undefined : 11,
    );
  }
});

Deno.test("VideoEncoder.encode() refuses a second frame at the same time", async () => {
  await using rig = await Rig.open(row("x264enc"), SIZE);
  const first = rig.encoder.encode({ timestampUs: 0, keyframe: true });
  await assert.rejects(
    rig.encoder.encode({ timestampUs: 1, keyframe: false }),
    /two frames at once/,
  );
  assert.equal((await first).timestampUs, 0);
});

Deno.test("VideoEncoder.encode() takes timestamps that stand still", async () => {
  await using rig = await Rig.open(row("x264enc"), SIZE);
  for (let index = 0; index < 3; index++) {
    const chunk = await rig.encoder.encode({ timestampUs: 5_000_000, keyframe: false });
    assert.equal(chunk.timestampUs, 5_000_000);
  }
});

Deno.test("VideoEncoder dispose gives up the frame that is being encoded", async () => {
  for (let round = 0; round < 5; round++) {
    const rig = await Rig.open(row("x264enc"), { width: 1280, height: 720 });
    paintNoise(rig.source, round);
    const encoding = rig.encoder.encode({ timestampUs: 0, keyframe: true });
    const outcome = encoding.then(() => "done", (error) => error);
    await rig[Symbol.asyncDispose]();
    const result = await outcome;
    assert.ok(result === "done" || result instanceof EncoderFailedError, String(result));
    await assert.rejects(rig.encoder.encode({ timestampUs: 1, keyframe: false }), /it was closed/);
  }
});

Deno.test("VideoEncoder.failed resolves with the reason when an element fails", async () => {
  const x264 = row("x264enc");
  const failing: EncoderDescription = {
    ...x264,
    launch: (o) => `${x264.launch(o)} ! identity name=late error-after=3`,
  };
  await using rig = await Rig.open(failing, SIZE);
  await rig.encoder.encode({ timestampUs: 0, keyframe: true });
  await rig.encoder.encode({ timestampUs: 20_000, keyframe: false });
  const third = rig.encoder.encode({ timestampUs: 40_000, keyframe: false });
  await assert.rejects(third, (error: unknown) => {
    assert.ok(error instanceof EncoderFailedError);
    assert.equal(error.encoder, "x264enc");
    assert.match(error.message, /Failed after iterations/);
    return true;
  });
  assert.ok((await rig.encoder.failed) instanceof EncoderFailedError);
});

Deno.test("VideoEncoder.encode() gives up on an encoder that holds its frames back", async () => {
  const slow: EncoderDescription = {
    ...row("x264enc"),
    launch: () => "x264enc name=encoder rc-lookahead=40 bframes=3 byte-stream=true",
  };
  await using rig = await Rig.open(slow, SIZE, { patienceMs: 50 });
  await assert.rejects(
    rig.encoder.encode({ timestampUs: 0, keyframe: true }),
    /gave no frame out within 50 ms/,
  );
});

Deno.test("VideoEncoder.open() says what is missing, or does not fit", async () => {
  const size = { ...SIZE, stride: SIZE.width * 4 };
  const source = new Uint8Array(size.stride * size.height);
  using converter = new VideoConverter({ ...size, source });
  const open = (encoder: EncoderDescription, signal?: AbortSignal) =>
    VideoEncoder.open({
      encoder,
      converter,
      fps: 60,
      bitrateKbit: 8000,
      ...(signal ? { signal } : {}),
    });
  const x264 = row("x264enc");
  await assert.rejects(
    open({ ...x264, launch: () => "skerryenc name=encoder" }),
    (error: unknown) => error instanceof MissingElementError && error.element === "skerryenc",
  );
  await assert.rejects(open({ ...x264, format: "NV12" }), TypeError);
  const reason = new Error("enough");
  await assert.rejects(open(x264, AbortSignal.abort(reason)), reason);
  assert.ok(gstreamer().hasElement("x264enc"));
});

Deno.test("VideoEncoder.open() sets what the encoder has, before it plays, and skips what it has not", async () => {
  const x264 = row("x264enc");
  const known: [string, boolean][] = [];
  const tuned: EncoderDescription = {
    ...x264,
    tune(encoder, { fps }) {
      assert.equal(fps, 60);
      for (const name of ["speed-preset", "no-such-property"]) {
        known.push([name, encoder.has(name)]);
      }
      // Not changeable while it plays.
      encoder.set("threads", "1");
    },
  };
  await using rig = await Rig.open(tuned, SIZE);
  await rig.frame(0, true);
  assert.deepEqual(known, [["speed-preset", true], ["no-such-property", false]]);
});
