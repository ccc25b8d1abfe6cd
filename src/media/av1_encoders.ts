/**
 * The rows of the catalogue that make AV1.
 *
 * @module
 */

import {
  burst,
  type EncoderDescription,
  guessed,
  NEVER,
  setKnown,
  setQuantizer,
} from "./encoder_description.ts";

/** What comes out: whole temporal units, with the sequence header in front of keyframes. */
const PARSER = "av1parse ! video/x-av1,stream-format=obu-stream,alignment=tu";

export const nvav1enc: EncoderDescription = {
  name: "nvav1enc",
  codec: "av1",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  matrix: guessed,
  launch: ({ bitrateKbit }) => `nvav1enc name=encoder bitrate=${bitrateKbit} ! ${PARSER}`,
  tune: (encoder, { bitrateKbit }) =>
    setKnown(encoder, {
      "preset": "p1",
      "tune": "ultra-low-latency",
      "rate-control": "cbr",
      "zero-reorder-delay": true,
      "b-frames": 0,
      "rc-lookahead": 0,
      "gop-size": -1,
      "vbv-buffer-size": burst(bitrateKbit),
    }),
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

export const vaav1enc: EncoderDescription = {
  name: "vaav1enc",
  codec: "av1",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  matrix: guessed,
  launch: ({ bitrateKbit }) => `vaav1enc name=encoder bitrate=${bitrateKbit} ! ${PARSER}`,
  tune: (encoder, { bitrateKbit }) =>
    setKnown(encoder, {
      "rate-control": "cbr",
      "ref-frames": 1,
      "gf-group-size": 1,
      "hierarchical-level": 1,
      "target-usage": 7,
      "min-qp": 40,
      "key-int-max": 1024,
      "cpb-size": burst(bitrateKbit),
    }),
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

// As `vp9enc`, a quantizer for each frame. A `max-quantizer` of 0, which is the default, ends the process.
export const av1enc: EncoderDescription = {
  name: "av1enc",
  codec: "av1",
  chroma: "420",
  hardware: false,
  bits: 3.8,
  format: "I420",
  matrix: guessed,
  launch: ({ bitrateKbit, threads }) =>
    "av1enc name=encoder usage-profile=realtime cpu-used=10 end-usage=cbr lag-in-frames=0 " +
    `row-mt=true tile-columns=1 threads=${threads} keyframe-mode=auto ` +
    `keyframe-max-dist=${NEVER} min-quantizer=10 max-quantizer=63 ` +
    `target-bitrate=${bitrateKbit}`,
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit}`),
  quantizer: { best: 10, worst: 63, set: setQuantizer },
  // GStreamer 1.22's takes the event and forgets it. A distance of 0 makes all frames keyframes, and when it
  // is set back, the next one still is.
  forceKeyframe: {
    before: (encoder) => encoder.set("keyframe-max-dist", "0"),
    after: (encoder) => encoder.set("keyframe-max-dist", `${NEVER}`),
  },
};

export const av1enc444: EncoderDescription = { ...av1enc, chroma: "444", format: "Y444" };

export const svtav1enc: EncoderDescription = {
  name: "svtav1enc",
  codec: "av1",
  chroma: "420",
  hardware: false,
  bits: 1,
  format: "I420",
  matrix: guessed,
  launch: ({ bitrateKbit }) =>
    `svtav1enc name=encoder target-bitrate=${bitrateKbit} intra-period-length=-1 ! ${PARSER}`,
  // Low delay, one pass, no frames ahead; screen content tools on.
  tune: (encoder) =>
    setKnown(encoder, {
      "preset": 12,
      "parameters-string": "pred-struct=1:rc=2:lookahead=0:scm=1:scd=0",
    }),
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit}`),
};

export const rav1enc: EncoderDescription = {
  name: "rav1enc",
  codec: "av1",
  chroma: "420",
  hardware: false,
  bits: 1,
  format: "I420",
  matrix: guessed,
  launch: ({ bitrateKbit, threads }) =>
    `rav1enc name=encoder bitrate=${bitrateKbit * 1000} threads=${threads} ! ${PARSER}`,
  tune: (encoder) =>
    setKnown(encoder, {
      "speed-preset": 10,
      "low-latency": true,
      "rdo-lookahead-frames": 1,
      "max-key-frame-interval": NEVER,
    }),
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit * 1000}`),
};
