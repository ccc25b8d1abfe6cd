/**
 * Decodes Opus in WebAssembly, where the page has no decoder of the browser's: on pages that are no
 * secure context. The decoder is a bundle of its own, fetched by who needs it.
 *
 * @module
 */

import type { SoundDecoder, SoundDecoderEvents } from "./sound_decoder.ts";
import type { OpusDecoder } from "./opus_package.ts";

/** A packet that cannot be decoded. */
export class OpusPacketError extends Error {
  override readonly name = "OpusPacketError";
}

/** Packets that are kept while the decoder is fetched: 2 s of the usual ones. */
const MOST_WAITING = 200;

export class WasmSoundDecoder implements SoundDecoder {
  readonly #events: SoundDecoderEvents;
  #decoder: OpusDecoder | undefined;
  #waiting: { packet: Uint8Array; timestamp: number }[] = [];
  #closed = false;

  /** @param script Where the decoder's bundle is. */
  constructor(script: URL, events: SoundDecoderEvents) {
    this.#events = events;
    this.#open(script).catch((error) => this.#fail(error));
  }

  get closed(): boolean {
    return this.#closed;
  }

  decode(packet: Uint8Array, timestamp: number): void {
    if (this.#decoder !== undefined) return this.#decode(this.#decoder, packet, timestamp);
    if (this.#waiting.length < MOST_WAITING) this.#waiting.push({ packet, timestamp });
  }

  close(): void {
    this.#closed = true;
    this.#waiting = [];
    this.#decoder?.free();
    this.#decoder = undefined;
  }

  async #open(script: URL): Promise<void> {
    const { OpusDecoder }: typeof import("./opus_package.ts") = await import(script.href);
    const decoder = new OpusDecoder({ channels: 2 });
    await decoder.ready;
    if (this.#closed) return decoder.free();
    this.#decoder = decoder;
    for (const { packet, timestamp } of this.#waiting.splice(0)) {
      if (this.#decoder !== undefined) this.#decode(decoder, packet, timestamp);
    }
  }

  #decode(decoder: OpusDecoder, packet: Uint8Array, timestamp: number): void {
    const { channelData, errors, samplesDecoded } = decoder.decodeFrame(packet);
    const [error] = errors;
    if (error !== undefined) return this.#fail(new OpusPacketError(error.message));
    if (samplesDecoded === 0) return;
    this.#events.sound({ timestamp, channels: channelData as Float32Array<ArrayBuffer>[] });
  }

  #fail(error: unknown): void {
    if (this.#closed) return;
    this.close();
    this.#events.error(error instanceof Error ? error : new Error(String(error)));
  }
}
