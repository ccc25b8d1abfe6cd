import assert from "node:assert/strict";
import { Pipeline, SharedMemory, VideoConverter } from "../../ffi/mod.ts";

const CYCLES = 1000;

/** What the process holds, by the kernel's own account. */
function held(): { threads: number; descriptors: number; rss: number } {
  return {
    threads: [...Deno.readDirSync("/proc/self/task")].length,
    // One of them is the listing itself.
    descriptors: [...Deno.readDirSync("/proc/self/fd")].length,
    rss: Deno.memoryUsage().rss,
  };
}

/** Opens everything that a session opens, uses it once and closes it. */
async function cycle(index: number): Promise<void> {
  const [width, height] = [64, 64];
  using memory = SharedMemory.create(width * height * 4);
  memory.markForRemoval();
  using converter = new VideoConverter({ width, height, stride: width * 4, source: memory });
  converter.convert([{ x: 0, y: 0, width: 2 + index % 60, height: 64 }]);
  const { frame } = converter;
  await using pipeline = Pipeline.parse(
    `appsrc name=src format=time caps="${frame.caps(60)}" ! identity name=id ` +
      "! appsink name=sink sync=false enable-last-sample=false",
  );
  pipeline.play();
  pipeline.element("id").set("silent", "true");
  pipeline.appSrc("src").push(frame, { pts: 0 });
  const sink = pipeline.appSink("sink");
  assert.equal((await sink.pull())?.data.length, frame.size);
  const last = sink.pull();
  assert.equal(pipeline.bus.poll(), undefined);
  // Closed in every way in turn: with a pull under way, or after the end of the stream.
  if (index % 2 === 0) pipeline.appSrc("src").endOfStream();
  else pipeline.stop();
  assert.equal(await last, null);
}

Deno.test(`${CYCLES} cycles of open and close leave no thread, descriptor or memory behind`, async () => {
  for (let index = 0; index < 200; index++) await cycle(index);
  const before = held();
  for (let index = 0; index < CYCLES; index++) await cycle(index);
  const after = held();
  // GLib keeps idle pool threads for a while; a leak would be a thread a cycle.
  assert.ok(after.threads <= before.threads + 8, `${before.threads} to ${after.threads} threads`);
  assert.ok(
    after.descriptors <= before.descriptors + 4,
    `${before.descriptors} to ${after.descriptors} descriptors`,
  );
  // A leaked frame, buffer or converter of each cycle would be 6 MB and more of each.
  const grown = (after.rss - before.rss) / 1e6;
  assert.ok(grown < 12, `RSS grew by ${grown.toFixed(1)} MB`);
});
