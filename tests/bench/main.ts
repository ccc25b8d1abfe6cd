/**
 * `deno task bench`: click to photon of Skerry beside noVNC with TigerVNC, both run interleaved in
 * one go, on a browser's own display.
 *
 * @module
 */
import { BenchUsageError, parseBenchOptions, USAGE } from "./options.ts";
import { plotLatencies } from "./plot.ts";
import { jsonReport, markdownReport, sceneTitle } from "./report.ts";
import { Progress, runBrowser, type SceneResult } from "./run.ts";

async function main(): Promise<void> {
  if (Deno.args.includes("--help")) return console.log(USAGE);
  const options = parseBenchOptions(Deno.args);
  const progress = new Progress();
  const results: SceneResult[] = [];
  for (const browser of options.browsers) {
    results.push(...await runBrowser(browser, options, progress));
  }
  await Deno.mkdir(options.output, { recursive: true });
  const report = markdownReport(results, "click-to-photon.svg");
  const plot = plotLatencies(results.map(({ browser, scene, systems }) => ({
    title: browser,
    subtitle: sceneTitle(scene),
    systems,
  })));
  await Deno.writeTextFile(`${options.output}/click-to-photon.md`, report);
  await Deno.writeTextFile(`${options.output}/click-to-photon.json`, jsonReport(results));
  await Deno.writeTextFile(`${options.output}/click-to-photon.svg`, plot);
  console.log(report);
  console.log(`Report, plot and samples: ${options.output}/click-to-photon.{md,svg,json}`);
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchUsageError)) throw error;
  console.error(`${error.message}\n${USAGE}`);
  Deno.exitCode = 2;
}
