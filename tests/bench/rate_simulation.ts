/**
 * `deno task bench:rate [PART OF A NAME]`: runs rate control on every simulated link,
 * and the fixed bitrate without it for comparison; a table, and a plot of each, in bench-report/rate.
 *
 * @module
 */

import { BaselineControl } from "../support/link_simulation_baseline.ts";
import { type Figures, figures, shortfalls } from "../support/link_simulation_figures.ts";
import { plotOutcome } from "../support/link_simulation_plot.ts";
import { type BoundedScenario, SCENARIOS } from "../support/link_simulation_scenarios.ts";
import { simulate } from "../support/link_simulation.ts";

const FOLDER = "bench-report/rate";
/** The default of `--bitrate`, in kbit/s, and of `--fps`. */
const BASELINE = [8000, 60] as const;

interface Row {
  readonly scenario: BoundedScenario;
  readonly found: Figures;
  readonly baseline: Figures;
  readonly plot: string;
}

async function run(scenario: BoundedScenario, number: number): Promise<Row> {
  const { bounds } = scenario;
  const outcome = simulate(scenario);
  const other = simulate(scenario, new BaselineControl(...BASELINE));
  const found = figures(outcome, bounds);
  const name = scenario.name.toLowerCase().replaceAll(/[^a-z0-9.]+/g, "-").replace(/-$/, "");
  const plot = `${String(number).padStart(2, "0")}-${name}.svg`;
  const note = `queue ${pair(found.queueP50, found.queueP95)} ms, delay ` +
    `${pair(found.delayP50, found.delayP95)} ms p50/p95, ${
      found.framesPerSecond.toFixed(0)
    } fps, ` +
    `${(found.utilisation * 100).toFixed(0)}% of the link`;
  await Deno.writeTextFile(`${FOLDER}/${plot}`, plotOutcome(outcome, other, note));
  return { scenario, found, baseline: figures(other, bounds), plot };
}

function pair(a: number, b: number): string {
  return `${number(a)}/${number(b)}`;
}

function number(value: number | undefined): string {
  if (value === undefined) return "";
  return Number.isFinite(value) ? value.toFixed(0) : Number.isNaN(value) ? "none" : "never";
}

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ scenario, found, baseline, plot }) => {
    const cells = [found, baseline].flatMap((figures) => [
      pair(figures.queueP50, figures.queueP95),
      pair(figures.delayP50, figures.delayP95),
      number(figures.worstAge),
      figures.framesPerSecond.toFixed(0),
      `${(figures.utilisation * 100).toFixed(0)}%`,
    ]);
    const times = [found.recovery, found.rise, found.fall].map(number);
    const kept = shortfalls(found, scenario.bounds).length === 0 ? "yes" : "**no**";
    return `| [${scenario.name}](${plot}) | ${[...cells, ...times, kept].join(" | ")} |`;
  });
  const heads = ["queue", "delay", "worst age", "fps", "use"];
  const other = heads.map((head) => `fixed: ${head}`);
  const columns = ["link", ...heads, ...other, "recovery", "rise", "fall", "bounds kept"];
  return [
    "# Rate control on simulated links",
    "",
    "Queue (of the link) and delay (of a frame, from change to arrival) are p50/p95 in ms. Worst age: of " +
    "the picture on the screen while it changes. Fixed: the encoder at 8 Mbit/s, captures gated on the " +
    "transport's own limit. The bounds are those of tests/support/link_simulation_scenarios.ts.",
    "",
    `| ${columns.join(" | ")} |`,
    `|${columns.map((_, index) => index === 0 ? "---|" : "---:|").join("")}`,
    ...lines,
    "",
  ].join("\n");
}

await Deno.mkdir(FOLDER, { recursive: true });
const [part = ""] = Deno.args;
const rows: Row[] = [];
for (const [index, scenario] of SCENARIOS.entries()) {
  if (scenario.name.includes(part)) rows.push(await run(scenario, index + 1));
}
const report = table(rows);
await Deno.writeTextFile(`${FOLDER}/report.md`, report);
console.log(report);
console.log(`Report and ${rows.length} plots: ${FOLDER}`);
