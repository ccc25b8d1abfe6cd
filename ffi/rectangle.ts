/**
 * Rectangles of pixels.
 *
 * @module
 */

/** A rectangle in pixels, from the upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Widens rectangles to even edges, clips them to a picture of even size, and drops the empty ones.
 *
 * When together they are as large as the picture, the whole picture is cheaper: one rectangle.
 */
export function alignRectangles(
  rectangles: readonly Rectangle[],
  picture: { readonly width: number; readonly height: number },
): Rectangle[] {
  const aligned: Rectangle[] = [];
  let area = 0;
  for (const rectangle of rectangles) {
    const left = Math.max(Math.floor(rectangle.x / 2) * 2, 0);
    const top = Math.max(Math.floor(rectangle.y / 2) * 2, 0);
    const right = Math.min(Math.ceil((rectangle.x + rectangle.width) / 2) * 2, picture.width);
    const bottom = Math.min(Math.ceil((rectangle.y + rectangle.height) / 2) * 2, picture.height);
    if (!(rectangle.width > 0 && rectangle.height > 0 && right > left && bottom > top)) continue;
    aligned.push({ x: left, y: top, width: right - left, height: bottom - top });
    area += (right - left) * (bottom - top);
  }
  if (aligned.length > 1 && area >= picture.width * picture.height) {
    return [{ x: 0, y: 0, width: picture.width, height: picture.height }];
  }
  return aligned;
}
