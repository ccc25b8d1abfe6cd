/**
 * The rows of the catalogue that make AV1.
 *
 * @module
 */

import { type EncoderDescription, NEVER } from "./encoder_description.ts";

export const av1enc: EncoderDescription = {
  name: "av1enc",
  codec: "av1",
  chroma: "420",
  hardware: false,
  format: "I420",
  evenly: true,
  launch: ({ bitrateKbit, threads }) =>
    "av1enc name=encoder usage-profile=realtime cpu-used=10 end-usage=cbr lag-in-frames=0 " +
    `row-mt=true tile-columns=1 threads=${threads} keyframe-mode=disabled ` +
    `keyframe-max-dist=${NEVER} min-quantizer=10 max-quantizer=63 undershoot-pct=0 ` +
    "overshoot-pct=0 buf-sz=1 buf-initial-sz=1 buf-optimal-sz=1000 " +
    `target-bitrate=${bitrateKbit}`,
  setBitrate: (encoder, kbit) => encoder.set("target-bitrate", `${kbit}`),
  setFrameBudget: (encoder, bits, fps) =>
    encoder.set("target-bitrate", `${Math.ceil(bits * fps / 1000)}`),
};
