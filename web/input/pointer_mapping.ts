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
  /** Whether one remote pixel is a whole number of device pixels, so that none need be blended. */
  readonly whole: boolean;
}

/**
 * How the picture is scaled: `auto` is one remote pixel to one device pixel, or smaller where that
 * does not fit; `fit` fills the room; `integer` fills it in whole device pixels; `exact` is one to
 * one even if part of the picture then lies outside.
 */
export type Scaling = "auto" | "fit" | "integer" | "exact";

/** Which part of the picture is looked at. */
export interface View {
  readonly scaling: Scaling;
  /** By how much larger than the scaling says; 1 or more. */
  readonly zoom: number;
  /**
   * The point of the picture that is in the middle of the room, where it is larger than that; from 0
   * at its left and top to 1.
   */
  readonly x: number;
  readonly y: number;
}

export const WHOLE_VIEW: View = { scaling: "auto", zoom: 1, x: 0.5, y: 0.5 };

/** A pixel of the remote display. */
export interface RemotePosition {
  readonly x: number;
  readonly y: number;
}

/** How far a screen goes around a picture that is a part of it, in remote pixels from its corner. */
export interface Reach {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What fractional layouts may be short of a whole device pixel. */
const FIT_TOLERANCE = 0.01;

/** What is left of a whole number after a few divisions. */
const WHOLE_TOLERANCE = 1e-6;

const MOST_ZOOM = 8;

/**
 * Browsers round pointer positions to float32 or to 1/60 CSS pixel (Firefox's app units), so that a
 * pointer on a pixel's edge may come out a hair before it. In remote pixels.
 */
const EDGE_TOLERANCE = 0.05;

/**
 * Places the picture in the middle of the room, keeping its aspect, and on the device's pixel grid.
 *
 * @param room The free area, in CSS pixels of the viewport.
 * @param remote The remote display's size in its pixels.
 * @param devicePixelRatio Device pixels for one CSS pixel, page zoom included.
 * @param covered How much of the room's lower part something lies over, in CSS pixels: the picture is
 * moved up for that, as far as its top stays in sight, and no smaller.
 */
export function placePicture(
  room: Rectangle,
  remote: Size,
  devicePixelRatio: number,
  view: View = WHOLE_VIEW,
  covered = 0,
): Placement {
  const scale = view.zoom * baseScale(view.scaling, room, remote, devicePixelRatio);
  const width = remote.width * scale;
  const height = remote.height * scale;
  const pixels = scale * devicePixelRatio;
  return {
    left: onGrid(start(room.left, room.width, width, view.x), devicePixelRatio),
    top: onGrid(
      raised(start(room.top, room.height, height, view.y), height, room, covered),
      devicePixelRatio,
    ),
    width,
    height,
    remote,
    scale,
    exact: Math.abs(pixels - 1) < WHOLE_TOLERANCE,
    whole: pixels > 0.5 && Math.abs(pixels - Math.round(pixels)) < WHOLE_TOLERANCE,
  };
}

function baseScale(
  scaling: Scaling,
  room: Size,
  remote: Size,
  devicePixelRatio: number,
): number {
  const fill = Math.min(room.width / remote.width, room.height / remote.height);
  const across = Math.min(
    (room.width * devicePixelRatio + FIT_TOLERANCE) / remote.width,
    (room.height * devicePixelRatio + FIT_TOLERANCE) / remote.height,
  );
  if (scaling === "exact" || (scaling === "auto" && across >= 1)) return 1 / devicePixelRatio;
  return scaling === "integer" && across >= 1 ? Math.floor(across) / devicePixelRatio : fill;
}

/** Where the picture begins if it is moved into the middle of what is not covered. */
function raised(top: number, height: number, room: Rectangle, covered: number): number {
  if (covered === 0) return top;
  return Math.min(top, Math.max(room.top, room.top + (room.height - covered - height) / 2));
}

/** Where the picture begins in one direction. */
function start(from: number, room: number, size: number, middle: number): number {
  if (size <= room) return from + (room - size) / 2;
  return from + Math.min(0, Math.max(room - size, room / 2 - middle * size));
}

/**
 * Moves the picture in its room by so many CSS pixels, as far as there is more of it.
 *
 * @param placement Where it is with the view as it is now.
 */
export function panned(view: View, placement: Placement, room: Size, dx: number, dy: number): View {
  return {
    ...view,
    x: middle(view.x, room.width, placement.width, dx),
    y: middle(view.y, room.height, placement.height, dy),
  };
}

function middle(at: number, room: number, size: number, by: number): number {
  if (size <= room) return at;
  const least = room / 2 / size;
  // What lies beyond the edges was never seen: moving back must not have to undo it first.
  return clamp(clamp(at, least, 1 - least) - by / size, least, 1 - least);
}

/**
 * Makes the picture larger or smaller around a point, which stays where it is.
 *
 * @param clientX In CSS pixels of the viewport.
 */
export function zoomed(
  view: View,
  placement: Placement,
  room: Rectangle,
  factor: number,
  clientX: number,
  clientY: number,
): View {
  const zoom = clamp(view.zoom * factor, 1, MOST_ZOOM);
  const by = zoom / view.zoom;
  const at = (client: number, start: number, size: number, from: number, room: number) =>
    // The point's own place in the picture, and how far from the room's middle it is then.
    (client - start) / size - (client - from - room / 2) / (size * by);
  return {
    ...view,
    zoom,
    x: at(clientX, placement.left, placement.width, room.left, room.width),
    y: at(clientY, placement.top, placement.height, room.top, room.height),
  };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
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

/**
 * @returns The remote pixel under a pointer that holds something: that may be taken beyond the picture to
 * what is beside it. Measured from the picture's corner, so it may be negative.
 */
export function toRemoteBeyond(
  placement: Placement,
  reach: Reach,
  clientX: number,
  clientY: number,
): RemotePosition {
  const pixel = (position: number, least: number, most: number) =>
    Math.min(Math.max(Math.floor(position + EDGE_TOLERANCE), least), most - 1);
  return {
    x: pixel((clientX - placement.left) / placement.scale, reach.left, reach.right),
    y: pixel((clientY - placement.top) / placement.scale, reach.top, reach.bottom),
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
