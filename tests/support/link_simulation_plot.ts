/**
 * A simulated run as an SVG: what the link carried over time, and how late the frames were.
 *
 * @module
 */

import type { Outcome, Sample } from "./link_simulation.ts";

const WIDTH = 760;
const LEFT = 64;
const RIGHT = 16;
const TOP = 48;
const PANEL = 150;
const GAP = 44;
const HEIGHT = TOP + 2 * PANEL + GAP + 54;
/** Of a long run, so much of its end is drawn, in ms. */
const LONGEST_MS = 60_000;
const SHORT_MS = 12_000;

const STYLE = `
  svg { color-scheme: light dark; --ink: #1c2733; --soft: #5b6875; --grid: #dfe4e9; --paper: #fff;
    --link: #d6dee6; --rate: #0b6fb8; --target: #2f9e63; --other: #c2571a; }
  @media (prefers-color-scheme: dark) { svg { --ink: #e6ebf0; --soft: #9aa7b4; --grid: #333d48;
    --paper: #14191f; --link: #2c3947; --rate: #56b4f5; --target: #5fd39a; --other: #f2975a; } }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); } .soft { fill: var(--soft); }
  .title { font-weight: 600; font-size: 14px; } .paper { fill: var(--paper); }
  .grid { stroke: var(--grid); } .link { fill: var(--link); } path.line { fill: none; stroke-width: 1.5; }
  .rate { stroke: var(--rate); } .target { stroke: var(--target); stroke-width: 2 !important; }
  .queue { fill: var(--target); fill-opacity: .45; } .frame { fill: var(--rate); }
  .other { fill: var(--other); fill-opacity: .4; }
  .rate-text { fill: var(--rate); } .target-text { fill: var(--target); } .other-text { fill: var(--other); }`;

interface Axis {
  readonly from: number;
  readonly to: number;
  x(at: number): number;
}

/**
 * Draws a run.
 *
 * @param outcome Of the rate control.
 * @param baseline Of something else on the same link, whose frames are drawn in another colour.
 * @param note Below the title: the figures.
 */
