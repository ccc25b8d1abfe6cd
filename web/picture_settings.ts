/**
 * What the user wants of the picture, as the server is asked for it.
 *
 * @module
 */

import type { PictureSettings, VideoCodec } from "../src/protocol/control_message.ts";
import type { Observable } from "./observable.ts";
import type { Preferences } from "./preferences.ts";

/** Codecs that the page knows by name; the server says which of them there are. */
export const CODEC_NAMES: Readonly<Record<VideoCodec, string>> = {
  h264: "H.264",
  vp8: "VP8",
  vp9: "VP9",
  av1: "AV1",
  hevc: "H.265",
  jpeg: "JPEG",
};

/** Of the most kbit/s. */
export const BITRATES = [500, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000] as const;
/** Of the most frames a second. */
export const FRAME_RATES = [10, 15, 24, 30, 60, 120] as const;

/** @returns What differs from what the server does by itself. */
export function pictureSettings(
  { bitrate, chroma, codec, framesPerSecond }: Pick<
    Preferences,
    "bitrate" | "chroma" | "codec" | "framesPerSecond"
  >,
): PictureSettings {
  return {
    ...(Object.hasOwn(CODEC_NAMES, codec) ? { codec: codec as VideoCodec } : {}),
    ...(chroma === "auto" ? {} : { chroma }),
    ...(BITRATES.some((each) => each === bitrate) ? { bitrate } : {}),
    ...(FRAME_RATES.some((each) => each === framesPerSecond) ? { framesPerSecond } : {}),
  };
}

/** Asks at once for what is wanted, and again whenever that is something else. */
export function askForPicture(
  preferences: Observable<Preferences>,
  ask: (settings: PictureSettings) => void,
  signal: AbortSignal,
): void {
  let asked = "{}";
  const look = () => {
    const settings = pictureSettings(preferences.value);
    const text = JSON.stringify(settings);
    if (text === asked) return;
    asked = text;
    ask(settings);
  };
  preferences.watch(look, signal);
  look();
}
