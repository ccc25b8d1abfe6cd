/**
 * Reads VP8 frame headers (RFC 6386 §9.1).
 *
 * @module
 */

import { BitstreamError, type DecoderConfig } from "./bitstream.ts";

/** What a VP8 frame's uncompressed header says. */
export interface Vp8Header {
  readonly keyframe: boolean;
  /** In pixels; only keyframes say it. */
  readonly width: number | undefined;
  /** In pixels; only keyframes say it. */
  readonly height: number | undefined;
}

/**
 * Reads a frame's header.
 *
 * @throws {BitstreamError} If it is too short, or a keyframe without its start code.
 */
export function readVp8Header(frame: Uint8Array): Vp8Header {
  const [tag] = frame;
  if (tag === undefined || frame.length < 3) {
    throw new BitstreamError(`A VP8 frame has ${frame.length} octets, and its tag alone has 3`);
  }
  if ((tag & 1) === 1) return { keyframe: false, width: undefined, height: undefined };
  if (frame.length < 10) {
    throw new BitstreamError(`A VP8 keyframe has ${frame.length} octets, its header alone has 10`);
  }
  if (frame[3] !== 0x9d || frame[4] !== 0x01 || frame[5] !== 0x2a) {
    throw new BitstreamError("A VP8 keyframe does not have the start code 9d 01 2a");
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  // The upper two bits of each are a scale that decoders leave to the application.
  const width = view.getUint16(6, true) & 0x3fff;
  const height = view.getUint16(8, true) & 0x3fff;
  return { keyframe: true, width, height };
}

/**
 * Reads the decoder configuration of a keyframe.
 *
 * @throws {BitstreamError} If it is no keyframe, or malformed.
 */
export function readVp8Config(frame: Uint8Array): DecoderConfig {
  const { width, height } = readVp8Header(frame);
  if (width === undefined || height === undefined) {
    throw new BitstreamError("The VP8 frame is no keyframe");
  }
  return { codec: "vp8", codedWidth: width, codedHeight: height };
}
