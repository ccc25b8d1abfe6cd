/**
 * How large the display is that a picture shows: who cannot keep up with the others may be sent a picture of
 * half its size in each direction.
 *
 * @module
 */

import type { Size } from "../input/pointer_mapping.ts";

/** Pictures have even sizes. */
const half = (pixels: number) => Math.floor(pixels / 2) & ~1;

/**
 * @param picture What came, in its own pixels.
 * @param display What the server says that the display has; undefined before it has.
 * @returns The size of what is shown, in pixels of the display.
 */
export function remoteSize(picture: Size, display: Size | undefined): Size {
  const halved = display !== undefined &&
    picture.width === half(display.width) && picture.height === half(display.height);
  return halved ? { width: picture.width * 2, height: picture.height * 2 } : picture;
}
