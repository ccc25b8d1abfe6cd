/** Where windows belong when their monitors have another size or place. */
import type { Monitor } from "./monitors.ts";
import type { Rectangle } from "./rectangle.ts";

/** Programs that count in characters, say, make their windows a little smaller than they are told; in pixels. */
const MOST_ROUNDING = 64;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where a window was put that had no room where it was. */
export interface Shift {
  readonly monitor: number;
  /** Where it was, from the monitor's corner, and how large. */
  readonly wanted: Rectangle;
  /** Where it is since, on the screen. */
  readonly put: Rectangle;
}

/**
 * @param frame Where a window was.
 * @param shift Of the last time, if it had no room then.
 * @returns Where it belongs now; undefined if there are no monitors.
 */
export function placeAfter(
  frame: Rectangle,
  before: readonly Monitor[],
  after: readonly Monitor[],
  shift?: Shift,
): { readonly place: Rectangle; readonly shift: Shift | undefined } | undefined {
  const middle = { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 };
  const from = before.find((monitor) => holds(monitor, middle)) ?? before[0];
  const to = after.find(({ number }) => number === from?.number) ?? after[0];
  if (from === undefined || to === undefined) return undefined;
  const last = shift?.monitor === to.number ? shift : undefined;
  const untouched = last?.put.x === frame.x && last.put.y === frame.y;
  const wanted: Rectangle = {
    x: untouched ? last.wanted.x : frame.x - from.x,
    y: untouched ? last.wanted.y : frame.y - from.y,
    width: unchanged(frame.width, last?.put.width) ? last!.wanted.width : frame.width,
    height: unchanged(frame.height, last?.put.height) ? last!.wanted.height : frame.height,
  };
  let { height, width } = wanted;
  let x = to.x + wanted.x;
  let y = to.y + wanted.y;
  const whole = untouched || isWhole(frame, from);
  if (whole) {
    width = Math.min(width, to.width);
    height = Math.min(height, to.height);
  }
  const within = { x: x + width / 2, y: y + height / 2 };
  if (whole || !holds(to, within) || to.number !== from.number) {
    x = into(x, width, to.x, to.width);
    y = into(y, height, to.y, to.height);
  }
  const place = { x, y, width, height };
  const kept = isSame(place, { ...wanted, x: to.x + wanted.x, y: to.y + wanted.y });
  return { place, shift: kept ? undefined : { monitor: to.number, wanted, put: place } };
}

/** Whether a window is as wide, or as high, as it was made, but for what its program rounds that to. */
function unchanged(size: number, put: number | undefined): boolean {
  return put !== undefined && size <= put && size > put - MOST_ROUNDING;
}

export function isSame(a: Rectangle, b: Rectangle): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}

/** Whether all of a window is on a monitor. */
function isWhole(frame: Rectangle, monitor: Rectangle): boolean {
  const { height, width, x, y } = frame;
  return holds(monitor, { x, y }) && holds(monitor, { x: x + width - 1, y: y + height - 1 });
}

function holds(r: Rectangle, { x, y }: Point): boolean {
  return x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height;
}

/** All of it if there is room for that, or else its beginning. */
function into(at: number, size: number, from: number, room: number): number {
  return Math.max(from, Math.min(at, from + room - size));
}
