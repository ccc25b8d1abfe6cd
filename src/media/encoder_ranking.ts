/**
 * Decides which encoder is the best on this machine. `docs/encoders.md` explains the rule and the figures.
 *
 * @module
 */

import type { EncoderDescription } from "./encoder_description.ts";

/** What a ranking goes by. */
export interface RankingOptions {
  /** Milliseconds for a frame, as far as they were measured here. */
  readonly speeds: ReadonlyMap<EncoderDescription, number>;
  /** What the network takes, in kbit/s. */
  readonly bitrateKbit: number;
  /** Most frames a second. */
  readonly fps: number;
}

/** What x264enc needs for a window that has changed to be legible, in kbit: 40 kB. */
const CHANGE_KBIT = 320;
/** Of the time between two frames, what an encoder may take without slowing them down. */
const KEEPING_UP = 0.8;

/** What the desktop's programs do without while the processor encodes, is lost to them: it counts again. */
const PROCESSOR_COUNTS = 2;

/**
 * @returns What a change of a window costs, in milliseconds: until it is encoded, and until it is sent;
 * Infinity if the encoder's speed is not known.
 */
export function changeCost(encoder: EncoderDescription, options: RankingOptions): number {
  const encodeMs = options.speeds.get(encoder);
  if (encodeMs === undefined) return Infinity;
  const encoding = encodeMs * (encoder.hardware ? 1 : PROCESSOR_COUNTS);
  return encoding + CHANGE_KBIT * encoder.bits / options.bitrateKbit * 1000;
}

/**
 * Orders encoders, the best first: those that keep up with the frame rate before those that do not, and
 * among them by what a change costs. What was not measured keeps its place at the end, but for a
 * GPU's: it stays in front, where it is tried and measured.
 */
export function rankEncoders(
  encoders: readonly EncoderDescription[],
  options: RankingOptions,
): EncoderDescription[] {
  const place = (encoder: EncoderDescription): readonly [number, number] => {
    const encodeMs = options.speeds.get(encoder);
    if (encodeMs === undefined) return encoder.hardware ? [0, 0] : [3, 0];
    const keepsUp = encodeMs <= 1000 / options.fps * KEEPING_UP;
    return keepsUp ? [1, changeCost(encoder, options)] : [2, encodeMs];
  };
  return encoders
    .map((encoder) => ({ encoder, place: place(encoder) }))
    .sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1])
    .map(({ encoder }) => encoder);
}
