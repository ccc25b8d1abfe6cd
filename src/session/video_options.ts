import type { EncoderDescription } from "../media/encoder_catalogue.ts";
import type { PictureSettings } from "../protocol/control_message.ts";
import type { PictureSource } from "./picture_source.ts";
import type { RenditionState } from "./rendition.ts";
import type { BestLimits } from "./rendition_tier.ts";
import type { Viewer } from "./viewer.ts";

/** What encodes on this machine. */
export interface VideoEncoders {
  /** The encoders that work on this machine, best first; at least one. */
  readonly encoders: readonly EncoderDescription[];
  /** Milliseconds that they take for a frame, as far as that was measured. */
  readonly speeds?: ReadonlyMap<EncoderDescription, number>;
  /** Encoders for viewers that can decode nothing that the encoders make, best first. */
  readonly others?: readonly EncoderDescription[];
}

/** What a session's picture is encoded with. */
export interface VideoOptions extends BestLimits, VideoEncoders {
  /** What viewers get that can decode nothing else. */
  readonly lastResorts?: readonly PictureSource[];
  /** What is wished for until a viewer wishes for something else. */
  readonly wish?: Pick<PictureSettings, "codec" | "chroma">;
  /** How many tiers there are for viewers that cannot keep up, beside the best. Default: 1. */
  readonly tiers?: number;
}

export interface VideoEvents {
  /** What `statusOf()` says has changed for these. */
  onstatus(viewers: Iterable<Viewer>): void;
  /** A frame was encoded and sent: what it took in milliseconds, and its size. */
  onframe?(encodeMs: number, octets: number): void;
}

/** Whether a viewer gets a picture. */
export interface VideoStatus {
  readonly state: RenditionState | "no-decoder";
  /** For people: why not. */
  readonly detail: string;
}
