/**
 * How many bits the frame of a change may take, whatever the path would carry.
 *
 * What moved before beside it would take many times that, to be refined as soon as it stands still for a
 * moment: the answer to a key, which is a small change, would wait on the wire for it.
 *
 * @module
 */

/** What text needs at most. */
const BITS_PER_CHANGED_PIXEL = 2;
/** A letter or a line of it: half as much does for these. */
const FEW_PIXELS = 16_384;
const BITS_PER_FIRST_PIXEL = 1;
/** For any change. */
const LEAST_BITS = 8_000;
/** Below that a small change may take the less, in kbit/s: at 3 Mbit/s it arrives 1.3 ms sooner by that. */
const FULL_DETAIL_KBIT = 6_000;
const LEAST_DETAIL = 1 / 2;

/**
 * The most bits of a frame that shows a change.
 *
 * @param changedPixels How many have changed since the last frame.
 * @param bitrateKbit What the network takes on average, in kbit/s.
 */
export function changeBudget(changedPixels: number, bitrateKbit = Infinity): number {
  const detail = Math.min(Math.max(bitrateKbit / FULL_DETAIL_KBIT, LEAST_DETAIL), 1);
  const few = Math.min(changedPixels, FEW_PIXELS);
  const bits = (changedPixels - few) * BITS_PER_CHANGED_PIXEL + few * BITS_PER_FIRST_PIXEL * detail;
  return Math.max(bits, LEAST_BITS * detail);
}