export function plotOutcome(outcome: Outcome, baseline: Outcome, note: string): string {
  const { scenario, samples } = outcome;
  const { duration } = scenario;
  const from = duration > LONGEST_MS ? duration - SHORT_MS : 0;
  const axis: Axis = {
    from,
    to: duration,
    x: (at) => LEFT + (at - from) / (duration - from) * (WIDTH - LEFT - RIGHT),
  };
  const shown = samples.filter(({ at }) => at > from);
  const body = [
    `<text class="title" x="${LEFT}" y="20">${escape(scenario.name)}</text>`,
    `<text class="soft" x="${LEFT}" y="37">${escape(note)}</text>`,
    ratePanel(shown, axis),
    delayPanel(outcome, baseline, shown, axis),
    timeAxis(axis),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" ` +
    `width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escape(scenario.name)}">\n` +
    `<style>${STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>\n` +
    `${body.join("\n")}\n</svg>\n`;
}

/** The link's rate, what frames took of it, and what the encoder was told. */
function ratePanel(samples: readonly Sample[], axis: Axis): string {
  const most = Math.max(...smooth(samples.map(({ capacity }) => capacity)), 100) * 1.1;
  const y = (kbit: number) => TOP + PANEL * (1 - Math.min(kbit / most, 1));
  const line = (values: readonly number[]) =>
    values.map((value, index) =>
      `${index === 0 ? "M" : "L"}${axis.x(samples[index]!.at).toFixed(1)} ${y(value).toFixed(1)}`
    ).join("");
  const capacity = line(smooth(samples.map(({ capacity }) => capacity)));
  const floor = TOP + PANEL;
  return [
    `<path class="link" d="${capacity}V${floor}H${axis.x(axis.from)}Z"/>`,
    grid(TOP, most / 1000, "Mbit/s"),
    `<path class="line rate" d="${line(smooth(samples.map(({ goodput }) => goodput)))}"/>`,
    `<path class="line target" d="${line(samples.map(({ bitrate }) => bitrate))}"/>`,
    key(TOP, [["target-text", "encoder's target"], ["rate-text", "frames"], [
      "soft",
      "link (grey)",
    ]]),
  ].join("\n");
}

/** How long frames took from change to arrival, and what a packet would wait in the link's queue. */
function delayPanel(
  outcome: Outcome,
  baseline: Outcome,
  samples: readonly Sample[],
  axis: Axis,
): string {
  const top = TOP + PANEL + GAP;
  const delays = outcome.frames.filter(({ takenAt }) => takenAt >= axis.from)
    .map(({ arrivedAt, changedAt }) => Math.min(arrivedAt, axis.to) - changedAt);
  const sorted = delays.toSorted((a, b) => a - b);
  const most = Math.max((sorted[Math.floor(sorted.length * 0.98)] ?? 0) * 1.6, 100);
  const y = (ms: number) => top + PANEL * (1 - Math.min(ms / most, 1));
  const dots = (run: Outcome) =>
    run.frames.filter(({ takenAt, arrivedAt }) => takenAt >= axis.from && arrivedAt <= axis.to)
      .map(({ arrivedAt, changedAt }) =>
        `M${axis.x(arrivedAt).toFixed(1)} ${(y(arrivedAt - changedAt) - 1).toFixed(1)}h1.4v2h-1.4z`
      ).join("");
  const floor = top + PANEL;
  const queue = samples.map(({ at, queue }) => `L${axis.x(at).toFixed(1)} ${y(queue).toFixed(1)}`);
  return [
    grid(top, most, "ms"),
    `<path class="queue" d="M${axis.x(axis.from)} ${floor}${queue.join("")}V${floor}Z"/>`,
    `<path class="other" d="${dots(baseline)}"/>`,
    `<path class="frame" d="${dots(outcome)}"/>`,
    key(top, [["rate-text", "frame, from change to arrival"], ["target-text", "queue"], [
      "other-text",
      "fixed bitrate, gated",
    ]]),
  ].join("\n");
}

function grid(top: number, most: number, unit: string): string {
  const step = niceStep(most, 4);
  const lines = [];
  for (let value = 0; value <= most; value += step) {
    const y = (top + PANEL * (1 - value / most)).toFixed(1);
    lines.push(
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/>`,
      `<text class="soft" x="${LEFT - 8}" y="${Number(y) + 4}" text-anchor="end">` +
        `${Number(value.toFixed(2))}</text>`,
    );
  }
  lines.push(`<text class="soft" x="8" y="${top - 8}">${unit}</text>`);
  return lines.join("\n");
}

function timeAxis({ from, to, x }: Axis): string {
  const step = niceStep((to - from) / 1000, 10);
  const marks = [];
  for (let second = 0; second <= (to - from) / 1000; second += step) {
    marks.push(
      `<text class="soft" x="${x(from + second * 1000).toFixed(1)}" y="${HEIGHT - 30}" ` +
        `text-anchor="middle">${second}</text>`,
    );
  }
  const start = from > 0 ? ` after ${from / 1000} s` : "";
  marks.push(
    `<text class="soft" x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end">s${start}</text>`,
  );
  return marks.join("\n");
}

function key(top: number, entries: readonly (readonly [style: string, text: string])[]): string {
  const spans = entries.map(([style, text]) =>
    `<tspan class="${style}" dx="14">${escape(text)}</tspan>`
  );
  return `<text x="${WIDTH - RIGHT}" y="${top - 8}" text-anchor="end">${spans.join("")}</text>`;
}

/** A mean of a fifth of a second: aggregates of a Wi-Fi are too fine to be seen. */
function smooth(values: readonly number[]): number[] {
  return values.map((_, index) => {
    const part = values.slice(Math.max(index - 5, 0), index + 5);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/** 1, 2 or 5 times a power of ten, for about so many steps. */
function niceStep(most: number, count: number): number {
  const power = 10 ** Math.floor(Math.log10(most / count));
  return [1, 2, 5, 10].map((factor) => factor * power).find((step) => step * count >= most)!;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
