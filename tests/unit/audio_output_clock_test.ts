import assert from "node:assert/strict";
import { type OutputContext, readOutputClock } from "../../web/audio/output_clock.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0";
const CHROMIUM =
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0";

function context(timestamp: AudioTimestamp | "stuck"): OutputContext {
  return {
    currentTime: 2,
    sampleRate: 48_000,
    getOutputTimestamp: () => {
      assert(timestamp !== "stuck", "it would stand still");
      return timestamp;
    },
  };
}

Deno.test("browsers say how late their output is", () => {
  const clock = readOutputClock(context({ contextTime: 1.5, performanceTime: 40 }), CHROMIUM, 5000);
  assert.deepEqual(clock, {
    contextTime: 1.5,
    heardAt: performance.timeOrigin + 40,
    rate: 48_000,
  });
});

Deno.test("one without a loudspeaker is taken to be heard at once", () => {
  for (const timestamp of [{}, { contextTime: 0, performanceTime: 0 }]) {
    const { contextTime, heardAt } = readOutputClock(context(timestamp), CHROMIUM, 5000);
    assert.deepEqual([contextTime, heardAt], [2, 5000]);
  }
});

Deno.test("Firefox is not asked how late its output is, since the question can stop the page", () => {
  const { contextTime, heardAt } = readOutputClock(context("stuck"), FIREFOX, 5000);
  assert.equal(contextTime, 2);
  assert(heardAt > 5000 && heardAt < 5100);
});
