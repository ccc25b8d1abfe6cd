import assert from "node:assert/strict";
import { StatisticsReport } from "../../src/session/statistics_report.ts";

Deno.test("StatisticsReport sums an interval up with the first frame after it", () => {
  const report = new StatisticsReport();
  assert.equal(report.add(4, 1000, 0), undefined);
  assert.equal(report.add(6, 1000, 500), undefined);
  assert.deepEqual(report.add(8, 500, 1000), { framesEncoded: 3, encodeMs: 6, bitrateKbit: 20 });
});

Deno.test("StatisticsReport starts each interval anew and goes on counting frames", () => {
  const report = new StatisticsReport();
  report.add(4, 1000, 0);
  report.add(4, 1000, 1000);
  assert.deepEqual(report.add(2, 250, 2000), { framesEncoded: 3, encodeMs: 2, bitrateKbit: 2 });
});
