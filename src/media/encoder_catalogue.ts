/**
 * The encoders that Skerry knows, in the order in which it prefers them.
 *
 * To add one, add a row; a new codec also wants a reader in `decoder_config.ts`.
 *
 * @module
 */

import type { ColourMatrix, Element, PixelFormat } from "../../ffi/mod.ts";
import type { Codec } from "./decoder_config.ts";

/** What an encoder is to do. */
export interface EncoderOptions {
  /** Most frames a second; fewer may come, when less changes. */
  readonly fps: number;
  /** Target in kbit/s. */
  readonly bitrateKbit: number;
  /** Threads for one frame; what the machine allows. */
  readonly threads: number;
}

/** A row of the catalogue. */
export interface EncoderDescription {
  /** Name of the GStreamer element, and of the `--encoder` option. */
  readonly name: string;
  readonly codec: Codec;
  /** Whether a GPU does the work. */
  readonly hardware: boolean;
  /** The pixel format that it takes without converting. */
  readonly format: PixelFormat;
  /**
   * What a decoder will take the colours to be made with, in a picture of this height; without it, what the
   * stream says.
   */
  matrix?(height: number): ColourMatrix;
  /** The part of the pipeline that encodes; its first element is called `encoder`. */
  launch(options: EncoderOptions): string;
  /**
   * Sets, before it plays, what not every version of the element has. Drivers and versions differ most in
   * hardware encoders, and one property that is not there must not cost the encoder.
   */
  tune?(encoder: Element, options: EncoderOptions): void;
  /** Changes the target while playing. @param kbit In kbit/s. */
  setBitrate(encoder: Element, kbit: number): void;
  /**
   * Bounds the size of the next frame, where the encoder can be told; `setBitrate` is not called then.
   * A larger bound than the last one need not hold before the frame after the next.
   *
   * @param bits Most bits.
   * @param fps Most frames a second, as at the launch.
   */
  setFrameBudget?(encoder: Element, bits: number, fps: number): void;
}

/** What comes out, so that each access unit is whole and carries its own parameter sets. */
const H264_CAPS = "video/x-h264,stream-format=byte-stream,alignment=au";

/**
 * Milliseconds of the target bitrate that one frame may use after a pause. A full screen of text takes
 * some 90 kB to be legible at once, which is 90 ms at the default of 8000 kbit/s.
 */
export const BURST_MS = 100;

/**
 * The matrix for a stream that does not say which: what Chromium and Firefox then assume of H.264. Nothing
 * else that they can be told reaches Firefox's decoder.
 */
const guessed = (height: number): ColourMatrix => height < 720 ? "bt601" : "bt709";

/** More frames than ever come: a keyframe is made on demand only. */
const NEVER = 1_000_000;

function setKnown(encoder: Element, properties: Record<string, string | number | boolean>): void {
  for (const [name, value] of Object.entries(properties)) {
    if (encoder.has(name)) encoder.set(name, `${value}`);
  }
}

const nvh264enc: EncoderDescription = {
  name: "nvh264enc",
  codec: "h264",
  hardware: true,
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

const vah264enc: EncoderDescription = {
  name: "vah264enc",
  codec: "h264",
  hardware: true,
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

const vaapih264enc: EncoderDescription = {
  name: "vaapih264enc",
  codec: "h264",
  hardware: true,
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

// Constant quality: a picture that is encoded again gets all the bits that its quality still needs, and
// none once it has them, so refining a still picture ends by itself. At 20, text has 46 dB; 4:2:0 alone
// holds what the browser shows (RGB) to 44. What bounds a frame is a decoder buffer of the size of one
// frame, set anew before each (`setFrameBudget`). `qcomp=1` keeps the quality independent of how
// much the picture changes, `ip-factor=1` makes keyframes no better than others.
//
// Measured at 1280x720 on 2 cores, medians, push to pull: 2.1 ms for a typed character with two sliced
// threads, 2.9 with one; 2.9 and 4.2 for a window's change; 6.1 and 6.8 for noise all over. 4x4 intra
// blocks cost nothing that can be measured, and give a changed window 2.5 dB in its first frame.
const x264enc: EncoderDescription = {
  name: "x264enc",
  codec: "h264",
  hardware: false,
  format: "I420",
  launch: ({ bitrateKbit, threads }) =>
    "x264enc name=encoder tune=zerolatency speed-preset=ultrafast analyse=i4x4 byte-stream=true " +
    `aud=false pass=qual quantizer=20 ip-factor=1 bitrate=${bitrateKbit} ` +
    `vbv-buf-capacity=${BURST_MS} key-int-max=${NEVER} threads=${threads} ` +
    `sliced-threads=${threads > 1} option-string="scenecut=0:qcomp=1" ` +
    `! ${H264_CAPS},profile=constrained-baseline`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
  setFrameBudget(encoder, bits, fps) {
    // A buffer that is refilled by as much as it holds is full at each frame. When it grows, it is full
    // only after one frame: libx264 caps its fill at the end of a frame, not at the next one's start.
    const capacityMs = Math.ceil(1000 / fps);
    encoder.set("vbv-buf-capacity", `${capacityMs}`);
    encoder.set("bitrate", `${Math.max(1, Math.floor(bits / capacityMs))}`);
  },
};

const openh264enc: EncoderDescription = {
  name: "openh264enc",
  codec: "h264",
  hardware: false,
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
};

const vp8enc: EncoderDescription = {
  name: "vp8enc",
  codec: "vp8",
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

function burst(bitrateKbit: number): number {
  return Math.ceil(bitrateKbit * BURST_MS / 1000);
}

/** All encoders, the preferred one first: hardware, then what is fastest. */
export const encoderCatalogue: readonly EncoderDescription[] = [
  nvh264enc,
  vah264enc,
  vaapih264enc,
  x264enc,
  openh264enc,
  vp8enc,
];
