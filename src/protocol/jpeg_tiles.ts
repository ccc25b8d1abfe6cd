/**
 * The access units of the codec "jpeg", for viewers that can decode nothing else: parts of the picture,
 * each a JPEG image (ITU-T T.81, JFIF: full range, BT.601) of its own, to be drawn over the picture before
 * in their order. Those of a keyframe cover all of it.
 *
 * All numbers are big-endian. One or more of:
 *
 * | octets | field |
 * |---|---|
 * | 2, 2 | x, y: where it goes, in pixels of the picture |
 * | 2, 2 | width, height in pixels, 1 or more |
 * | 4 | length of the image, 1 or more |
 * | length | the image |
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

const HEADER_OCTETS = 12;
const U16_MAX = 0xffff;

/** A part of the picture. */
export interface JpegTile {
  /** In pixels of the picture, from its upper left corner. */
  readonly x: number;
  readonly y: number;
  /** In pixels; the image has this size. */
  readonly width: number;
  readonly height: number;
  readonly image: Uint8Array;
}

/** @returns How many octets {@link encodeJpegTilesInto} writes. */
export function jpegTilesLength(tiles: readonly Pick<JpegTile, "image">[]): number {
  return tiles.reduce((sum, { image }) => sum + HEADER_OCTETS + image.length, 0);
}

/**
 * Writes an access unit.
 *
 * @param target The octets to write into.
 * @param offset Where it starts there.
 * @returns The offset after it.
 * @throws {RangeError} if there is no tile, a field is out of its range, or the target is too short.
 */
export function encodeJpegTilesInto(
  target: Uint8Array,
  offset: number,
  tiles: readonly JpegTile[],
): number {
  if (tiles.length === 0) throw new RangeError("An access unit has at least one tile");
  const length = jpegTilesLength(tiles);
  if (offset < 0 || offset + length > target.length) {
    throw new RangeError(
      `${tiles.length} tiles of ${length} octets do not fit at ${offset} of ${target.length} octets`,
    );
  }
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  let at = offset;
  for (const tile of tiles) {
    const { image } = tile;
    view.setUint16(at, within(tile.x, 0, "x"));
    view.setUint16(at + 2, within(tile.y, 0, "y"));
    view.setUint16(at + 4, within(tile.width, 1, "width"));
    view.setUint16(at + 6, within(tile.height, 1, "height"));
    if (image.length === 0) throw new RangeError("A tile has no image");
    view.setUint32(at + 8, image.length);
    target.set(image, at + HEADER_OCTETS);
    at += HEADER_OCTETS + image.length;
  }
  return at;
}

/**
 * @param unit An access unit.
 * @returns Its tiles, in the order in which they are drawn; the images share its memory.
 * @throws {ProtocolError} if it is empty or ends within a tile, or if a tile has no extent.
 */
export function decodeJpegTiles(unit: Uint8Array): JpegTile[] {
  if (unit.length === 0) throw new ProtocolError("The access unit has no tile");
  const view = new DataView(unit.buffer, unit.byteOffset, unit.length);
  const tiles: JpegTile[] = [];
  for (let at = 0; at < unit.length;) {
    if (unit.length - at < HEADER_OCTETS) {
      throw new ProtocolError("The access unit ends within a tile's header");
    }
    const [x, y] = [view.getUint16(at), view.getUint16(at + 2)];
    const [width, height] = [view.getUint16(at + 4), view.getUint16(at + 6)];
    const start = at + HEADER_OCTETS;
    at = start + view.getUint32(at + 8);
    if (width === 0 || height === 0 || at === start) {
      throw new ProtocolError(`A tile of ${width}x${height} and ${at - start} octets is none`);
    }
    if (at > unit.length) throw new ProtocolError("The access unit ends within a tile's image");
    tiles.push({ x, y, width, height, image: unit.subarray(start, at) });
  }
  return tiles;
}

function within(value: number, least: number, what: string): number {
  if (Number.isInteger(value) && value >= least && value <= U16_MAX) return value;
  throw new RangeError(`A tile's ${what} is an integer from ${least} to ${U16_MAX}, not ${value}`);
}
