/**
 * The encoders that Skerry knows, in the order in which it prefers them.
 *
 * To add one, add a row; a new codec also wants a reader in `decoder_config.ts`.
 *
 * @module
 */

import type { Element, PixelFormat } from "../../ffi/mod.ts";
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
  /** The part of the pipeline that encodes; its first element is called `encoder`. */
  launch(options: EncoderOptions): string;
  /** Changes the target while playing. @param kbit In kbit/s. */
  setBitrate(encoder: Element, kbit: number): void;
}

/** What comes out, so that each access unit is whole and carries its own parameter sets. */
const H264_CAPS = "video/x-h264,stream-format=byte-stream,alignment=au";

/** Milliseconds of the target bitrate that one burst may use at once. */
const BURST_MS = 100;

/** More frames than ever come: a keyframe is made on demand only. */
const NEVER = 1_000_000;

const nvh264enc: EncoderDescription = {
  name: "nvh264enc",
  codec: "h264",
  hardware: true,
  format: "NV12",
  launch: ({ bitrateKbit }) =>
    "nvh264enc name=encoder preset=low-latency-hp zerolatency=true rc-mode=cbr-ld-hq bframes=0 " +
    `gop-size=-1 rc-lookahead=0 qp-min=10 bitrate=${bitrateKbit} ` +
    `vbv-buffer-size=${burst(bitrateKbit)} ! h264parse config-interval=-1 ! ${H264_CAPS}`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

const vah264enc: EncoderDescription = {
  name: "vah264enc",
  codec: "h264",
  hardware: true,
  format: "NV12",
  launch: ({ bitrateKbit }) =>
    "vah264enc name=encoder rate-control=cbr b-frames=0 ref-frames=1 target-usage=7 min-qp=10 " +
    `key-int-max=1024 cpb-size=${burst(bitrateKbit)} bitrate=${bitrateKbit} ` +
    `! h264parse config-interval=-1 ! ${H264_CAPS}`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

const vaapih264enc: EncoderDescription = {
  name: "vaapih264enc",
  codec: "h264",
  hardware: true,
  format: "NV12",
  launch: ({ bitrateKbit }) =>
    "vaapih264enc name=encoder rate-control=cbr max-bframes=0 refs=1 quality-level=7 min-qp=10 " +
    `keyframe-period=${NEVER} cpb-length=${BURST_MS} bitrate=${bitrateKbit} ` +
    `! h264parse config-interval=-1 ! ${H264_CAPS}`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

const x264enc: EncoderDescription = {
  name: "x264enc",
  codec: "h264",
  hardware: false,
  format: "I420",
  launch: ({ bitrateKbit, threads }) =>
    "x264enc name=encoder tune=zerolatency speed-preset=ultrafast byte-stream=true aud=false " +
    `pass=cbr bitrate=${bitrateKbit} vbv-buf-capacity=${BURST_MS} key-int-max=${NEVER} ` +
    `threads=${threads} sliced-threads=true option-string="scenecut=0" ` +
    `! ${H264_CAPS},profile=constrained-baseline`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit}`),
};

const openh264enc: EncoderDescription = {
  name: "openh264enc",
  codec: "h264",
  hardware: false,
  format: "I420",
  launch: ({ bitrateKbit, threads }) =>
    "openh264enc name=encoder usage-type=screen complexity=low rate-control=bitrate " +
    `gop-size=${NEVER} scene-change-detection=false qp-min=10 ` +
    `bitrate=${bitrateKbit * 1000} max-bitrate=${bitrateKbit * 1000} ` +
    `multi-thread=${threads} ! ${H264_CAPS}`,
  setBitrate: (encoder, kbit) => encoder.set("bitrate", `${kbit * 1000}`),
};

const vp8enc: EncoderDescription = {
  name: "vp8enc",
  codec: "vp8",
  hardware: false,
  format: "I420",
  launch: ({ bitrateKbit, threads }) =>
    "vp8enc name=encoder deadline=1 cpu-used=12 end-usage=cbr lag-in-frames=0 " +
    `keyframe-mode=disabled keyframe-max-dist=${NEVER} min-quantizer=4 max-quantizer=56 ` +
    `static-threshold=1 buffer-size=${BURST_MS * 2} buffer-initial-size=${BURST_MS} ` +
    `buffer-optimal-size=${BURST_MS} threads=${threads} target-bitrate=${bitrateKbit * 1000}`,
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
