/**
 * The encoders that Skerry knows, in the order in which it prefers them.
 *
 * To add one, add a row to its codec's file and to the list here; a new codec also wants a reader in
 * `decoder_config.ts`.
 *
 * @module
 */

import { av1enc } from "./av1_encoders.ts";
import type { EncoderDescription } from "./encoder_description.ts";
import { nvh264enc, openh264enc, vaapih264enc, vah264enc, x264enc } from "./h264_encoders.ts";
import { x265enc } from "./hevc_encoders.ts";
import { vp8enc, vp9enc } from "./vpx_encoders.ts";

export type { EncoderDescription, EncoderOptions } from "./encoder_description.ts";

/** All encoders, the preferred one first: hardware, then what is fastest. */
export const encoderCatalogue: readonly EncoderDescription[] = [
  nvh264enc,
  vah264enc,
  vaapih264enc,
  x264enc,
  openh264enc,
  vp8enc,
  vp9enc,
  av1enc,
  x265enc,
];
