/**
 * What sound is to reach, and whether it has.
 *
 * @module
 */
import type { BenchLink } from "./links.ts";
import { row } from "./report.ts";

/** The most that half of the beeps may take with nothing on the way, in ms. */
const LOOPBACK_P50 = 80;
/** The same on a link, beside the time that it takes one way. */
const LINK_P50 = 90;
/** Flash and beep may be apart by so much, whichever comes first, in ms. */
const APART = 45;
/** Gaps a minute on a link that loses packets, by what repeats them. */
const GAPS = 0;

/** What was measured of one browser on one link. */
export interface MeasuredSound {
  readonly link: string;
  readonly browser: string;
  readonly transport: string;
  readonly beeps: { readonly heard: readonly number[]; readonly apart: readonly number[] };
  readonly gaps: number;
  readonly toneSeconds: number;
}

/** A figure that has a limit. */
export interface SoundVerdict {
  readonly what: string;
  readonly value: number;
  readonly most: number;
}

/** @returns What there are targets for; a figure that could not be measured is above each of them. */
export function soundVerdicts(
  { beeps, gaps, link: name, toneSeconds, transport }: MeasuredSound,
  links: readonly BenchLink[],
): SoundVerdict[] {
  const link = links.find((each) => each.name === name);
  if (link === undefined) return [];
  const verdicts: SoundVerdict[] = [{
    what: "beep p50, ms",
    value: percentile(beeps.heard, 0.5),
    most: link.settings === undefined ? LOOPBACK_P50 : link.rtt / 2 + LINK_P50,
  }, {
    what: "beep and flash apart p95, ms",
    value: percentile(beeps.apart.map(Math.abs), 0.95),
    most: APART,
  }];
  if (transport === "webtransport" && link.settings?.loss === 0.01) {
    verdicts.push({ what: "gaps a minute", value: gaps * 60 / toneSeconds, most: GAPS });
  }
  return verdicts;
}

/** @returns A table of them all. */
export function soundTargetTable(
  results: readonly MeasuredSound[],
  links: readonly BenchLink[],
): string {
  const lines = results.flatMap((result) =>
    soundVerdicts(result, links).map(({ most, value, what }) =>
      row([
        ...[result.link, result.browser, result.transport, what],
        ...[Number.isFinite(value) ? value.toFixed(1) : "–", `${most}`],
        value <= most ? "met" : "missed",
      ])
    )
  );
  const head = row(["link", "browser", "transport", "figure", "measured", "at most", ""]);
  return ["## Targets", "", head, row(["---", "---", "---", "---", "--:", "--:", "---"]), ...lines]
    .join("\n");
}

function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Infinity;
}
