/**
 * What the worker and the page say to each other about a picture that is shown by Media Source
 * Extensions: the page has the video element, the worker has the access units.
 *
 * @module
 */

import type { DecoderConfig } from "../../src/protocol/video_message.ts";

export type ToScreen =
  | {
    readonly type: "unit";
    /** Names it, and grows. */
    readonly timestamp: number;
    readonly keyframe: boolean;
    /** On keyframes that differ from those before, and the first. */
    readonly config: DecoderConfig | undefined;
    /** Annex B. */
    readonly accessUnit: Uint8Array<ArrayBuffer>;
  }
  /** Asks for the picture as it is, in PNG. */
  | { readonly type: "png" }
  /** The decoder is another from the next message on. */
  | { readonly type: "restart" };

export type FromScreen =
  /** What was named so is seen, and what comes before it is, or never will be. */
  | {
    readonly type: "shown";
    readonly timestamp: number;
    /** Of the picture, in pixels. */
    readonly width: number;
    readonly height: number;
  }
  | { readonly type: "wants-keyframe"; readonly reason: string }
  | { readonly type: "error"; readonly name: string; readonly message: string }
  | { readonly type: "png"; readonly png: Blob };
