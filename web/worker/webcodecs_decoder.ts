/**
 * The browser's own decoder (WebCodecs). H.264 comes as Annex B, hence no `description`.
 *
 * @module
 */

import type { DecoderConfig } from "../../src/protocol/video_message.ts";
import { DECODER_SAMPLES, type DecoderSample, SAMPLE_SIZE } from "./decoder_samples.ts";
import type { Acceleration, AccessUnit, DecoderEvents, PictureDecoder } from "./picture_decoder.ts";

/**
 * How colours are made where the stream does not say it, or not with which primaries. Firefox assumes this,
 * Chromium something else for large pictures.
 */
const COLOURS: VideoColorSpaceInit = { primaries: "bt709", transfer: "bt709", fullRange: false };

/** Matrix coefficients of ITU-T H.273, as codec strings have them. */
const MATRICES: Readonly<Record<number, VideoMatrixCoefficients>> = {
  1: "bt709",
  5: "smpte170m",
  6: "smpte170m",
};

/**
 * @returns What to tell a decoder of the colours; undefined where the stream says all of it, as H.264 and
 * HEVC do. VP8 is always of BT.601 (RFC 6386 §9.2).
 */
export function coloursOf({ codec, codedHeight }: DecoderConfig): VideoColorSpaceInit | undefined {
  const [name, ...fields] = codec.split(".");
  if (name === "vp8") return { ...COLOURS, matrix: "smpte170m" };
  if (name !== "vp09" && name !== "av01") return undefined;
  const matrix = MATRICES[Number(fields[name === "vp09" ? 6 : 7])];
  // What is assumed of H.264 that says nothing.
  return { ...COLOURS, matrix: matrix ?? (codedHeight < 720 ? "smpte170m" : "bt709") };
}

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
    const colorSpace = coloursOf(config);
    this.#decoder.configure({
      codec: config.codec,
      codedWidth: config.codedWidth,
      codedHeight: config.codedHeight,
      hardwareAcceleration: acceleration,
      optimizeForLatency: true,
      ...(colorSpace ? { colorSpace } : {}),
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

/** How long a browser may take for a sample, in ms. Who needs longer for it decodes no desktop. */
const PATIENCE = 3_000;

/**
 * Tries the browser's decoders with a picture each: what a browser says of itself is not always so.
 *
 * @returns The protocol's names of what this browser decodes, best first.
 */
export async function supportedCodecs(): Promise<string[]> {
  const answers = await Promise.all(DECODER_SAMPLES.map(decodes));
  return DECODER_SAMPLES.filter((_, index) => answers[index]).map(({ name }) => name);
}

async function decodes(sample: DecoderSample): Promise<boolean> {
  const size = { codedWidth: SAMPLE_SIZE, codedHeight: SAMPLE_SIZE };
  const config = { codec: sample.codec, ...size, optimizeForLatency: true };
  try {
    const { supported } = await VideoDecoder.isConfigSupported(config);
    return supported === true && await decodesUnit(config, sample);
  } catch {
    return false;
  }
}

/** Whether the unit comes out as a picture of its size. */
async function decodesUnit(config: VideoDecoderConfig, { unit }: DecoderSample): Promise<boolean> {
  const outcome = Promise.withResolvers<boolean>();
  const decoder = new VideoDecoder({
    output: (frame) => {
      outcome.resolve(frame.displayWidth === SAMPLE_SIZE && frame.displayHeight === SAMPLE_SIZE);
      frame.close();
    },
    error: () => outcome.resolve(false),
  });
  const timer = setTimeout(() => outcome.resolve(false), PATIENCE);
  try {
    decoder.configure(config);
    const data = Uint8Array.from(atob(unit), (character) => character.charCodeAt(0));
    decoder.decode(new EncodedVideoChunk({ type: "key", timestamp: 0, data }));
    // Without it, some wait for a second picture. It rejects when the decoder is closed.
    decoder.flush().then(() => outcome.resolve(false), () => outcome.resolve(false));
    return await outcome.promise;
  } finally {
    clearTimeout(timer);
    if (decoder.state !== "closed") decoder.close();
  }
}
