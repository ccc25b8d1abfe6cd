/**
 * The bench's report: tables in Markdown, samples in JSON.
 *
 * @module
 */
import { displayedRate } from "../support/rig_frames.ts";
import { summarize, type Summary } from "../support/rig_statistics.ts";
import type { SceneResult } from "./run.ts";
import type { Split } from "./split.ts";
import { type SystemName, systemTitle } from "./systems.ts";
import type { Measured, Scene } from "./viewer.ts";

const SCENE_TITLES: Record<Scene, string> = {
  still: "still desktop",
  motion: "640x360 at 30 frames a second beside the test window",
};

/** A scene's title for people. */
export function sceneTitle(scene: Scene): string {
  return SCENE_TITLES[scene];
}

/** A row of a table in Markdown. */
export function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

const PERCENTILES = ["p50", "p90", "p99", "worst"] as const satisfies readonly (keyof Summary)[];

function systemRow(name: SystemName, measured: Measured, scene: Scene): string {
  const summary = summarize(measured.latencies);
  return row([
    systemTitle(name),
    ...PERCENTILES.map((key) => summary[key].toFixed(1)),
    scene === "motion" ? displayedRate(measured.frames).toFixed(1) : "–",
    String(summary.count),
  ]);
}

function ratioRow(a: Measured, b: Measured, scene: Scene): string {
  const first = summarize(a.latencies), second = summarize(b.latencies);
  return row([
    "Skerry / noVNC",
    ...PERCENTILES.map((key) => (first[key] / second[key]).toFixed(2)),
    scene === "motion" ? (displayedRate(a.frames) / displayedRate(b.frames)).toFixed(2) : "–",
    "",
  ]);
}

function sceneTable({ browser, scene, systems, load }: SceneResult): string {
  const lines = [
    `### ${browser}, ${SCENE_TITLES[scene]}`,
    "",
    row(["click to photon, ms", ...PERCENTILES, "displayed frames/s", "presses"]),
    row(["---", ...PERCENTILES.map(() => "--:"), "--:", "--:"]),
    ...[...systems].map(([name, measured]) => systemRow(name, measured, scene)),
  ];
  const skerry = systems.get("skerry"), novnc = systems.get("novnc");
  if (skerry && novnc) lines.push(ratioRow(skerry, novnc, scene));
  const all = [...systems.values()];
  const presses = all.reduce((sum, { latencies }) => sum + latencies.length, 0);
  const looks = all.reduce((sum, measured) => sum + measured.looks, 0);
  lines.push(
    "",
    `The pixel was looked at whenever something had been drawn, ${(looks / presses).toFixed(1)} ` +
      `times for a press; load average ${load.toFixed(2)}.`,
  );
  return lines.join("\n");
}

const STEPS: readonly (readonly [keyof Split, string])[] = [
  ["uplink", "browser's event to injection: page, worker, WebSocket, server"],
  ["answer", "injection to grab: the program draws, the X server says so"],
  ["grab", "grab"],
  ["convert", "convert"],
  ["encode", "encode"],
  ["network", "encoder's output to the page's worker"],
  ["decode", "decode"],
  ["present", "draw, until the browser takes it over"],
];

function splitTable(results: readonly SceneResult[]): string {
  const split = results.filter((result) => result.split !== undefined);
  if (split.length === 0) return "";
  const cell = (value: number | undefined) => value === undefined ? "?" : value.toFixed(2);
  return [
    "## Where Skerry's milliseconds go",
    "",
    "Medians in ms as the page measures them, in a run of its own after the timed one. Medians do " +
    "not add up exactly.",
    "",
    row(["step", ...split.map(({ browser, scene }) => `${browser}, ${scene}`)]),
    row(["---", ...split.map(() => "--:")]),
    ...STEPS.map(([key, title]) => row([title, ...split.map((r) => cell(r.split?.[key]))])),
    row(["the page's own sum: event to drawn", ...split.map((r) => cell(r.split?.inputToPhoton))]),
    row([
      "the rest: X to the browser's event, drawn to displayed",
      ...split.map(({ split }) =>
        cell(split?.inputToPhoton && split.clickToPhoton - split.inputToPhoton)
      ),
    ]),
    row(["click to photon in this run", ...split.map((r) => cell(r.split?.clickToPhoton))]),
    "",
  ].join("\n");
}

/** @param plot the plot's file name, beside the report */
export function markdownReport(results: readonly SceneResult[], plot: string): string {
  return [
    "# Click to photon, 1280x720 over loopback",
    "",
    "From a press by XTEST on the browser's display to the flipped pixel on it.",
    "",
    `![Distribution of the latencies](${plot})`,
    "",
    ...results.map((result) => sceneTable(result) + "\n"),
    splitTable(results),
  ].join("\n");
}

/** Every sample, for those who would rather count themselves. */
export function jsonReport(results: readonly SceneResult[]): string {
  const plain = results.map(({ systems, ...rest }) => ({
    ...rest,
    systems: Object.fromEntries(
      [...systems].map(([name, measured]) => [name, {
        summary: summarize(measured.latencies),
        displayedFramesPerSecond: displayedRate(measured.frames),
        ...measured,
      }]),
    ),
  }));
  return JSON.stringify({ takenAt: new Date().toISOString(), results: plain }, null, 1) + "\n";
}
