/**
 * Where the picture has changed since it was last drawn, by what the server says of each frame.
 *
 * @module
 */

import type { PictureRectangle } from "../../src/protocol/video_message.ts";

/**
 * For how long only parts are drawn, in ms: an encoder may spend bits on other parts than those that
 * have changed. When the screen falls still, top-offs come sooner, and those are drawn as a whole.
 */
const PARTS_FOR = 1_000;

export class ChangedArea {
  #rectangles: readonly PictureRectangle[] = [];
  #all = true;
  /** When the first part was drawn since the last time that the whole was. */
  #partsSince: number | undefined;

  /** @param changed Where the next frame differs from the one before; empty for all of it. */
  add(changed: readonly PictureRectangle[]): void {
    if (changed.length === 0) this.#all = true;
    else this.#rectangles = disjoint([...this.#rectangles, ...changed]);
  }

  /** Another picture begins: all of it is new. */
  reset(): void {
    this.#all = true;
    this.#rectangles = [];
  }

  /**
   * Takes what has changed since this was last called.
   *
   * @param now In ms.
   * @returns Rectangles that hold all of it and do not overlap; none for the whole picture.
   */
  take(now: number): readonly PictureRectangle[] {
    const rectangles = this.#rectangles;
    const since = this.#partsSince ??= now;
    const whole = this.#all || rectangles.length === 0 || now - since >= PARTS_FOR;
    this.#all = false;
    this.#rectangles = [];
    if (!whole) return rectangles;
    this.#partsSince = undefined;
    return [];
  }
}

/** Joins what overlaps, until nothing does. */
function disjoint(rectangles: readonly PictureRectangle[]): PictureRectangle[] {
  const result: PictureRectangle[] = [];
  for (let rectangle of rectangles) {
    for (;;) {
      const index = result.findIndex((other) => overlap(rectangle, other));
      if (index < 0) break;
      const [other] = result.splice(index, 1);
      if (other !== undefined) rectangle = union(rectangle, other);
    }
    result.push(rectangle);
  }
  return result;
}

function overlap(a: PictureRectangle, b: PictureRectangle): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width &&
    a.y < b.y + b.height && b.y < a.y + a.height;
}

function union(a: PictureRectangle, b: PictureRectangle): PictureRectangle {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}
