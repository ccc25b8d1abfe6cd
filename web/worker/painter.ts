/**
 * What puts frames on the screen, whichever way it does.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";

/** @typeParam Frame What the decoder in use gives. */
export interface Painter<Frame> {
  /** The size of the canvas in pixels. */
  readonly size: Size;
  /**
   * Draws at once, or says when it has. The frame is the caller's to close, after that.
   *
   * @param changed Where it differs from what was drawn last, in pixels; empty for all of it.
   */
  draw(frame: Frame, changed: readonly PictureRectangle[]): void | Promise<void>;
  /** Calls back when the browser has taken over what was drawn last. */
  handedOver(callback: () => void): void;
  /** @returns The canvas as it is now, in PNG. */
  png(): Promise<Blob>;
}
