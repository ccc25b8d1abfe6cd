/**
 * The encoders that Skerry knows, in the order in which it prefers them.
 *
 * To add one, add a row to its codec's file and to the list here; a new codec also wants a reader in
 * `decoder_config.ts`.
 *
 * @module
 */

import { av1enc, av1enc444, nvav1enc, rav1enc, svtav1enc, vaav1enc } from "./av1_encoders.ts";
import type { EncoderDescription } from "./encoder_description.ts";
import {
  nvh264enc,
  openh264enc,
  vaapih264enc,
  vah264enc,
  x264enc,
  x264enc444,
} from "./h264_encoders.ts";
import { nvh265enc, vaapih265enc, vah265enc, x265enc } from "./hevc_encoders.ts";
import { vp8enc, vp9enc, vp9enc444 } from "./vpx_encoders.ts";

export type { EncoderDescription, EncoderOptions } from "./encoder_description.ts";

/** All encoders, the preferred one first: hardware, then what is fastest; 4:4:4 behind. */
export const encoderCatalogue: readonly EncoderDescription[] = [
  nvh264enc,
  vah264enc,
  vaapih264enc,
  x264enc,
  openh264enc,
  vp8enc,
  vp9enc,
  nvav1enc,
  vaav1enc,
  svtav1enc,
  av1enc,
  rav1enc,
  nvh265enc,
  vah265enc,
  vaapih265enc,
  x265enc,
  x264enc444,
  vp9enc444,
  av1enc444,
];
