/**
 * Messages of a `cursor` flow: the image of the remote pointer, each time that it changes.
 *
 * All numbers are big-endian: serial u32, width u16, height u16, hot-spot x u16, y u16, then
 * width × height pixels of four octets, RGBA with straight alpha, rows from the top. Width and
 * height 0 hide the pointer.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

/** The version of this format, for the flow's metadata. */
export const CURSOR_VERSION = 1;

/** The widest and highest image, in pixels; X programs seldom go over 64, Wayland's over 256. */
export const MAX_CURSOR_SIZE = 512;

const HEADER_OCTETS = 12;

export interface CursorMessage {
  /** Names the image; u32. */
  readonly serial: number;
  /** In pixels; both 0 hide the pointer. */
  readonly width: number;
  readonly height: number;
  /** The point of the image that is at the pointer's position, in pixels from the top left. */
  readonly hotX: number;
  readonly hotY: number;
  /** width × height × 4 octets, straight alpha. Decoded, they share the message's memory. */
  readonly rgba: Uint8Array;
}

/**
 * @throws {RangeError} if a field is out of its range or the pixels do not fit the size.
 */
export function encodeCursorMessage(message: CursorMessage): Uint8Array<ArrayBuffer> {
  const wrong = Number.isInteger(message.serial) && message.serial >= 0 &&
      message.serial <= 0xffff_ffff
    ? refusal(message)
    : `serial ${message.serial}`;
  if (wrong !== undefined) throw new RangeError(`A cursor cannot have ${wrong}`);
  const octets = new Uint8Array(HEADER_OCTETS + message.rgba.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, message.serial);
  view.setUint16(4, message.width);
  view.setUint16(6, message.height);
  view.setUint16(8, message.hotX);
  view.setUint16(10, message.hotY);
  octets.set(message.rgba, HEADER_OCTETS);
  return octets;
}

/**
 * @param octets One message of a cursor flow.
 * @throws {ProtocolError} if it is truncated or too long for its size, or a field is out of range.
 */
export function decodeCursorMessage(octets: Uint8Array): CursorMessage {
  if (octets.length < HEADER_OCTETS) {
    throw new ProtocolError(
      `A cursor message of ${octets.length} octets is shorter than its header`,
    );
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const message: CursorMessage = {
    serial: view.getUint32(0),
    width: view.getUint16(4),
    height: view.getUint16(6),
    hotX: view.getUint16(8),
    hotY: view.getUint16(10),
    rgba: octets.subarray(HEADER_OCTETS),
  };
  const wrong = refusal(message);
  if (wrong !== undefined) throw new ProtocolError(`A cursor message cannot have ${wrong}`);
  return message;
}

/** What is wrong with a cursor, if anything. */
function refusal({ width, height, hotX, hotY, rgba }: CursorMessage): string | undefined {
  for (const size of [width, height]) {
    if (!Number.isInteger(size) || size < 0 || size > MAX_CURSOR_SIZE) {
      return `a size of ${width}x${height}; the limit is ${MAX_CURSOR_SIZE}`;
    }
  }
  if ((width === 0) !== (height === 0)) return `a size of ${width}x${height}`;
  // A hot spot one past the edge is legal in X (CreateCursor).
  if (!within(hotX, width) || !within(hotY, height)) {
    return `its hot spot at ${hotX},${hotY} of ${width}x${height}`;
  }
  if (rgba.length !== width * height * 4) return `${rgba.length} octets for ${width}x${height}`;
  return undefined;
}

function within(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= most;
}
