import assert from "node:assert/strict";
import { Pipeline, SharedMemory, traceHandles } from "../../ffi/mod.ts";

Deno.test("traceHandles() lists what was not disposed of, and where it was made", () => {
  traceHandles(true);
  try {
    const memory = SharedMemory.create(4096);
    {
      using pipeline = Pipeline.parse("appsrc name=src ! fakesink");
      pipeline.appSrc("src");
      const whats = traceHandles(true).map(({ what }) => what);
      assert.deepEqual(whats, ["SharedMemory", "Pipeline", "Bus", "AppSrc"]);
    }
    const [leak, ...others] = traceHandles(true);
    assert.deepEqual(others, []);
    assert.equal(leak?.what, "SharedMemory");
    assert.match(leak.stack, /object_test\.ts/);
    memory[Symbol.dispose]();
    assert.deepEqual(traceHandles(true), []);
  } finally {
    traceHandles(false);
  }
});
