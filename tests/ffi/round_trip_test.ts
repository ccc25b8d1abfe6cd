import assert from "node:assert/strict";
import { FlowError, Pipeline, VideoFrameMemory } from "../../ffi/mod.ts";

const SINK = "appsink name=sink sync=false async=false enable-last-sample=false";

/** Each sample of the picture depends on where it is and on a seed. */
function paint(frame: VideoFrameMemory, seed: number): void {
  for (let index = 0; index < frame.size; index++) {
    frame.bytes[index] = (index * 31 + (index >> 8) * 7 + seed) & 255;
  }
}

for (const format of ["I420", "NV12"] as const) {
  Deno.test(`AppSrc.push() carries a ${format} picture to AppSink.pull() unchanged`, async () => {
    const frame = new VideoFrameMemory(format, 322, 34);
    await using pipeline = Pipeline.parse(
      `appsrc name=src format=time is-live=true caps="${frame.caps(30)}" ` +
        `! identity ! ${SINK}`,
    );
    const source = pipeline.appSrc("src");
    const sink = pipeline.appSink("sink");
    pipeline.play();
    for (let seed = 0; seed < 5; seed++) {
      paint(frame, seed);
      source.push(frame, { pts: seed * 1e9 });
      const sample = await sink.pull({ headroom: 100 });
      assert.ok(sample);
      assert.equal(sample.pts, seed * 1e9);
      assert.deepEqual(sample.data.subarray(100), frame.bytes.subarray(0, frame.size));
    }
  });

  Deno.test(`VideoFrameMemory lays ${format} planes as GStreamer does`, async () => {
    // videoconvert reads the frame by its caps alone; a plane out of place would change the picture.
    const frame = new VideoFrameMemory(format, 322, 34);
    await using pipeline = Pipeline.parse(
      `appsrc name=src format=time is-live=true caps="${frame.caps(30)}" ! videoconvert ` +
        `! video/x-raw,format=Y444 ! ${SINK}`,
    );
    const source = pipeline.appSrc("src");
    const sink = pipeline.appSink("sink");
    pipeline.play();
    const [y, u, v] = frame.planes;
    assert.ok(y && u);
    frame.bytes.fill(50, y.offset, u.offset);
    for (let index = u.offset; index < frame.size; index++) {
      const isU = v === undefined ? (index - u.offset) % 2 === 0 : index < v.offset;
      frame.bytes[index] = isU ? 100 : 200;
    }
    source.push(frame, { pts: 0 });
    const sample = await sink.pull();
    const stride = 324;
    assert.equal(sample?.data.length, stride * 34 * 3);
    for (const [plane, value] of [50, 100, 200].entries()) {
      for (let row = 0; row < 34; row++) {
        const start = (plane * 34 + row) * stride;
        assert.ok(sample.data.subarray(start, start + 322).every((octet) => octet === value));
      }
    }
  });
}

Deno.test("SinkPad.chain() has the element's output ready when it returns", async () => {
  const frame = new VideoFrameMemory("I420", 64, 64);
  await using pipeline = Pipeline.parse(`identity name=first ! ${SINK}`);
  pipeline.play();
  const pad = pipeline.sinkPad("first", frame.caps(60));
  const sink = pipeline.appSink("sink");
  for (let seed = 0; seed < 5; seed++) {
    paint(frame, seed);
    const chained = pad.chain(frame, { pts: seed });
    await assert.rejects(pad.chain(frame, { pts: seed }), /two buffers at once/);
    await chained;
    const sample = sink.poll();
    assert.equal(sample?.pts, seed);
    assert.deepEqual(sample?.data, frame.bytes.subarray(0, frame.size));
    assert.equal(sink.poll(), null);
  }
  pad.endOfStream();
  assert.equal(await sink.pull(), null);
});

Deno.test("SinkPad.chain() rejects once the pipeline is stopped, and while an element fails", async () => {
  const frame = new VideoFrameMemory("I420", 64, 64);
  await using pipeline = Pipeline.parse(`identity name=first error-after=2 ! ${SINK}`);
  pipeline.play();
  const pad = pipeline.sinkPad("first", frame.caps(60));
  await pad.chain(frame, { pts: 0 });
  await assert.rejects(pad.chain(frame, { pts: 1 }), FlowError);
  const message = pipeline.bus.poll();
  assert.equal(message?.type, "error");
  pipeline.stop();
  await assert.rejects(
    pad.chain(frame, { pts: 2 }),
    (error: unknown) => error instanceof FlowError && error.flow === -2,
  );
});

Deno.test("Pipeline.sinkPad() refuses caps that do not parse", () => {
  using pipeline = Pipeline.parse(`identity name=first ! ${SINK}`);
  pipeline.play();
  assert.throws(() => pipeline.sinkPad("first", "video/x-raw,width="), TypeError);
});

Deno.test("VideoFrameMemory refuses sizes that 4:2:0 does not have", () => {
  for (const [width, height] of [[3, 2], [2, 3], [0, 2], [-2, 2], [2, 40000], [NaN, 2]] as const) {
    assert.throws(() => new VideoFrameMemory("I420", width, height), RangeError);
  }
});
