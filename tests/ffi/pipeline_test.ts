import assert from "node:assert/strict";
import {
  type BusMessage,
  DisposedError,
  FlowError,
  GStreamerError,
  MissingElementError,
  Pipeline,
} from "../../ffi/mod.ts";

const SINK = "appsink name=sink sync=false enable-last-sample=false";

Deno.test("Pipeline.parse() reports a broken description as a GStreamerError", () => {
  assert.throws(() => Pipeline.parse("videotestsrc ! ! fakesink"), (error: unknown) => {
    assert.ok(error instanceof GStreamerError);
    assert.equal(error.domain, "gst_parse_error");
    return true;
  });
  assert.throws(() => Pipeline.parse(""), GStreamerError);
  // Elements that cannot be linked.
  assert.throws(() => Pipeline.parse("audiotestsrc ! video/x-raw ! fakesink"), GStreamerError);
  assert.throws(() => Pipeline.parse("fakesrc\0 ! fakesink"), TypeError);
});

Deno.test("Pipeline.parse() reports a missing element with the package that has it", () => {
  assert.throws(() => Pipeline.parse("videotestsrc ! skerryenc ! fakesink"), (error: unknown) => {
    assert.ok(error instanceof MissingElementError);
    assert.equal(error.element, "skerryenc");
    assert.match(error.message, /"skerryenc"/);
    return true;
  });
});

Deno.test("Pipeline.parse() tells a refused property from a missing element", () => {
  assert.throws(
    () => Pipeline.parse("videotestsrc pattern=no-such-pattern ! fakesink"),
    (error: unknown) => error instanceof GStreamerError && /no-such-pattern/.test(error.message),
  );
});

Deno.test("AppSink.pull() gives the pictures of a videotestsrc, then null at the end", async () => {
  await using pipeline = Pipeline.parse(
    "videotestsrc num-buffers=3 pattern=white " +
      `! video/x-raw,format=GRAY8,width=64,height=32,framerate=25/1 ! ${SINK}`,
  );
  const sink = pipeline.appSink("sink");
  pipeline.play();
  for (let index = 0; index < 3; index++) {
    const sample = await sink.pull({ headroom: 16 });
    assert.ok(sample);
    assert.equal(sample.data.length, 16 + 64 * 32);
    assert.equal(sample.headroom, 16);
    assert.equal(sample.pts, index * 40_000_000);
    assert.equal(sample.keyframe, true);
    assert.ok(sample.data.subarray(0, 16).every((octet) => octet === 0));
    assert.ok(sample.data.subarray(16).every((octet) => octet === 235));
  }
  assert.equal(await sink.pull(), null);
  assert.equal(await sink.pull(), null);
});

Deno.test("AppSink.pull() refuses a second pull at the same time", async () => {
  await using pipeline = Pipeline.parse(`appsrc ! ${SINK}`);
  const sink = pipeline.appSink("sink");
  pipeline.play();
  const first = sink.pull();
  await assert.rejects(sink.pull(), /Cannot pull twice at once/);
  pipeline.stop();
  assert.equal(await first, null);
});

