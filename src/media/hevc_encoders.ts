/**
 * The rows of the catalogue that make HEVC.
 *
 * @module
 */

import {
  burst,
  BURST_MS,
  type EncoderDescription,
  guessed,
  NEVER,
  setKnown,
} from "./encoder_description.ts";

/** What comes out, so that each access unit is whole and carries its own parameter sets. */
const HEVC_CAPS = "video/x-h265,stream-format=byte-stream,alignment=au";

/** Repeats the parameter sets in front of each keyframe. */
const PARSER = `h265parse config-interval=-1 ! ${HEVC_CAPS}`;

export const nvh265enc: EncoderDescription = {
  name: "nvh265enc",
  codec: "hevc",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  launch: ({ bitrateKbit }) => `nvh265enc name=encoder bitrate=${bitrateKbit} ! ${PARSER}`,
  tune: (encoder, { bitrateKbit }) =>
    setKnown(encoder, {
      "preset": "low-latency-hp",
      "rc-mode": "cbr-ld-hq",
      "zerolatency": true,
      "bframes": 0,
      "rc-lookahead": 0,
      "gop-size": -1,
      "qp-min": 15,
      "vbv-buffer-size": burst(bitrateKbit),
    }),
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

export const vah265enc: EncoderDescription = {
  name: "vah265enc",
  codec: "hevc",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  matrix: guessed,
  launch: ({ bitrateKbit }) => `vah265enc name=encoder bitrate=${bitrateKbit} ! ${PARSER}`,
  tune: (encoder, { bitrateKbit }) =>
    setKnown(encoder, {
      "rate-control": "cbr",
      "b-frames": 0,
      "ref-frames": 1,
      "target-usage": 7,
      "min-qp": 15,
      "key-int-max": 1024,
      "cpb-size": burst(bitrateKbit),
    }),
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

export const vaapih265enc: EncoderDescription = {
  name: "vaapih265enc",
  codec: "hevc",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  matrix: guessed,
  launch: ({ bitrateKbit }) => `vaapih265enc name=encoder bitrate=${bitrateKbit} ! ${PARSER}`,
  tune: (encoder) =>
    setKnown(encoder, {
      "rate-control": "cbr",
      "max-bframes": 0,
      "refs": 1,
      "quality-level": 7,
      "min-qp": 15,
      "keyframe-period": NEVER,
      "cpb-length": BURST_MS,
    }),
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

export const x265enc: EncoderDescription = {
  name: "x265enc",
  codec: "hevc",
  chroma: "420",
  hardware: false,
  bits: 1.1,
  format: "I420",
  launch: ({ bitrateKbit, threads }) =>
    `x265enc name=encoder tune=zerolatency speed-preset=ultrafast bitrate=${bitrateKbit} ` +
    `key-int-max=${NEVER} option-string="scenecut=0:repeat-headers=1:qpmin=20:` +
    `vbv-maxrate=${bitrateKbit}:vbv-bufsize=${burst(bitrateKbit)}:pools=${threads}" ! ${HEVC_CAPS}`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};
