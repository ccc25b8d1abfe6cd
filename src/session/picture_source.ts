import type { ScreenArea } from "../display/shared_screen.ts";
import type { EncoderDescription } from "../media/encoder_catalogue.ts";
import type { VideoCodec } from "../protocol/control_message.ts";
import type { Picture } from "./frame_loop.ts";
import { type EncodedFrame, ScreenEncoder } from "./screen_encoder.ts";

/** What an encoder is held to. */
export interface PictureLimits {
  /** Most frames a second. */
  readonly framesPerSecond: number;
  /** In kbit/s. */
  readonly bitrate: number;
  /** Screen pixels for one of the picture, in each direction. */
  readonly reduction: 1 | 2;
}

/** The screen or a part of it, encoded whenever a frame is taken. Dispose of it before the screen. */
export interface ScreenPicture extends Picture<EncodedFrame>, AsyncDisposable {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** Called on the first change since the last frame. */
  ondamage: (() => void) | undefined;
  /** Resolves with the reason if it fails by itself. */
  readonly failed: Promise<Error>;
  /** @param kbit In kbit/s. */
  setBitrate(kbit: number): void;
}

/** An encoder that can be opened for the screen or a part of it. */
export interface PictureSource {
  /** Of the encoder. */
  readonly name: string;
  readonly codec: VideoCodec;
  readonly chroma: "420" | "444";
  /** @throws {Error} if the encoder does not start. */
  open(
    area: ScreenArea,
    options: PictureLimits & { readonly signal: AbortSignal },
  ): Promise<ScreenPicture>;
}

/** What an encoder of the catalogue makes. */
export function videoSource(encoder: EncoderDescription): PictureSource {
  const { name, codec, chroma } = encoder;
  return {
    name,
    codec,
    chroma,
    open: (area, options) => ScreenEncoder.open(area, { ...options, encoder }),
  };
}
