/** Rectangles of the screen, and how to merge many of them into few without losing a pixel. */

/** A rectangle of the screen, in pixels, origin at the top left. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The part of `r` that lies on a `width` x `height` screen, or `undefined` if none does. */
export function clip(r: Rectangle, width: number, height: number): Rectangle | undefined {
  const x = Math.max(0, r.x);
  const y = Math.max(0, r.y);
  const right = Math.min(width, r.x + r.width);
  const bottom = Math.min(height, r.y + r.height);
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : undefined;
}

/** What `r` and `part` have in common, in pixels from the corner of `part`; `undefined` for nothing. */
export function intersection(r: Rectangle, part: Rectangle): Rectangle | undefined {
  const { height, width } = r;
  return clip({ x: r.x - part.x, y: r.y - part.y, width, height }, part.width, part.height);
}

/** The smallest rectangle around both. */
export function union(a: Rectangle, b: Rectangle): Rectangle {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** The smallest rectangle around all, or `undefined` for none. */
export function bounds(rectangles: readonly Rectangle[]): Rectangle | undefined {
  return rectangles.reduce<Rectangle | undefined>((all, r) => all ? union(all, r) : r, undefined);
}

function area(r: Rectangle): number {
  return r.width * r.height;
}

/**
 * Merges rectangles until at most `limit` remain, each time joining the pair that adds the fewest
 * pixels. The result covers everything that the input covered. Pairs whose union adds (nearly)
 * nothing are joined even below the limit: every rectangle costs its consumer a call.
 *
 * @param rectangles Clipped to the screen already. More than 16 are first joined in order (the X
 *   server sends regions sorted by row, so neighbours in the list are neighbours on the screen).
 * @param limit At least 1.
 * @param slack Pixels that a join may add without being needed for the limit.
 */
export function merge(rectangles: readonly Rectangle[], limit = 4, slack = 1024): Rectangle[] {
  let list = [...rectangles];
  const bundle = Math.ceil(list.length / 16);
  if (bundle > 1) {
    const fewer: Rectangle[] = [];
    for (let i = 0; i < list.length; i += bundle) fewer.push(bounds(list.slice(i, i + bundle))!);
    list = fewer;
  }
  while (list.length > 1) {
    let best = Infinity;
    let first = 0;
    let second = 1;
    for (let i = 0; i < list.length; i++) {
      for (let j = i + 1; j < list.length; j++) {
        const added = area(union(list[i]!, list[j]!)) - area(list[i]!) - area(list[j]!);
        if (added < best) [best, first, second] = [added, i, j];
      }
    }
    if (list.length <= limit && best > slack) break;
    list[first] = union(list[first]!, list[second]!);
    list.splice(second, 1);
  }
  return list;
}