Deno.test("AppSink.pull() can be aborted, and loses no sample by it", async () => {
  await using pipeline = Pipeline.parse(`appsrc name=src format=time ! ${SINK}`);
  const source = pipeline.appSrc("src");
  const sink = pipeline.appSink("sink");
  pipeline.play();
  const reason = new Error("enough");
  await assert.rejects(sink.pull({ signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const pull = sink.pull({ signal: controller.signal });
  controller.abort(reason);
  await assert.rejects(pull, reason);
  source.push(new Uint8Array([1, 2, 3]), { pts: 7 });
  assert.equal(sink.poll(), null);
  const sample = await sink.pull({ headroom: 1 });
  assert.deepEqual(sample?.data, new Uint8Array([0, 1, 2, 3]));
  assert.equal(sample?.pts, 7);
});

Deno.test("Pipeline dispose ends a pull in its middle with null", async () => {
  const pipeline = Pipeline.parse(`appsrc ! ${SINK}`);
  const sink = pipeline.appSink("sink");
  pipeline.play();
  const pull = sink.pull();
  // Long enough for the call to be waiting on its thread.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const start = performance.now();
  pipeline[Symbol.dispose]();
  assert.equal(await pull, null);
  assert.ok(performance.now() - start < 2000);
  await assert.rejects(sink.pull(), DisposedError);
  pipeline[Symbol.dispose]();
});

Deno.test("Pipeline dispose frees the sample of an aborted pull", async () => {
  for (let round = 0; round < 20; round++) {
    await using pipeline = Pipeline.parse(`appsrc name=src ! ${SINK}`);
    const source = pipeline.appSrc("src");
    const sink = pipeline.appSink("sink");
    pipeline.play();
    const controller = new AbortController();
    const pull = sink.pull({ signal: controller.signal });
    source.push(new Uint8Array(1000), { pts: 0 });
    controller.abort();
    await pull.catch(() => {});
  }
});

Deno.test("Pipeline.bus yields a pipeline's end", async () => {
  await using pipeline = Pipeline.parse("videotestsrc num-buffers=1 ! fakesink sync=false");
  pipeline.play();
  for await (const message of pipeline.bus.messages()) {
    assert.deepEqual(message, { type: "eos" });
    break;
  }
});

Deno.test("Pipeline.bus yields an element's error with its domain, code and debug text", () => {
  using pipeline = Pipeline.parse(
    "filesrc name=file location=/no/such/file ! fakesink",
  );
  assert.throws(() => pipeline.play(), (error: unknown) => {
    assert.ok(error instanceof GStreamerError);
    assert.equal(error.domain, "gst-resource-error-quark");
    assert.equal(error.code, 3); // GST_RESOURCE_ERROR_NOT_FOUND
    assert.equal(error.message, "Resource not found.");
    assert.match(error.debug, /No such file "\/no\/such\/file"/);
    assert.equal(error.source, "file");
    return true;
  });
});

Deno.test("Bus.messages() ends on abort and on dispose, and does not wait twice", async () => {
  const pipeline = Pipeline.parse("appsrc ! fakesink");
  const { bus } = pipeline;
  const collect = async (signal?: AbortSignal) => {
    const messages: BusMessage[] = [];
    for await (const message of bus.messages(signal)) messages.push(message);
    return messages;
  };
  assert.deepEqual(await collect(AbortSignal.abort()), []);
  const controller = new AbortController();
  const waiting = collect(controller.signal);
  await assert.rejects(collect(), /twice at once/);
  controller.abort();
  assert.deepEqual(await waiting, []);
  const again = collect();
  await pipeline[Symbol.asyncDispose]();
  assert.deepEqual(await again, []);
  await assert.rejects(collect(), DisposedError);
});

Deno.test("AppSrc.endOfStream() ends the stream, and a later push says so", async () => {
  await using pipeline = Pipeline.parse(`appsrc name=src ! ${SINK}`);
  const source = pipeline.appSrc("src");
  const sink = pipeline.appSink("sink");
  pipeline.play();
  source.push(new Uint8Array(10), { pts: 0 });
  source.endOfStream();
  assert.equal((await sink.pull())?.data.length, 10);
  assert.equal(await sink.pull(), null);
  assert.throws(() => source.push(new Uint8Array(10), { pts: 1 }), FlowError);
});

Deno.test("AppSrc.push() refuses a buffer once the pipeline is stopped", () => {
  using pipeline = Pipeline.parse("appsrc name=src ! fakesink");
  const source = pipeline.appSrc("src");
  pipeline.play();
  pipeline.stop();
  assert.throws(() => source.push(new Uint8Array(1), { pts: 0 }), (error: unknown) => {
    assert.ok(error instanceof FlowError);
    assert.equal(error.flow, -2);
    return true;
  });
});

Deno.test("Pipeline finds its elements by name, and says when it has none of it", () => {
  using pipeline = Pipeline.parse("videotestsrc name=source ! fakesink");
  assert.equal(pipeline.element("source").name, "source");
  assert.throws(() => pipeline.element("other"), /no element "other"/);
  assert.throws(() => pipeline.appSink("source"), /is no GstAppSink/);
  assert.throws(() => pipeline.sinkPad("source", "video/x-raw"), /no unlinked sink pad/);
});

Deno.test("Element.set() sets properties that exist", () => {
  using pipeline = Pipeline.parse("videotestsrc name=source ! fakesink name=sink");
  const source = pipeline.element("source");
  source.set("pattern", "ball");
  assert.equal(source.has("pattern"), true);
  assert.equal(source.has("patern"), false);
  assert.throws(() => source.set("patern", "ball"), /"source" has no such property/);
  assert.throws(() => source.set("pattern", "ba\0ll"), TypeError);
  pipeline[Symbol.dispose]();
  assert.throws(() => source.set("pattern", "ball"), DisposedError);
});

Deno.test("Pipeline.parse() puts a single element into a pipeline of its own", () => {
  using pipeline = Pipeline.parse("fakesink name=alone");
  assert.equal(pipeline.element("alone").name, "alone");
  pipeline.play();
});
