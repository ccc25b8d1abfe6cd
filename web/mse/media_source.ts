/**
 * The browser's Media Source Extensions, where it has them.
 *
 * @module
 */

declare global {
  /** Of Media Source Extensions 2: all that iPhones have. */
  var ManagedMediaSource: typeof MediaSource | undefined;
}

/** What is asked of the browser, by the protocol's names, best first: High and constrained baseline. */
const ASKED = [
  ["h264", "avc1.640028"],
  ["h264-constrained-baseline", "avc1.42c01f"],
] as const;

/** @returns Undefined if this browser has none. */
export function mediaSource(): typeof MediaSource | undefined {
  if (typeof MediaSource === "function") return MediaSource;
  return typeof ManagedMediaSource === "function" ? ManagedMediaSource : undefined;
}

/** @returns What can be shown in a video, by the protocol's names; nothing where there is no such way. */
export function mseDecoders(): readonly string[] {
  const source = mediaSource();
  if (source === undefined) return [];
  return ASKED
    .filter(([, codec]) => source.isTypeSupported(`video/mp4; codecs="${codec}"`))
    .map(([name]) => name);
}
