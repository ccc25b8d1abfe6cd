/**
 * Rates over time as networks have them; made up, but always the same.
 *
 * @module
 */

import { randomNumbers } from "./link_simulation_clock.ts";
import type { RateStep } from "./link_simulation_link.ts";

/** An even rate. */
export function constant(kbit: number): RateStep[] {
  return [[0, kbit]];
}

/**
 * A cell of a mobile network: every 100 ms the rate drifts, between bounds, by up to a third; now and then
 * a handover takes 150 ms, and another cell has another rate.
 */
export function lte(duration: number, seed: number, [low, high]: readonly [number, number]) {
  const random = randomNumbers(seed);
  const steps: RateStep[] = [];
  let kbit = Math.sqrt(low * high);
  for (let at = 0; at < duration; at += 100) {
    kbit = Math.min(Math.max(kbit * Math.exp((random() - 0.5) * 0.6), low), high);
    if (at > 0 && random() < 0.01) {
      steps.push([at, 0], [at + 50, 0]);
      kbit = low + (high - low) * random();
      at += 50;
    }
    steps.push([at, kbit]);
  }
  return steps;
}

/**
 * A wireless network that others use too: aggregates of up to 4 ms at the full rate, with pauses of 1 to 12
 * ms between them, more of them while it is crowded.
 */
export function wifi(duration: number, seed: number, kbit: number): RateStep[] {
  const random = randomNumbers(seed);
  const steps: RateStep[] = [];
  for (let at = 0; at < duration;) {
    steps.push([at, kbit * (0.7 + 0.3 * random())]);
    at += 1 + 3 * random();
    steps.push([at, 0]);
    const crowded = Math.sin(at / 3000) > 0.3;
    at += 1 + (crowded ? 11 : 3) * random();
  }
  return steps;
}

/** Up and down evenly, in steps of 50 ms; the period in ms. */
export function wave(
  duration: number,
  [low, high]: readonly [number, number],
  period: number,
): RateStep[] {
  const steps: RateStep[] = [];
  for (let at = 0; at < duration; at += 50) {
    const phase = (1 + Math.sin(2 * Math.PI * at / period)) / 2;
    steps.push([at, low * (high / low) ** phase]);
  }
  return steps;
}
