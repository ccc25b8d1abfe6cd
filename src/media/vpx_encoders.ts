/**
 * The rows of the catalogue that make VP8 and VP9, by libvpx.
 *
 * @module
 */

import {
  BURST_MS,
  type EncoderDescription,
  guessed,
  NEVER,
  setKnown,
  setQuantizer,
} from "./encoder_description.ts";

export const vp8enc: EncoderDescription = {
  name: "vp8enc",
  codec: "vp8",
  chroma: "420",
  hardware: false,
  bits: 1.05,
  format: "I420",
  // One thread: with two, each waits for the other row by row, and beside other programs one frame in ten
  // took 30 to 100 ms in place of 10.
  launch: ({ bitrateKbit }) =>
    "vp8enc name=encoder deadline=1 cpu-used=12 end-usage=cbr lag-in-frames=0 " +
    `keyframe-mode=disabled keyframe-max-dist=${NEVER} min-quantizer=8 max-quantizer=63 ` +
    `static-threshold=100 buffer-size=${BURST_MS * 2} buffer-initial-size=${BURST_MS} ` +
    `buffer-optimal-size=${BURST_MS} threads=1 target-bitrate=${bitrateKbit * 1000}`,
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit * 1000}`),
};

// Its own rate control lags: from a frame that had to be coarse it takes ten to be fine again, and a still
// picture has no ten. So its quantizer is set for each frame (`QuantizerControl`): at 10, text has 46 dB.
export const vp9enc: EncoderDescription = {
  name: "vp9enc",
  codec: "vp9",
  chroma: "420",
  hardware: false,
  bits: 1.45,
  format: "I420",
  matrix: guessed,
  launch: ({ bitrateKbit, threads }) =>
    "vp9enc name=encoder deadline=1 cpu-used=8 end-usage=cbr lag-in-frames=0 row-mt=true " +
    `tile-columns=1 threads=${threads} keyframe-mode=disabled keyframe-max-dist=${NEVER} ` +
    "min-quantizer=10 max-quantizer=63 static-threshold=0 frame-parallel-decoding=false " +
    `aq-mode=off target-bitrate=${bitrateKbit * 1000}`,
  // No version has it yet; libvpx does.
  tune: (encoder) => setKnown(encoder, { "tune-content": "screen" }),
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit * 1000}`),
  quantizer: { best: 10, worst: 60, set: setQuantizer },
};

export const vp9enc444: EncoderDescription = {
  ...vp9enc,
  chroma: "444",
  format: "Y444",
};
