/**
 * Reads between samples: band-limited interpolation by a windowed sinc (J. O. Smith, "Digital Audio
 * Resampling"), for playing a stream a hair faster or slower. On a sample it gives just that sample.
 *
 * @module
 */

/** Samples on each side that count. */
export const HALF_WIDTH = 8;
const TAPS = 2 * HALF_WIDTH;
/** Points between two samples; taking the nearest is wrong by less than Opus is, 68 dB at 24 kHz. */
const PHASES = 4096;
/** Of the Kaiser window: side lobes are 80 dB down. */
const BETA = 8;

/** Coefficients for each phase, and for the one after the last, which is the first of the next sample. */
const TABLE = makeTable();

/**
 * Reads a point of a ring.
 *
 * @param samples The ring, a power of two long.
 * @param mask Its length less one.
 * @param position Where, in samples; not negative.
 */
export function interpolate(samples: Float32Array, mask: number, position: number): number {
  const index = Math.floor(position);
  const base = Math.round((position - index) * PHASES) * TAPS;
  const first = index - HALF_WIDTH + 1;
  let sum = 0;
  for (let tap = 0; tap < TAPS; tap++) {
    sum += samples[(first + tap) & mask]! * TABLE[base + tap]!;
  }
  return sum;
}

function makeTable(): Float32Array {
  const table = new Float32Array((PHASES + 1) * TAPS);
  for (let phase = 0; phase <= PHASES; phase++) {
    for (let tap = 0; tap < TAPS; tap++) {
      const distance = tap - (HALF_WIDTH - 1) - phase / PHASES;
      table[phase * TAPS + tap] = sinc(distance) * kaiser(distance / HALF_WIDTH);
    }
  }
  return table;
}

function sinc(x: number): number {
  if (x === 0) return 1;
  // Exactly nothing of the other samples where a sample is: sin(πn) is not quite 0 in floating point.
  if (Number.isInteger(x)) return 0;
  return Math.sin(Math.PI * x) / (Math.PI * x);
}

/** @param x From the middle of the window, -1 to 1. */
function kaiser(x: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);
}

/** The modified Bessel function of the first kind of order 0, by its series. */
function bessel(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-15; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
