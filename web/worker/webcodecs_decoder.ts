/**
 * The browser's own decoder (WebCodecs). H.264 comes as Annex B, hence no `description`.
 *
 * @module
 */

import type { DecoderConfig } from "../../src/protocol/video_message.ts";
import type { Acceleration, AccessUnit, DecoderEvents, PictureDecoder } from "./picture_decoder.ts";

/** Configurations that stand for each codec of the protocol when the browser is asked. */
const PROBES = [
  { name: "h264", codec: "avc1.42c01f" },
  { name: "vp8", codec: "vp8" },
] as const;

/**
 * How VP8's colours are made (RFC 6386 §9.2); its stream does not say with which primaries. Firefox
 * assumes this, Chromium something else for large pictures. H.264 says it in the stream.
 */
const VP8_COLOURS: VideoColorSpaceInit = {
  matrix: "smpte170m",
  primaries: "bt709",
  transfer: "bt709",
  fullRange: false,
};

export class WebCodecsDecoder implements PictureDecoder {
  readonly #decoder: VideoDecoder;

  constructor(events: DecoderEvents<VideoFrame>) {
    this.#decoder = new VideoDecoder({
      output: (frame) => events.frame(frame),
      error: (error) => events.error(error),
    });
  }

  get closed(): boolean {
    return this.#decoder.state === "closed";
  }

  configure(config: DecoderConfig, acceleration: Acceleration): void {
    this.#decoder.configure({
      codec: config.codec,
      codedWidth: config.codedWidth,
      codedHeight: config.codedHeight,
      hardwareAcceleration: acceleration,
      optimizeForLatency: true,
      ...(config.codec === "vp8" ? { colorSpace: VP8_COLOURS } : {}),
    });
  }

  decode(unit: AccessUnit): void {
    this.#decoder.decode(
      new EncodedVideoChunk({
        type: unit.keyframe ? "key" : "delta",
        timestamp: unit.timestamp,
        data: unit.data,
      }),
    );
  }

  close(): void {
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }
}

/** @returns The protocol's names of the codecs that this browser says it decodes, best first. */
export async function supportedCodecs(): Promise<string[]> {
  const answers = await Promise.all(PROBES.map(async ({ name, codec }) => {
    try {
      const { supported } = await VideoDecoder.isConfigSupported({
        codec,
        codedWidth: 1280,
        codedHeight: 720,
        optimizeForLatency: true,
      });
      return supported ? name : undefined;
    } catch {
      return undefined;
    }
  }));
  return answers.filter((name) => name !== undefined);
}
