/**
 * What the page needs of a sound decoder, whichever it is (WebCodecs; WebAssembly where a page is no
 * secure context).
 *
 * @module
 */

/** Decoded sound. */
export interface DecodedSound {
  /** That of its packet, in µs. */
  readonly timestamp: number;
  /** One array a channel, 48,000 frames a second. Whoever receives them owns them. */
  readonly channels: readonly Float32Array<ArrayBuffer>[];
}

export interface SoundDecoder {
  /** A decoder that has reported an error is closed, and stays it. */
  readonly closed: boolean;
  /**
   * @param packet An Opus packet.
   * @param timestamp Names it; µs, growing by the packet's duration.
   * @throws if it is refused at once.
   */
  decode(packet: Uint8Array, timestamp: number, duration: number): void;
  /** Drops what is queued. Safe to call more than once. */
  close(): void;
}

export interface SoundDecoderEvents {
  sound(sound: DecodedSound): void;
  error(error: Error): void;
}

export type SoundDecoderFactory = (events: SoundDecoderEvents) => SoundDecoder;
