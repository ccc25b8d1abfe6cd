/**
 * What to draw of a frame of which parts have changed.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";
import type { Size } from "../input/pointer_mapping.ts";

/** Encoders code blocks of 16x16: pixels beside a change may be new as well. */
const BLOCK = 16;

/**
 * @param changed In pixels; empty for all of the picture.
 * @returns Whole blocks within the picture, their left and top even thereby.
 */
export function changedBlocks(
  changed: readonly PictureRectangle[],
  { width, height }: Size,
): readonly PictureRectangle[] {
  if (changed.length === 0) return [{ x: 0, y: 0, width, height }];
  return changed.map((part) => {
    const x = part.x - part.x % BLOCK;
    const y = part.y - part.y % BLOCK;
    const right = Math.min(Math.ceil((part.x + part.width) / BLOCK) * BLOCK, width);
    const bottom = Math.min(Math.ceil((part.y + part.height) / BLOCK) * BLOCK, height);
    return { x, y, width: right - x, height: bottom - y };
  }).filter((part) => part.width > 0 && part.height > 0);
}
