import assert from "node:assert/strict";
import { TrafficMeter } from "../../src/session/traffic_meter.ts";

Deno.test("TrafficMeter shows what is sent all the time", () => {
  const meter = new TrafficMeter();
  // 1000 kbit/s in 50 frames a second.
  for (let now = 0; now < 10_000; now += 20) meter.add(2500, now);
  const kbit = meter.kbit(10_000);
  assert.ok(Math.abs(kbit - 1000) < 30, `${kbit}`);
});

Deno.test("TrafficMeter forgets what was sent long ago", () => {
  const meter = new TrafficMeter();
  assert.equal(meter.kbit(0), 0);
  meter.add(125_000, 1000);
  assert.equal(meter.kbit(1000), 1000);
  const after = meter.kbit(1000 + TrafficMeter.MEMORY_MS);
  assert.ok(after > 360 && after < 375, `${after}`);
  assert.ok(meter.kbit(20_000) < 1);
});
