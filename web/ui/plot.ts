/**
 * Lines over the last minute, as an SVG.
 *
 * @module
 */

import { css, html, svg, type TemplateResult } from "lit";

/** One line of a plot; times in ms since 1970, gaps where there is no value. */
export interface PlotLine {
  readonly points: readonly (readonly [at: number, value: number | undefined])[];
}

export interface PlotOptions {
  readonly title: string;
  /** What is said of it, for those who do not see it. */
  readonly label: string;
  /** The last value, in words. */
  readonly now: string;
  readonly lines: readonly PlotLine[];
  /** The right edge, in ms since 1970. */
  readonly until: number;
  /** How much time it shows, in ms. */
  readonly span: number;
  /** @returns A value on the axis, in words. */
  format(value: number): string;
  /** The axis goes up to this at least. */
  readonly least: number;
}

/** Units of the drawing; it is as wide as there is room. */
const WIDTH = 300;
const HEIGHT = 56;
/** Longer than this, in ms, nothing was measured: there the line is broken. */
const GAP = 2500;

export function plot(options: PlotOptions): TemplateResult {
  const { format, label, least, lines, now, span, title, until } = options;
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value ?? 0));
  const most = niceMost(Math.max(least, ...values));
  const place = (at: number, value: number) => {
    const x = WIDTH * (1 - (until - at) / span);
    return `${x.toFixed(1)} ${(HEIGHT * (1 - value / most)).toFixed(1)}`;
  };
  return html`
    <figure class="plot">
      <figcaption aria-hidden="true"><span>${title}</span><span>${now}</span></figcaption>
      <svg
        viewBox="0 -1 ${WIDTH} ${HEIGHT + 2}"
        preserveAspectRatio="none"
        role="img"
        aria-label=${label}
      >
        <path class="grid" d="M0 0H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}M0 ${HEIGHT}H${WIDTH}" />
        ${lines.map(({ points }, index) =>
          svg`<path class="line line-${index}" d=${path(points, place)} />`
        )}
      </svg>
      <span class="most" aria-hidden="true">${format(most)}</span>
    </figure>
  `;
}

function path(points: PlotLine["points"], place: (at: number, value: number) => string): string {
  let text = "";
  let last = -Infinity;
  for (const [at, value] of points) {
    if (value === undefined) continue;
    text += `${at - last > GAP ? "M" : "L"}${place(at, value)}`;
    last = at;
  }
  return text;
}

/** @returns The next of 1, 2, 5, 10, 20 … from a value. */
export function niceMost(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5].find((each) => each * power >= value * (1 - 1e-9));
  return (step ?? 10) * power;
}

export const plotStyles = css`
  .plot {
    position: relative;
    margin: 0;
  }

  .plot figcaption {
    display: flex;
    justify-content: space-between;
    gap: 1rem;
    font-variant-numeric: tabular-nums;
  }

  .plot figcaption span:last-child {
    color: var(--quiet);
  }

  .plot svg {
    display: block;
    width: 100%;
    height: 3.5rem;
    fill: none;
  }

  .plot .grid {
    stroke: var(--edge);
    vector-effect: non-scaling-stroke;
  }

  .plot .line {
    stroke: var(--accent);
    stroke-width: 1.75;
    stroke-linejoin: round;
    stroke-linecap: round;
    vector-effect: non-scaling-stroke;
  }

  .plot .line-1 {
    stroke: var(--quiet);
    stroke-dasharray: 4 3;
  }

  .plot .most {
    position: absolute;
    left: 0;
    top: 1.5rem;
    padding: 0 0.25rem 0 0;
    font-size: 0.75rem;
    line-height: 1.2;
    color: var(--quiet);
    background: var(--surface);
  }
`;
