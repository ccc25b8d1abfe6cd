/**
 * How late the browser's output is.
 *
 * @module
 */

import type { OutputClock } from "./audio_messages.ts";

/** What is used of an `AudioContext`. */
export type OutputContext = Pick<
  AudioContext,
  "currentTime" | "sampleRate" | "getOutputTimestamp"
>;

/**
 * From rendering to the loudspeaker in Firefox on Linux, in ms: it said 29 and 38, as ever the first
 * look fell out, and the same from then on.
 */
const FIREFOX_OUTPUT_MS = 33;

/**
 * Looks how the audio thread's clock and the page's lie to each other.
 *
 * Firefox is not asked. To answer `getOutputTimestamp` and `outputLatency`, its page's thread takes the audio
 * graph's lock and waits for the sound server's thread, which may itself be waiting for the audio
 * thread, which waits for that lock: then the page stands still for good. On a busy machine with
 * PulseAudio, Firefox 153 did so in three of seven runs of a test.
 *
 * @param userAgent `navigator.userAgent`.
 * @param now Ms since 1970.
 */
export function readOutputClock(
  context: OutputContext,
  userAgent: string,
  now: number,
): OutputClock {
  const { currentTime, sampleRate: rate } = context;
  if (/\bFirefox\//.test(userAgent)) {
    return { contextTime: currentTime, heardAt: now + FIREFOX_OUTPUT_MS, rate };
  }
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  // A browser without a loudspeaker knows of no output.
  if (contextTime === undefined || performanceTime === undefined || performanceTime <= 0) {
    return { contextTime: currentTime, heardAt: now, rate };
  }
  return { contextTime, heardAt: performance.timeOrigin + performanceTime, rate };
}
