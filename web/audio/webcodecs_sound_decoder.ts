/**
 * The browser's own Opus decoder (WebCodecs, and its registration of Opus).
 *
 * @module
 */

import { AUDIO_CHANNELS, AUDIO_RATE } from "../../src/protocol/audio_message.ts";
import type { SoundDecoder, SoundDecoderEvents } from "./sound_decoder.ts";

export class WebCodecsSoundDecoder implements SoundDecoder {
  readonly #decoder: AudioDecoder;

  constructor(events: SoundDecoderEvents) {
    this.#decoder = new AudioDecoder({
      output: (data) => {
        try {
          events.sound({ timestamp: data.timestamp, channels: channelsOf(data) });
        } finally {
          data.close();
        }
      },
      error: (error) => events.error(error),
    });
    this.#decoder.configure({
      codec: "opus",
      sampleRate: AUDIO_RATE,
      numberOfChannels: AUDIO_CHANNELS,
    });
  }

  /** Whether this browser has one, here. */
  static get present(): boolean {
    return typeof AudioDecoder === "function";
  }

  get closed(): boolean {
    return this.#decoder.state === "closed";
  }

  decode(packet: Uint8Array, timestamp: number, duration: number): void {
    this.#decoder.decode(
      new EncodedAudioChunk({ type: "key", timestamp, duration, data: packet }),
    );
  }

  close(): void {
    if (!this.closed) this.#decoder.close();
  }
}

function channelsOf(data: AudioData): Float32Array<ArrayBuffer>[] {
  return Array.from({ length: data.numberOfChannels }, (_, planeIndex) => {
    const samples = new Float32Array(data.numberOfFrames);
    // The only format that every browser converts to.
    data.copyTo(samples, { planeIndex, format: "f32-planar" });
    return samples;
  });
}
