import assert from "node:assert/strict";
import { BENCH_LINKS, type LinkName } from "../bench/links.ts";
import { parseNetworkOptions } from "../bench/network_options.ts";
import { networkReport } from "../bench/network_report.ts";
import { addResults, type NetworkMeasured, type NetworkResult } from "../bench/network_run.ts";
import { BenchUsageError } from "../bench/options.ts";

Deno.test("parseNetworkOptions() takes links by name and hands the rest to Skerry", () => {
  const options = parseNetworkOptions([
    "--links=3-80,10-40-1%",
    "--presses=5",
    "--",
    "--fps",
    "30",
  ]);
  assert.deepEqual(options.links.map(({ name }) => name), ["10-40-1%", "3-80"]);
  assert.equal(options.presses, 5);
  assert.deepEqual(options.systems, ["webtransport", "websocket", "novnc", "floor"]);
  assert.deepEqual(options.skerryArgs, ["--fps", "30"]);
  for (const wrong of ["--links=2-20", "--rounds=0", "--browser=lynx", "--loud"]) {
    assert.throws(() => parseNetworkOptions([wrong]), BenchUsageError);
  }
});

function measured(latencies: number[], framesPerSecond: number): NetworkMeasured {
  const frames = { frames: framesPerSecond + 1, spanMs: 1000, played: 30, longestMs: 40 };
  const carried = { octets: 1e6, ms: 1000, longestQueue: 15, unanswered: 0 };
  return { latencies, looks: 100, frames, ...carried };
}

function result(name: LinkName, systems: Record<string, NetworkMeasured>): NetworkResult {
  const link = BENCH_LINKS.find((candidate) => candidate.name === name)!;
  const late = { p99: 0.1, worst: 0.5 };
  return { link, systems: new Map(Object.entries(systems)) as never, load: 1, late };
}

Deno.test("networkReport() holds the better transport against the targets", () => {
  const report = networkReport(
    [
      result("10-40", {
        webtransport: measured([50, 55, 58], 30),
        websocket: measured([60, 70, 110], 29),
        novnc: measured([100, 110, 120], 20),
      }),
      result("10-40-1%", {
        webtransport: measured([50, 60], 30),
        websocket: measured([60, 70], 29),
      }),
    ],
    "plot.svg",
    "cubic",
  ).join("\n");
  assert.match(report, /\| WebTransport \/ noVNC \| 0\.50 \|/);
  assert.match(report, /\| Skerry, WebSocket \| 70\.0 \|.*\| 30\.0 \|/);
  assert.match(report, /p50 ≤ 60 ms \| 55\.0 ms \(Skerry, WebTransport\) \| met/);
  assert.match(report, /frames\/s ≥ 25 \| 30\.0 \(Skerry, WebTransport\) \| met/);
  assert.match(report, /WebTransport \/ WebSocket ≤ 0\.7 \| 0\.86 \| \*\*missed\*\*/);
});

Deno.test("networkReport() says who did not answer", () => {
  const none = { ...measured([], 0), unanswered: 2 };
  const report = networkReport([result("1-40", { novnc: none })], "plot.svg", "cubic").join("\n");
  assert.match(report, /noVNC with TigerVNC \| no answer \|/);
  assert.doesNotMatch(report, /## Targets/);
});

Deno.test("addResults() counts a system's turns of both runs, and keeps what only one has", () => {
  const earlier = [result("3-80", { novnc: measured([300], 10), websocket: measured([90], 20) })];
  const later = [
    result("3-80", { websocket: measured([100], 40) }),
    result("10-40", { websocket: measured([60], 30) }),
  ];
  const sum = addResults(earlier, later);
  assert.deepEqual(sum.map(({ link }) => link.name), ["10-40", "3-80"]);
  const { systems } = sum[1]!;
  assert.deepEqual(systems.get("novnc"), measured([300], 10));
  const { frames, latencies, ms, octets } = systems.get("websocket")!;
  assert.deepEqual([latencies, ms, octets], [[90, 100], 2000, 2e6]);
  assert.deepEqual([frames.frames, frames.spanMs], [61, 2000]);
});
