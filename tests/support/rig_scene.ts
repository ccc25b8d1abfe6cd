/**
 * Where things are on the remote display, for the programs that draw them and the rig that finds
 * them again on the viewer's display. Units are pixels of the remote display.
 *
 * @module
 */

/** A frame of pure magenta, found again after scaling and lossy coding; the block is inside it. */
export const TestWindow = {
  x: 160,
  y: 200,
  size: 140,
  /** Width of the magenta border. */
  border: 20,
} as const;

/** The moving picture beside it. */
export const MotionWindow = { x: 420, y: 180, width: 640, height: 360, fps: 30 } as const;

/** A binary frame counter at the picture's top left, most significant bit first, white is 1. */
export const CounterStrip = { bits: 10, cell: 16 } as const;

/** A mapping from the remote display to the place on the viewer's display where it is shown. */
export interface Placement {
  readonly scale: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

/** Maps a point of the remote display to the viewer's display. */
export function place(p: Placement, x: number, y: number): { x: number; y: number } {
  return { x: Math.round(x * p.scale + p.offsetX), y: Math.round(y * p.scale + p.offsetY) };
}

/**
 * Finds the test window in a picture of the viewer's display.
 *
 * @param data BGRx octets
 * @returns undefined when no magenta frame of a plausible shape is there
 */
export function findTestWindow(
  data: Uint8Array,
  width: number,
  height: number,
): Placement | undefined {
  let left = width, top = height, right = -1, bottom = -1;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * 4;
      const magenta = (data[at] ?? 0) > 180 && (data[at + 1] ?? 0) < 80 &&
        (data[at + 2] ?? 0) > 180;
      if (!magenta) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      if (y > bottom) bottom = y;
    }
  }
  const w = right - left + 1, h = bottom - top + 1;
  if (w < 20 || Math.abs(w - h) > 4) return undefined;
  const scale = w / TestWindow.size;
  return { scale, offsetX: left - TestWindow.x * scale, offsetY: top - TestWindow.y * scale };
}
