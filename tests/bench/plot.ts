/**
 * The distributions as an SVG: for each browser and scene, which share of the presses was answered
 * in how many milliseconds, with each press as a tick below.
 *
 * @module
 */
import { percentile } from "../support/rig_statistics.ts";
import { type SystemName, systemTitle } from "./systems.ts";

/** What one panel shows. */
export interface LatencyPanel {
  readonly title: string;
  readonly subtitle: string;
  /** For each system click to photon, in ms. */
  readonly systems: ReadonlyMap<SystemName, { readonly latencies: readonly number[] }>;
}

/** One panel's inside, and the space around it, in SVG units. */
const PANEL = { width: 380, height: 200 };
const MARGIN = { left: 56, right: 24, top: 44, bottom: 74 };
const STRIP = 10;

const STYLE = `
  svg { color-scheme: light dark; --ink: #1c2733; --soft: #5b6875; --grid: #dfe4e9; --paper: #fff;
    --skerry: #0b6fb8; --novnc: #c2571a; --websocket: #3d8f3a; --floor: #7a7f87; }
  @media (prefers-color-scheme: dark) { svg { --ink: #e6ebf0; --soft: #9aa7b4; --grid: #333d48;
    --paper: #14191f; --skerry: #56b4f5; --novnc: #f2975a; --websocket: #8fd08b; --floor: #a2a8b0; } }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .title { font-weight: 600; font-size: 13px; } .soft { fill: var(--soft); }
  .grid { stroke: var(--grid); } .axis { stroke: var(--soft); } .paper { fill: var(--paper); }
  .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
  .tick { stroke-opacity: .55; } .skerry, .webtransport { stroke: var(--skerry); }
  .webcodecs { stroke: var(--skerry); } .wasm { stroke: var(--websocket); }
  .mse { stroke: #9a5fc0; } .jpeg { stroke: #8a8f45; }
  .webcodecs-text { fill: var(--skerry); } .wasm-text { fill: var(--websocket); }
  .mse-text { fill: #9a5fc0; } .jpeg-text { fill: #8a8f45; }
  .websocket { stroke: var(--websocket); } .novnc { stroke: var(--novnc); }
  .floor { stroke: var(--floor); } .floor-text { fill: var(--floor); }
  .key { font-weight: 600; } .skerry-text, .webtransport-text { fill: var(--skerry); }
  .websocket-text { fill: var(--websocket); } .novnc-text { fill: var(--novnc); }`;

/** A step of an axis that gives about `count` steps up to `max`: 1, 2 or 5 times a power of ten. */
export function niceStep(max: number, count: number): number {
  const raw = max / count, power = 10 ** Math.floor(Math.log10(raw));
  const factor = [1, 2, 5, 10].find((f) => f * power >= raw) ?? 10;
  return factor * power;
}

function escape(text: string): string {
  return text.replace(/[&<>]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c] ?? c);
}

/** The end of the time axis: the 99th percentile of the slowest fits well; a freak may fall off. */
function axisEnd(panels: readonly LatencyPanel[]): number {
  const highest = panels.flatMap(({ systems }) =>
    [...systems.values()].filter(({ latencies }) => latencies.length > 0)
      .map(({ latencies }) => percentile(latencies.toSorted((a, b) => a - b), 99))
  );
  const max = Math.max(10, ...highest) * 1.15;
  const step = niceStep(max, 6);
  return Math.ceil(max / step) * step;
}

function curve(name: SystemName, latencies: readonly number[], x: (ms: number) => number): string {
  const sorted = latencies.toSorted((a, b) => a - b);
  const y = (share: number) => PANEL.height * (1 - share);
  let path = `M${x(0).toFixed(1)} ${y(0)}`;
  sorted.forEach((ms, i) => {
    path += `H${x(ms).toFixed(1)}V${y((i + 1) / sorted.length).toFixed(1)}`;
  });
  path += `H${PANEL.width}`;
  return `<path class="curve ${name}" d="${path}"/>`;
}

function panel(result: LatencyPanel, end: number): string {
  const x = (ms: number) => Math.min(ms, end) / end * PANEL.width;
  const parts = [
    `<text class="title" x="0" y="-24">${escape(result.title)}</text>`,
    `<text class="soft" x="0" y="-9">${escape(result.subtitle)}</text>`,
  ];
  for (let percent = 0; percent <= 100; percent += 25) {
    const y = PANEL.height * (1 - percent / 100);
    parts.push(
      `<line class="grid" x1="0" x2="${PANEL.width}" y1="${y}" y2="${y}"/>`,
      `<text class="soft" x="-8" y="${y + 4}" text-anchor="end">${percent}%</text>`,
    );
  }
  const systems = [...result.systems].filter(([, { latencies }]) => latencies.length > 0);
  const floor = PANEL.height + 6 + systems.length * (STRIP + 2);
  for (let ms = 0; ms <= end + 1e-9; ms += niceStep(end, 6)) {
    parts.push(
      `<line class="grid" x1="${x(ms)}" x2="${x(ms)}" y1="0" y2="${PANEL.height}"/>`,
      `<text class="soft" x="${x(ms)}" y="${floor + 14}" text-anchor="middle">${ms}</text>`,
    );
  }
  parts.push(
    `<line class="axis" x1="0" x2="${PANEL.width}" y1="${PANEL.height}" y2="${PANEL.height}"/>`,
    `<text class="soft" x="${PANEL.width}" y="${
      floor + 30
    }" text-anchor="end">click to photon, ms</text>`,
  );
  systems.forEach(([name, { latencies }], i) => {
    const y = PANEL.height + 6 + i * (STRIP + 2);
    const ticks = latencies.map((ms) => `M${x(ms).toFixed(1)} ${y}v${STRIP}`).join("");
    parts.push(`<path class="tick ${name}" d="${ticks}"/>`, curve(name, latencies, x));
  });
  systems.forEach(([name], i) => {
    const y = PANEL.height - 12 - (systems.length - 1 - i) * 16;
    const title = escape(systemTitle(name));
    parts.push(
      `<text class="key ${name}-text" x="${
        PANEL.width - 8
      }" y="${y}" text-anchor="end">${title}</text>`,
    );
  });
  return parts.join("\n");
}

/**
 * Draws the panels, two to a row.
 *
 * @param axes whether all have the same time axis or each its own
 */
export function plotLatencies(
  results: readonly LatencyPanel[],
  axes: "same" | "own" = "same",
): string {
  const cellWidth = MARGIN.left + PANEL.width + MARGIN.right;
  const cellHeight = MARGIN.top + PANEL.height + MARGIN.bottom;
  const columns = Math.min(2, Math.max(1, results.length));
  const rows = Math.max(1, Math.ceil(results.length / columns));
  const width = columns * cellWidth, height = rows * cellHeight;
  const common = axisEnd(results);
  const panels = results.map((result, i) => {
    const left = (i % columns) * cellWidth + MARGIN.left;
    const top = Math.floor(i / columns) * cellHeight + MARGIN.top;
    const end = axes === "same" ? common : axisEnd([result]);
    return `<g transform="translate(${left} ${top})">\n${panel(result, end)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img" ` +
    `aria-label="Share of presses answered within a time, for each system">\n` +
    `<style>${STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>\n` +
    `${panels.join("\n")}\n</svg>\n`;
}
