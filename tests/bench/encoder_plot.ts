/**
 * Encoders as points: milliseconds a frame against the bit rate for equal quality. Best is lower left.
 *
 * @module
 */
import { niceStep } from "./plot.ts";

/** What a point stands for. */
export interface EncoderPoint {
  readonly encoder: string;
  readonly chroma: string;
  readonly scene: string;
  readonly height: number;
  /** Milliseconds a frame. */
  readonly median: number;
  /** In kbit/s; undefined if it is not known: then there is no point. */
  readonly kbit: number | undefined;
}

/** A panel's inside, and the space around it, in SVG units. */
const PANEL = { width: 360, height: 220 };
const MARGIN = { left: 64, right: 70, top: 40, bottom: 54 };

const STYLE = `
  svg { color-scheme: light dark; --ink: #1c2733; --soft: #5b6875; --grid: #dfe4e9; --paper: #fff;
    --some: #0b6fb8; --full: #c2571a; }
  @media (prefers-color-scheme: dark) { svg { --ink: #e6ebf0; --soft: #9aa7b4; --grid: #333d48;
    --paper: #14191f; --some: #56b4f5; --full: #f2975a; } }
  text { font: 12px system-ui, sans-serif; fill: var(--ink); }
  .title { font-weight: 600; font-size: 13px; } .soft { fill: var(--soft); }
  .grid { stroke: var(--grid); } .paper { fill: var(--paper); }
  .c420 { fill: var(--some); } .c444 { fill: var(--full); }`;

function panel(title: string, points: readonly EncoderPoint[]): string {
  const known = points.filter(({ kbit }) => kbit !== undefined);
  const axis = (values: readonly number[], length: number, count: number) => {
    const max = Math.max(1, ...values) * 1.08;
    const step = niceStep(max, count);
    const end = Math.ceil(max / step) * step;
    const ticks = Array.from({ length: Math.round(end / step) + 1 }, (_, index) => index * step);
    return { ticks, at: (value: number) => value / end * length };
  };
  const x = axis(known.map(({ kbit = 0 }) => kbit), PANEL.width, 5);
  const y = axis(known.map(({ median }) => median), PANEL.height, 5);
  const up = (value: number) => (PANEL.height - y.at(value)).toFixed(1);
  const across = (value: number) => x.at(value).toFixed(1);
  return [
    `<text class="title" x="0" y="-16">${title}</text>`,
    ...y.ticks.map((ms) =>
      `<line class="grid" x1="0" x2="${PANEL.width}" y1="${up(ms)}" y2="${up(ms)}"/>` +
      `<text class="soft" x="-8" y="${up(ms)}" dy="4" text-anchor="end">${ms} ms</text>`
    ),
    ...x.ticks.map((kbit) =>
      `<line class="grid" x1="${across(kbit)}" x2="${across(kbit)}" y1="0" y2="${PANEL.height}"/>` +
      `<text class="soft" x="${across(kbit)}" y="${PANEL.height + 18}" text-anchor="middle">` +
      `${kbit / 1000}</text>`
    ),
    `<text class="soft" x="${PANEL.width}" y="${PANEL.height + 38}" text-anchor="end">` +
    "Mbit/s at 38 dB</text>",
    ...known.map(({ chroma, kbit = 0, median }) =>
      `<circle class="c${chroma}" cx="${across(kbit)}" cy="${up(median)}" r="4"/>`
    ),
    ...labels(known.map(({ encoder, chroma, kbit = 0, median }) => ({
      text: encoder,
      kind: `c${chroma}`,
      x: x.at(kbit) + 7,
      y: PANEL.height - y.at(median) + 4,
    }))),
  ].join("\n");
}

interface Label {
  readonly text: string;
  readonly kind: string;
  readonly x: number;
  readonly y: number;
}

/** Height of a line, and about the width of a letter. */
const LETTER = { width: 6.5, height: 13 };

/** Texts, from the top, each moved down until it hides none of those above. */
function labels(all: readonly Label[]): string[] {
  const placed: Label[] = [];
  for (const label of all.toSorted((a, b) => a.y - b.y)) {
    let { y } = label;
    const hides = (other: Label) =>
      Math.abs(other.y - y) < LETTER.height &&
      label.x < other.x + other.text.length * LETTER.width &&
      other.x < label.x + label.text.length * LETTER.width;
    for (let hidden = placed.find(hides); hidden; hidden = placed.find(hides)) {
      y = hidden.y + LETTER.height;
    }
    placed.push({ ...label, y });
  }
  return placed.map(({ text, kind, x, y }) =>
    `<text class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}">${text}</text>`
  );
}

/** Draws a panel for each scene and size, two to a row; 4:4:4 in another colour. */
export function plotEncoders(points: readonly EncoderPoint[]): string {
  const panels = Map.groupBy(points, ({ scene, height }) => `${scene}, ${height}p`);
  const cell = {
    width: MARGIN.left + PANEL.width + MARGIN.right,
    height: MARGIN.top + PANEL.height + MARGIN.bottom,
  };
  const columns = Math.min(2, Math.max(1, panels.size));
  const width = columns * cell.width;
  const height = Math.ceil(panels.size / columns) * cell.height;
  const drawn = [...panels].map(([title, those], index) => {
    const left = index % columns * cell.width + MARGIN.left;
    const top = Math.floor(index / columns) * cell.height + MARGIN.top;
    return `<g transform="translate(${left} ${top})">\n${panel(title, those)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" role="img" ` +
    `aria-label="Milliseconds a frame and bit rate at equal quality of each encoder">\n` +
    `<style>${STYLE}</style>\n<rect class="paper" width="100%" height="100%"/>\n` +
    `${drawn.join("\n")}\n</svg>\n`;
}
