import assert from "node:assert/strict";
import { BenchUsageError, parseBenchOptions } from "../bench/options.ts";
import { niceStep, plotLatencies } from "../bench/plot.ts";
import { jsonReport, markdownReport } from "../bench/report.ts";
import type { SceneResult } from "../bench/run.ts";
import { nothingMeasured } from "../bench/viewer.ts";
import { addCounts, displayedRate } from "../support/rig_frames.ts";
import { findTestWindow, place, TestWindow } from "../support/rig_scene.ts";
import { percentile, summarize } from "../support/rig_statistics.ts";
import { luma, rgbaOf } from "../support/rig_x11.ts";

Deno.test("percentile() interpolates between the nearest ranks", () => {
  const sorted = [10, 20, 30, 40];
  assert.equal(percentile(sorted, 0), 10);
  assert.equal(percentile(sorted, 50), 25);
  assert.equal(percentile(sorted, 100), 40);
  assert.throws(() => percentile([], 50), RangeError);
});

Deno.test("summarize() takes samples in any order", () => {
  const { count, p50, worst, mean } = summarize([30, 10, 20]);
  assert.deepEqual({ count, p50, worst, mean }, { count: 3, p50: 20, worst: 30, mean: 20 });
});

/** A grey picture with a magenta square and a black block in it, BGRx. */
function pictureWithWindow(width: number, height: number, x: number, y: number, size: number) {
  const data = new Uint8Array(width * height * 4).fill(90);
  for (let row = y; row < y + size; row++) {
    for (let column = x; column < x + size; column++) {
      const inside = Math.min(row - y, y + size - 1 - row, column - x, x + size - 1 - column) >= 5;
      data.set(inside ? [0, 0, 0, 0] : [250, 10, 245, 0], (row * width + column) * 4);
    }
  }
  return data;
}

Deno.test("findTestWindow() finds where a scaled and moved picture lies", () => {
  const half = TestWindow.size / 2;
  const placement = findTestWindow(pictureWithWindow(400, 300, 90, 120, half), 400, 300);
  assert.ok(placement);
  assert.equal(placement.scale, 0.5);
  assert.deepEqual(place(placement, TestWindow.x, TestWindow.y), { x: 90, y: 120 });
  assert.deepEqual(place(placement, TestWindow.x + TestWindow.size, TestWindow.y), {
    x: 90 + half,
    y: 120,
  });
});

Deno.test("findTestWindow() finds nothing in a grey picture", () => {
  assert.equal(findTestWindow(new Uint8Array(100 * 100 * 4).fill(90), 100, 100), undefined);
});

Deno.test("luma() weighs blue least", () => {
  assert.ok(luma(Uint8Array.of(255, 0, 0, 0)) < 40);
  assert.equal(Math.round(luma(Uint8Array.of(255, 255, 255, 0))), 255);
});

Deno.test("rgbaOf() turns the order of BGRx round and is opaque", () => {
  assert.deepEqual([...rgbaOf(Uint8Array.of(1, 2, 3, 0))], [3, 2, 1, 255]);
});

Deno.test("addCounts() leaves the gap between two stretches out", () => {
  const stretch = { frames: 31, spanMs: 1000, played: 30, longestMs: 40 };
  const both = addCounts(stretch, { ...stretch, longestMs: 60 });
  assert.deepEqual(both, { frames: 61, spanMs: 2000, played: 60, longestMs: 60 });
  assert.equal(displayedRate(both), 30);
  assert.equal(displayedRate(nothingMeasured().frames), 0);
});

Deno.test("parseBenchOptions() takes what the usage names, and Skerry's options after --", () => {
  const options = parseBenchOptions(["--quick", "--browser=firefox", "--", "--fps", "30"]);
  assert.deepEqual(options.browsers, ["firefox"]);
  assert.deepEqual(options.systems, ["skerry", "novnc"]);
  assert.equal(options.presses, 24);
  assert.deepEqual(options.skerryArgs, ["--fps", "30"]);
});

Deno.test("parseBenchOptions() refuses what it does not know, quoting it", () => {
  for (const args of [["--browser=lynx"], ["--presses=0"], ["--presses=many"], ["--unknown"]]) {
    const [, word = ""] = /([a-z0-9]+)$/.exec(args[0] ?? "") ?? [];
    assert.throws(
      () => parseBenchOptions(args),
      (error) => error instanceof BenchUsageError && error.message.includes(word),
    );
  }
});

Deno.test("niceStep() gives steps that people count in", () => {
  assert.equal(niceStep(60, 6), 10);
  assert.equal(niceStep(37, 6), 10);
  assert.equal(niceStep(120, 6), 20);
  assert.equal(niceStep(9, 6), 2);
});

/** One scene in which Skerry takes half of noVNC's time. */
function sceneResult(): SceneResult {
  const measured = (latencies: number[]) => ({ ...nothingMeasured(), latencies, looks: 100 });
  return {
    browser: "chromium",
    scene: "still",
    systems: new Map([["skerry", measured([8, 10, 12])], ["novnc", measured([16, 20, 24])]]),
    load: 0.5,
  };
}

Deno.test("markdownReport() shows both systems and their ratio", () => {
  const report = markdownReport([sceneResult()], "plot.svg");
  assert.match(report, /\| Skerry \| 10\.0 \|/);
  assert.match(report, /\| noVNC with TigerVNC \| 20\.0 \|/);
  assert.match(report, /\| Skerry \/ noVNC \| 0\.50 \|/);
});

Deno.test("jsonReport() keeps every sample", () => {
  const { results } = JSON.parse(jsonReport([sceneResult()]));
  assert.deepEqual(results[0].systems.skerry.latencies, [8, 10, 12]);
});

Deno.test("plotLatencies() draws a curve that rises to the top for each system", () => {
  const { systems } = sceneResult();
  const panel = { title: "chromium", subtitle: "still", systems };
  const svg = plotLatencies([panel, { ...panel, subtitle: "motion" }]);
  const curves = [...svg.matchAll(/class="curve (\w+)" d="([^"]+)"/g)];
  assert.deepEqual(curves.map(([, name]) => name), ["skerry", "novnc", "skerry", "novnc"]);
  for (const [, , path = ""] of curves) assert.match(path, /V0\.0H380$/);
});
