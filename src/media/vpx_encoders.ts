/**
 * The rows of the catalogue that make VP8 and VP9, by libvpx.
 *
 * @module
 */

import { BURST_MS, type EncoderDescription, NEVER } from "./encoder_description.ts";

export const vp8enc: EncoderDescription = {
  name: "vp8enc",
  codec: "vp8",
  chroma: "420",
  hardware: false,
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

export const vp9enc: EncoderDescription = {
  name: "vp9enc",
  codec: "vp9",
  chroma: "420",
  hardware: false,
  format: "I420",
  evenly: true,
  launch: ({ bitrateKbit, threads }) =>
    "vp9enc name=encoder deadline=1 cpu-used=8 end-usage=cbr lag-in-frames=0 row-mt=true " +
    `tile-columns=1 threads=${threads} keyframe-mode=disabled keyframe-max-dist=${NEVER} ` +
    "min-quantizer=10 max-quantizer=63 static-threshold=0 undershoot=0 overshoot=0 " +
    "buffer-size=1 buffer-initial-size=1 buffer-optimal-size=1000 max-intra-bitrate=100 " +
    `frame-parallel-decoding=false aq-mode=off target-bitrate=${bitrateKbit * 1000}`,
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit * 1000}`),
  setFrameBudget: (encoder, bits, fps) => encoder.set("target-bitrate", `${Math.ceil(bits * fps)}`),
};
