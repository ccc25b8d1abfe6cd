/**
 * Decodes H.264 in WebAssembly, where the page has no decoder of the browser's: on pages that are no
 * secure context.
 *
 * @module
 */

import type { DecoderConfig } from "../../src/protocol/video_message.ts";
import { colourMatrix, NAL_SPS, nalType, nalUnits } from "./h264_units.ts";
import type { AccessUnit, DecoderEvents, PictureDecoder } from "./picture_decoder.ts";
import type { ColourMatrix, PlanarFrame } from "./planar_frame.ts";
import { TinyH264 } from "./tiny_h264.ts";

/** The stream is none that this decoder knows. */
export class UnsupportedStreamError extends Error {
  override readonly name = "UnsupportedStreamError";
}

export class WasmDecoder implements PictureDecoder {
  readonly #events: DecoderEvents<PlanarFrame>;
  readonly #module: WebAssembly.Module;
  /** Wakes this up when it has units to decode, behind the messages that have come meanwhile. */
  readonly #next = new MessageChannel();
  #decoder: TinyH264 | undefined;
  /** Of what is decoded, and of the units that are still to come. */
  #config: DecoderConfig | undefined;
  #configured: DecoderConfig | undefined;
  #matrix: ColourMatrix = "bt601";
  #queue: { unit: AccessUnit; config: DecoderConfig | undefined }[] = [];
  #closed = false;

  constructor(module: WebAssembly.Module, events: DecoderEvents<PlanarFrame>) {
    this.#module = module;
    this.#events = events;
    this.#next.port1.onmessage = () => this.#decodeNext();
  }

  get closed(): boolean {
    return this.#closed;
  }

  configure(config: DecoderConfig): void {
    // Baseline, by its profile or by being marked as compatible (H.264 A.2.1).
    const [, profile, constraints] = /^avc1\.(..)(..)..$/.exec(config.codec) ?? [];
    const baseline = profile === "42" || (parseInt(constraints ?? "0", 16) & 0x80) !== 0;
    if (!baseline) {
      throw new UnsupportedStreamError(`There is no decoder for "${config.codec}" here`);
    }
    this.#configured = config;
  }

  decode(unit: AccessUnit): void {
    this.#queue.push({ unit, config: this.#configured });
    this.#configured = undefined;
    if (this.#queue.length === 1) this.#next.port2.postMessage(undefined);
  }

  close(): void {
    this.#closed = true;
    this.#queue = [];
    this.#next.port1.close();
    this.#decoder?.close();
    this.#decoder = undefined;
  }

  #decodeNext(): void {
    const next = this.#queue.shift();
    if (next === undefined) return;
    let frame: PlanarFrame;
    try {
      frame = this.#decode(next.unit, next.config);
    } catch (error) {
      this.close();
      return this.#events.error(error instanceof Error ? error : new Error(String(error)));
    }
    if (this.#queue.length > 0) this.#next.port2.postMessage(undefined);
    this.#events.frame(frame);
  }

  #decode({ data, timestamp }: AccessUnit, config: DecoderConfig | undefined): PlanarFrame {
    if (config !== undefined) this.#prepare(config, data);
    if (this.#config === undefined) throw new UnsupportedStreamError("There is no configuration");
    this.#decoder ??= new TinyH264(this.#module);
    const { width: stride, height: rows, octets } = this.#decoder.decode(data);
    const luma = stride * rows;
    return {
      timestamp,
      // Encoders mark what they have added to fill the last macroblocks as not to be shown.
      width: Math.min(this.#config.codedWidth, stride),
      height: Math.min(this.#config.codedHeight, rows),
      stride,
      y: octets.subarray(0, luma),
      u: octets.subarray(luma, luma * 5 / 4),
      v: octets.subarray(luma * 5 / 4),
      matrix: this.#matrix,
      close: () => {},
    };
  }

  #prepare(config: DecoderConfig, keyframe: Uint8Array): void {
    this.#config = config;
    const parameters = nalUnits(keyframe).find((unit) => nalType(unit) === NAL_SPS);
    if (parameters === undefined) return;
    // What browsers assume of streams that do not say it, and encoders do thus.
    this.#matrix = colourMatrix(parameters) ?? (config.codedHeight < 720 ? "bt601" : "bt709");
  }
}
