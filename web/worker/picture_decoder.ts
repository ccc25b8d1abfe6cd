/**
 * What the page needs of a video decoder, whichever it is (WebCodecs now; others where a page is no
 * secure context), so that what supervises it can be tested without a browser.
 *
 * @module
 */

import type { DecoderConfig } from "../../src/protocol/video_message.ts";

export type Acceleration = "no-preference" | "prefer-hardware" | "prefer-software";

/** One access unit on its way to a decoder. */
export interface AccessUnit {
  readonly keyframe: boolean;
  readonly config?: DecoderConfig;
  /** Names the unit and its frame; µs, strictly increasing. */
  readonly timestamp: number;
  readonly data: Uint8Array;
}

/** What is needed of a decoded frame. Whoever receives one closes it. */
export interface DecodedFrame {
  readonly timestamp: number;
  close(): void;
}

export interface PictureDecoder {
  /** A decoder that has reported an error is closed, and stays it. */
  readonly closed: boolean;
  /** Takes effect after the units that were given before. @throws if it cannot be. */
  configure(config: DecoderConfig, acceleration: Acceleration): void;
  /** @throws if the unit is refused at once. */
  decode(unit: AccessUnit): void;
  /** Drops what is queued. Safe to call more than once. */
  close(): void;
}

export interface DecoderEvents<Frame extends DecodedFrame> {
  frame(frame: Frame): void;
  error(error: Error): void;
  /** All is well, and will be for longer if a keyframe comes. */
  wantsKeyframe?(reason: string): void;
}

export type DecoderFactory<Frame extends DecodedFrame> = (
  events: DecoderEvents<Frame>,
) => PictureDecoder;
