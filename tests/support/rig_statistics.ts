/**
 * What the rig says about a list of figures.
 *
 * @module
 */

/** The percentiles that every table of the rig shows, in the unit of the samples. */
export interface Summary {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly worst: number;
  readonly mean: number;
}

/**
 * A percentile by linear interpolation between the two nearest ranks.
 *
 * @param sorted ascending, at least one
 * @param p 0 to 100
 * @throws {RangeError} when there is no sample
 */
export function percentile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) throw new RangeError("A percentile needs at least one sample.");
  const rank = (sorted.length - 1) * Math.min(100, Math.max(0, p)) / 100;
  const below = sorted[Math.floor(rank)] ?? 0, above = sorted[Math.ceil(rank)] ?? 0;
  return below + (above - below) * (rank - Math.floor(rank));
}

/** @throws {RangeError} when there is no sample */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    p50: percentile(sorted, 50),
    p90: percentile(sorted, 90),
    p99: percentile(sorted, 99),
    worst: percentile(sorted, 100),
    mean: sorted.reduce((sum, x) => sum + x, 0) / sorted.length,
  };
}

/** The machine's load over the last minute, to be noted beside each figure. */
export function loadAverage(): number {
  return Deno.loadavg()[0] ?? 0;
}
