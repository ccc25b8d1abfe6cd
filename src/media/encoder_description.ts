/**
 * What the rows of the encoder catalogue are made of.
 *
 * @module
 */

import type { ColourMatrix, Element, PixelFormat } from "../../ffi/mod.ts";
import type { Chroma } from "./bitstream.ts";
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
  /**
   * How often it samples colour. An element that does both has two rows. What a page must decode for it is
   * `decoderName()`.
   */
  readonly chroma: Chroma;
  /** Whether a GPU does the work. */
  readonly hardware: boolean;
  /**
   * Bits that it takes for the quality for which x264enc takes one, three parts of text and one of motion, as
   * measured (`docs/encoders.md`); 1 for those that were not at hand.
   */
  readonly bits: number;
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
  /** Writes into a keyframe how its colours are made, where the element does not. Changes it in place. */
  describeColours?(unit: Uint8Array, matrix: ColourMatrix): void;
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
  /**
   * The quantizer of the next frame, where the encoder cannot be told its size but keeps to a quantizer. It
   * takes the place of `setBitrate` and `setFrameBudget`.
   */
  readonly quantizer?: {
    /** Finest that is used: libvpx's scale of 0 to 63. */
    readonly best: number;
    /** Coarsest that is used. */
    readonly worst: number;
    /** @param last The one before; undefined at first. */
    set(encoder: Element, quantizer: number, last: number | undefined): void;
  };
  /**
   * Makes a keyframe, where the element ignores the event that asks for one. A frame that nobody gets is
   * encoded between the two calls, and the next one is a keyframe.
   */
  readonly forceKeyframe?: { before(encoder: Element): void; after(encoder: Element): void };
}

/**
 * Milliseconds of the target bitrate that one frame may use after a pause. A full screen of text takes
 * some 90 kB to be legible at once, which is 90 ms at the default of 8000 kbit/s.
 */
export const BURST_MS = 100;

/** One burst, in kbit. */
export function burst(bitrateKbit: number): number {
  return Math.ceil(bitrateKbit * BURST_MS / 1000);
}

/**
 * The matrix for a stream that does not say which: what Chromium and Firefox then assume of H.264. Nothing
 * else that they can be told reaches Firefox's decoder.
 */
export function guessed(height: number): ColourMatrix {
  return height < 720 ? "bt601" : "bt709";
}

/** More frames than ever come: a keyframe is made on demand only. */
export const NEVER = 1_000_000;

/** Sets those properties that this version of the element has. */
export function setKnown(
  encoder: Element,
  properties: Readonly<Record<string, string | number | boolean>>,
): void {
  for (const [name, value] of Object.entries(properties)) {
    if (encoder.has(name)) encoder.set(name, `${value}`);
  }
}

/** Sets the quantizer of libvpx and libaom: the least and the most at no time the wrong way round. */
export function setQuantizer(encoder: Element, quantizer: number, last: number | undefined): void {
  const names = ["min-quantizer", "max-quantizer"];
  if (last !== undefined && quantizer > last) names.reverse();
  for (const name of names) encoder.set(name, `${quantizer}`);
}
