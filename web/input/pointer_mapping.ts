/**
 * Where the picture lies on the page, and which remote pixel a pointer is on. Pure arithmetic: it
 * holds under page zoom and any device pixel ratio because both sides are CSS pixels.
 *
 * @module
 */

/** In pixels of whatever the context says. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** In CSS pixels of the viewport. */
export interface Rectangle extends Size {
  readonly left: number;
  readonly top: number;
}

export interface Placement extends Rectangle {
  /** The remote display's size in its own pixels. */
  readonly remote: Size;
  /** CSS pixels for one remote pixel, the same in both directions. */
  readonly scale: number;
  /** Whether one remote pixel is exactly one device pixel, so that nothing is resampled. */
  readonly exact: boolean;
}

/** A pixel of the remote display. */
export interface RemotePosition {
  readonly x: number;
  readonly y: number;
}

/** What fractional layouts may be short of a whole device pixel. */
const FIT_TOLERANCE = 0.01;

/**
 * Browsers round pointer positions to float32 or to 1/60 CSS pixel (Firefox's app units), so that a
 * pointer on a pixel's edge may come out a hair before it. In remote pixels.
 */
const EDGE_TOLERANCE = 0.05;

/**
 * Places the picture in the middle of the room, keeping its aspect: one remote pixel to one device
 * pixel and on the device's pixel grid if it fits, else scaled down until it does.
 *
 * @param room The free area, in CSS pixels of the viewport.
 * @param remote The remote display's size in its pixels.
 * @param devicePixelRatio Device pixels for one CSS pixel, page zoom included.
 */
export function placePicture(room: Rectangle, remote: Size, devicePixelRatio: number): Placement {
  const fits = remote.width <= room.width * devicePixelRatio + FIT_TOLERANCE &&
    remote.height <= room.height * devicePixelRatio + FIT_TOLERANCE;
  const scale = fits
    ? 1 / devicePixelRatio
    : Math.min(room.width / remote.width, room.height / remote.height);
  const width = remote.width * scale;
  const height = remote.height * scale;
  return {
    left: onGrid(room.left + Math.max(0, room.width - width) / 2, devicePixelRatio),
    top: onGrid(room.top + Math.max(0, room.height - height) / 2, devicePixelRatio),
    width,
    height,
    remote,
    scale,
    exact: fits,
  };
}

/**
 * @param clientX The pointer's `clientX` in CSS pixels; outside the picture the nearest edge counts.
 * @param clientY Likewise.
 * @returns The remote pixel under the pointer.
 */
export function toRemote(
  placement: Placement,
  clientX: number,
  clientY: number,
): RemotePosition {
  return {
    x: pixel((clientX - placement.left) / placement.scale, placement.remote.width),
    y: pixel((clientY - placement.top) / placement.scale, placement.remote.height),
  };
}

/** Whether the point, in CSS pixels of the viewport, is on the picture. */
export function isInside(placement: Placement, clientX: number, clientY: number): boolean {
  const x = clientX - placement.left;
  const y = clientY - placement.top;
  return x >= 0 && y >= 0 && x < placement.width && y < placement.height;
}

function onGrid(position: number, devicePixelRatio: number): number {
  return Math.floor(position * devicePixelRatio + EDGE_TOLERANCE) / devicePixelRatio;
}

function pixel(position: number, size: number): number {
  return Math.min(Math.max(Math.floor(position + EDGE_TOLERANCE), 0), size - 1);
}
