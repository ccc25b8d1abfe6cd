/**
 * The rows of the catalogue that make H.264.
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
const H264_CAPS = "video/x-h264,stream-format=byte-stream,alignment=au";

export const nvh264enc: EncoderDescription = {
  name: "nvh264enc",
  codec: "h264",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  launch: ({ bitrateKbit }) =>
    `nvh264enc name=encoder bitrate=${bitrateKbit} ` +
    `! h264parse config-interval=-1 ! ${H264_CAPS}`,
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

export const vah264enc: EncoderDescription = {
  name: "vah264enc",
  codec: "h264",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  matrix: guessed,
  launch: ({ bitrateKbit }) =>
    `vah264enc name=encoder bitrate=${bitrateKbit} ` +
    `! h264parse config-interval=-1 ! ${H264_CAPS}`,
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

export const vaapih264enc: EncoderDescription = {
  name: "vaapih264enc",
  codec: "h264",
  chroma: "420",
  hardware: true,
  bits: 1,
  format: "NV12",
  matrix: guessed,
  launch: ({ bitrateKbit }) =>
    `vaapih264enc name=encoder bitrate=${bitrateKbit} ` +
    `! h264parse config-interval=-1 ! ${H264_CAPS}`,
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

/**
 * libx264 keeps clear of its buffer's end: a frame that could fill it takes 0.7 of it at the median, with
 * noise 0.84, and 0.96 at most.
 */
const VBV_MARGIN = 1.2;

// Constant quality: a picture that is encoded again gets all the bits that its quality still needs, and
// none once it has them, so refining a still picture ends by itself. At 20, text has 46 dB; 4:2:0 alone
// holds what the browser shows (RGB) to 44. What bounds a frame is a decoder buffer of the size of one
// frame, set anew before each (`setFrameBudget`). `qcomp=1` keeps the quality independent of how
// much the picture changes, `ip-factor=1` makes keyframes no better than others. Without `qp-max`,
// libx264 goes on beyond H.264's coarsest quantizer, 51, by leaving residuals out: of a page that is turned
// within 40 kbit, 36 % stayed the old page, and 84 % within 8. With it the page takes 107 kbit, and 2 % stay;
// a small change is never left out.
//
// Measured at 1280x720 on 2 cores, medians, push to pull: 2.1 ms for a typed character with two sliced
// threads, 2.9 with one; 2.9 and 4.2 for a window's change; 6.1 and 6.8 for noise all over. 4x4 intra
// blocks cost nothing that can be measured, and give a changed window 2.5 dB in its first frame.
export const x264enc: EncoderDescription = {
  name: "x264enc",
  codec: "h264",
  chroma: "420",
  hardware: false,
  bits: 1,
  format: "I420",
  launch: ({ bitrateKbit, threads }) =>
    "x264enc name=encoder tune=zerolatency speed-preset=ultrafast analyse=i4x4 byte-stream=true " +
    `aud=false pass=qual quantizer=20 qp-max=51 ip-factor=1 bitrate=${bitrateKbit} ` +
    `vbv-buf-capacity=${BURST_MS} key-int-max=${NEVER} threads=${threads} ` +
    `sliced-threads=${threads > 1} option-string="scenecut=0:qcomp=1" ` +
    `! ${H264_CAPS},profile=constrained-baseline`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
  setFrameBudget(encoder, bits, fps) {
    // A buffer that is refilled by as much as it holds is full at each frame. When it grows, it is full
    // only after one frame: libx264 caps its fill at the end of a frame, not at the next one's start.
    const capacityMs = Math.ceil(1000 / fps);
    encoder.set("vbv-buf-capacity", `${capacityMs}`);
    encoder.set("bitrate", `${Math.max(1, Math.floor(bits * VBV_MARGIN / capacityMs))}`);
  },
};

/** High 4:4:4 Predictive: all planes are encoded as luma is. */
export const x264enc444: EncoderDescription = {
  ...x264enc,
  chroma: "444",
  format: "Y444",
  launch: (options) => x264enc.launch(options).replace("constrained-baseline", "high-4:4:4"),
};

export const openh264enc: EncoderDescription = {
  name: "openh264enc",
  codec: "h264",
  chroma: "420",
  hardware: false,
  bits: 1.4,
  format: "I420",
  matrix: guessed,
  // Its screen mode takes 10 ms for what its camera mode does in 4. It does not bound the size of a
  // frame: only the least quantizer does.
  launch: ({ bitrateKbit, threads }) =>
    "openh264enc name=encoder usage-type=camera complexity=low rate-control=bitrate " +
    `gop-size=${NEVER} scene-change-detection=false qp-min=20 ` +
    `bitrate=${bitrateKbit * 1000} max-bitrate=${bitrateKbit * 1000} ` +
    `multi-thread=${threads} slice-mode=auto ! ${H264_CAPS}`,
  setBitrate(encoder, kbit) {
    encoder.set("max-bitrate", `${kbit * 1000}`);
    encoder.set("bitrate", `${kbit * 1000}`);
  },
  // It counts frames in place of time: so it is told the rate that gives this frame its size, and one large
  // frame, which it cannot help, does not make mud of the following ones.
  setFrameBudget(encoder, bits, fps) {
    openh264enc.setBitrate(encoder, Math.max(1, Math.round(bits * fps / 1000)));
  },
};
