/**
 * What came of a simulated run, in figures, and whether that is good enough.
 *
 * @module
 */

import type { Outcome } from "./link_simulation.ts";
import type { Bounds } from "./link_simulation_scenarios.ts";

/** Times in ms; undefined where nothing is to be measured. */
export interface Figures {
  readonly queueP50: number;
  readonly queueP95: number;
  /** Of the link's capacity, what frames took that arrived. */
  readonly utilisation: number;
  /** From change to arrival. */
  readonly delayP50: number;
  readonly delayP95: number;
  readonly framesPerSecond: number;
  readonly worstAge: number;
  readonly recovery: number | undefined;
  readonly rise: number | undefined;
  readonly fall: number | undefined;
}

/** How long no frame may be late again for a recovery to count, in ms. */
const STEADY_MS = 1000;

/** The value below which a part of them lies; NaN if there is none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? NaN;
}

/** The figures that the bounds are about. */
export function figures(outcome: Outcome, bounds: Bounds): Figures {
  const { scenario, trace } = outcome;
  const [from, to] = bounds.between ?? [2000, scenario.duration];
  const within = (at: number) => at >= from && at < to;
  const waits = outcome.waits.filter(({ at }) => within(at)).map(({ wait }) => wait);
  const frames = outcome.frames.filter(({ takenAt }) => within(takenAt));
  const arrived = frames.filter(({ arrivedAt }) => arrivedAt <= scenario.duration);
  const delays = arrived.map(({ arrivedAt, changedAt }) => arrivedAt - changedAt);
  const octets = outcome.frames.filter(({ arrivedAt }) => within(arrivedAt))
    .reduce((sum, frame) => sum + frame.octets, 0);
  return {
    queueP50: quantile(waits, 0.5),
    queueP95: quantile(waits, 0.95),
    utilisation: octets / trace.capacity(from, to),
    delayP50: quantile(delays, 0.5),
    delayP95: quantile(delays, 0.95),
    framesPerSecond: arrived.length * 1000 / (to - from),
    worstAge: worstAge(outcome, from),
    recovery: bounds.recovery && recovery(outcome, bounds.recovery),
    rise: bounds.rise && reached(outcome, bounds.rise.from, (kbit) => kbit >= bounds.rise!.kbit),
    fall: bounds.fall && reached(outcome, bounds.fall.from, (kbit) => kbit <= bounds.fall!.kbit),
  };
}

/** What was promised and not kept, in words; nothing if all was. */
export function shortfalls(found: Figures, bounds: Bounds): string[] {
  const [p50, p95] = bounds.queue;
  const checks: [string, number | undefined, "most" | "least", number | undefined][] = [
    ["median queue, ms", found.queueP50, "most", p50],
    ["queue p95, ms", found.queueP95, "most", p95],
    ["utilisation", found.utilisation, "least", bounds.utilisation],
    ["worst age, ms", found.worstAge, "most", bounds.worstAge],
    ["recovery, ms", found.recovery, "most", bounds.recovery?.within],
    ["rise, ms", found.rise, "most", bounds.rise?.within],
    ["fall, ms", found.fall, "most", bounds.fall?.within],
  ];
  return checks.flatMap(([name, value, side, bound]) => {
    if (bound === undefined) return [];
    const kept = value !== undefined && (side === "most" ? value <= bound : value >= bound);
    return kept ? [] : [`${name}: ${value?.toFixed(2)}, should be at ${side} ${bound}`];
  });
}

/** How old the picture on the screen was at most before a newer one came, while there was a newer one. */
function worstAge({ frames, scenario }: Outcome, from: number): number {
  let worst = 0;
  for (const [index, { takenAt, arrivedAt }] of frames.entries()) {
    const next = frames[index + 1];
    if (takenAt < from || next === undefined || next.changedAt > arrivedAt) continue;
    worst = Math.max(worst, Math.min(next.arrivedAt, scenario.duration) - takenAt);
  }
  return worst;
}

/** How long it takes from a time on until no frame is late any more, for a while. */
function recovery(
  { frames, scenario }: Outcome,
  { from, age }: NonNullable<Bounds["recovery"]>,
): number {
  let since: number | undefined;
  for (const { changedAt, arrivedAt } of frames.toSorted((a, b) => a.arrivedAt - b.arrivedAt)) {
    if (arrivedAt < from) continue;
    if (arrivedAt > scenario.duration || arrivedAt - changedAt > age) since = undefined;
    else since ??= arrivedAt;
    if (since !== undefined && arrivedAt - since >= STEADY_MS) return since - from;
  }
  return Infinity;
}

function reached({ samples }: Outcome, from: number, good: (kbit: number) => boolean): number {
  const first = samples.find(({ at, bitrate }) => at > from && good(bitrate));
  return first === undefined ? Infinity : first.at - from;
}
