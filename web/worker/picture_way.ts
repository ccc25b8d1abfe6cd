/**
 * The ways to bring the picture onto the screen: a decoder each, and a painter for what it gives.
 *
 * @module
 */

import type { DecodedFrame, DecoderFactory } from "./picture_decoder.ts";
import type { Painter } from "./painter.ts";

/** All of them, the best first. */
export const WAYS = ["webcodecs", "wasm", "mse", "jpeg"] as const;
export type WayName = typeof WAYS[number];

/** @typeParam Frame What passes from the decoder to the painter. */
export interface PictureWay<Frame extends DecodedFrame = DecodedFrame> {
  readonly name: WayName;
  /** What can be decoded, by the protocol's names, best first. */
  readonly decoders: Promise<readonly string[]>;
  readonly createDecoder: DecoderFactory<Frame>;
  readonly painter: Painter<Frame>;
  /** How it draws, for the statistics; empty if there is nothing to say. */
  readonly drawing: string;
  /** Another way is taken. */
  close(): void;
}

/** Opens a way; undefined if this page does not have it. */
export type WayOpener = () => PictureWay | undefined | Promise<PictureWay | undefined>;
