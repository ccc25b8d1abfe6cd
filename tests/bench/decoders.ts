/**
 * `deno task bench:decoders`: click to photon of each way to decode beside noVNC with TigerVNC, all run
 * interleaved in one go, on a browser's own display. WebCodecs from localhost; the others from a host that
 * makes no secure context, as pages over plain HTTP are.
 *
 * @module
 */
import { summarize } from "../support/rig_statistics.ts";
import { BenchUsageError, parseBenchOptions, USAGE } from "./options.ts";
import { plotLatencies } from "./plot.ts";
import { jsonReport, markdownReport, row, sceneTitle } from "./report.ts";
import { Progress, runBrowser, type SceneResult } from "./run.ts";
import type { SystemName } from "./systems.ts";

const SYSTEMS: readonly SystemName[] = ["webcodecs", "wasm", "mse", "jpeg", "novnc"];

/** The most that a decoder may take longer than noVNC on a still desktop, in ms. */
const TARGETS: Partial<Record<SystemName, { p50: number; p99?: number }>> = {
  wasm: { p50: 5, p99: 15 },
  mse: { p50: 60 },
};

async function main(): Promise<void> {
  if (Deno.args.includes("--help")) {
    return console.log(USAGE.replace("skerry,novnc", SYSTEMS.join(",")));
  }
  const options = { ...parseBenchOptions(Deno.args, SYSTEMS), split: false };
  const progress = new Progress();
  const results: SceneResult[] = [];
  for (const browser of options.browsers) {
    results.push(...await runBrowser(browser, options, progress));
  }
  await Deno.mkdir(options.output, { recursive: true });
  const file = `${options.output}/decoders`;
  const plot = plotLatencies(results.map(({ browser, scene, systems }) => ({
    title: browser,
    subtitle: sceneTitle(scene),
    systems,
  })));
  const report = `${markdownReport(results, "decoders.svg")}\n${targetTable(results)}\n`;
  await Deno.writeTextFile(`${file}.md`, report);
  await Deno.writeTextFile(`${file}.json`, jsonReport(results));
  await Deno.writeTextFile(`${file}.svg`, plot);
  console.log(report);
  console.log(`Report, plot and samples: ${file}.{md,svg,json}`);
}

function targetTable(results: readonly SceneResult[]): string {
  const lines: string[] = [];
  for (const { browser, scene, systems } of results) {
    const novnc = systems.get("novnc");
    if (scene !== "still" || novnc === undefined) continue;
    const base = summarize(novnc.latencies);
    for (const [name, measured] of systems) {
      for (const [key, most] of Object.entries(TARGETS[name] ?? {})) {
        const percentile = key === "p99" ? "p99" : "p50";
        const more = summarize(measured.latencies)[percentile] - base[percentile];
        const met = more <= most ? "met" : "missed";
        lines.push(row([browser, name, percentile, more.toFixed(1), String(most), met]));
      }
    }
  }
  if (lines.length === 0) return "";
  const head = row(["browser", "decoder", "percentile", "ms above noVNC", "at most", ""]);
  return ["## Targets", "", head, row(["---", "---", "---", "--:", "--:", "---"]), ...lines].join(
    "\n",
  );
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchUsageError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  Deno.exitCode = 2;
}
