/**
 * What puts frames on the screen, whichever way it does.
 *
 * @module
 */

import type { Size } from "../input/pointer_mapping.ts";

/** @typeParam Frame What the decoder in use gives. */
export interface Painter<Frame> {
  /** The size of the canvas in pixels. */
  readonly size: Size;
  /** Draws at once; the frame is the caller's to close. */
  draw(frame: Frame): void;
  /** Calls back when the browser has taken over what was drawn last. */
  handedOver(callback: () => void): void;
  /** @returns The canvas as it is now, in PNG. */
  png(): Promise<Blob>;
}
