import type { PictureLimits } from "./picture_source.ts";

/** Fewer frames than this, in a second, are no motion. */
const LEAST_FRAMES_PER_SECOND = 5;
/** What settings and messages allow. */
const LEAST_KBIT = 100;
/** Encoding a larger picture twice is too much for most machines; in pixels. */
const LARGE = 1920 * 1200;

/** What the picture is held to in the best tier. */
export type BestLimits = Pick<PictureLimits, "framesPerSecond" | "bitrate">;

/**
 * What a tier is held to: each has half the frames and half the rate of the one before. The text stays
 * legible, so the size stays as it is in the first; a large screen, or a tier after that, gets half of it
 * in each direction.
 *
 * @param tier 0 for the best.
 * @param screen In pixels.
 */
export function tierLimits(
  best: BestLimits,
  tier: number,
  screen: { readonly width: number; readonly height: number },
): PictureLimits {
  const large = screen.width * screen.height > LARGE;
  const frames = Math.ceil(best.framesPerSecond / 2 ** tier);
  return {
    framesPerSecond: Math.min(
      best.framesPerSecond,
      Math.max(LEAST_FRAMES_PER_SECOND, frames),
    ),
    bitrate: Math.max(LEAST_KBIT, Math.round(best.bitrate / 2 ** tier)),
    reduction: tier >= 2 || tier === 1 && large ? 2 : 1,
  };
}
