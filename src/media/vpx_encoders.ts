/**
 * The rows of the catalogue that make VP8 and VP9, by libvpx.
 *
 * @module
 */

import { type EncoderDescription, NEVER, setKnown, setQuantizer } from "./encoder_description.ts";
import { describeVp9Colours } from "./vp9_bitstream.ts";

// libvpx's own rate control lags: VP9 takes ten frames to be fine again after one that had to be coarse, and
// a still picture has no ten; VP8 lets a frame after a pause be twice as large as it may. So the quantizer
// is set for each frame (`QuantizerControl`): at 8 and at 10, text has 46 dB.
export const vp8enc: EncoderDescription = {
  name: "vp8enc",
  codec: "vp8",
  chroma: "420",
  hardware: false,
  bits: 1.7,
  format: "I420",
  // At a higher `cpu-used` it does not find where lines of text have scrolled to: 8 Mbit/s gave 20 dB in place
  // of 41. One thread: with two, each waits for the other row by row, and beside other programs one frame in ten
  // took 30 to 100 ms in place of 10.
  launch: ({ bitrateKbit }) =>
    "vp8enc name=encoder deadline=1 cpu-used=6 end-usage=cbr lag-in-frames=0 " +
    `keyframe-mode=disabled keyframe-max-dist=${NEVER} min-quantizer=8 max-quantizer=63 ` +
    `static-threshold=100 threads=1 target-bitrate=${bitrateKbit * 1000}`,
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit * 1000}`),
  quantizer: { best: 8, worst: 63, set: setQuantizer },
};

export const vp9enc: EncoderDescription = {
  name: "vp9enc",
  codec: "vp9",
  chroma: "420",
  hardware: false,
  bits: 1.2,
  format: "I420",
  launch: ({ bitrateKbit, threads }) =>
    "vp9enc name=encoder deadline=1 cpu-used=8 end-usage=cbr lag-in-frames=0 row-mt=true " +
    `tile-columns=1 threads=${threads} keyframe-mode=disabled keyframe-max-dist=${NEVER} ` +
    "min-quantizer=10 max-quantizer=63 static-threshold=0 frame-parallel-decoding=false " +
    `aq-mode=off target-bitrate=${bitrateKbit * 1000}`,
  // No version has it yet; libvpx does.
  tune: (encoder) => setKnown(encoder, { "tune-content": "screen" }),
  describeColours: (unit, matrix) => describeVp9Colours(unit, matrix === "bt601" ? 5 : 1),
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit * 1000}`),
  quantizer: { best: 10, worst: 63, set: setQuantizer },
};

export const vp9enc444: EncoderDescription = {
  ...vp9enc,
  chroma: "444",
  format: "Y444",
};
