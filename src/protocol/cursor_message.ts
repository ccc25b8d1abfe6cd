/**
 * Messages of a `cursor` flow: the image of the remote pointer, each time that it changes, and where
 * the pointer is, for those who do not move it themselves.
 *
 * All numbers are big-endian; each message starts with its type (1 octet).
 *
 * | type | fields |
 * |---|---|
 * | 1 image | slot u8, serial u32, width u16, height u16, hot-spot x u16, y u16, pixels |
 * | 2 known image | slot u8 |
 * | 3 position | x u16, y u16 |
 *
 * Pixels are width × height of four octets, RGBA with straight alpha, rows from the top. Width and
 * height 0 hide the pointer. The receiver keeps each image in its slot, so that one that comes again,
 * as those of an animation do, is but named: see cursor_images.ts.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

/** The version of this format, for the flow's metadata. */
export const CURSOR_VERSION = 2;

/** The widest and highest image, in pixels; X programs seldom go over 64, Wayland's over 256. */
export const MAX_CURSOR_SIZE = 512;

/** How many images the receiver of a flow keeps. */
export const CURSOR_SLOTS = 32;

const Type = { image: 1, known: 2, position: 3 } as const;
const HEADER_OCTETS = 14;
const KNOWN_OCTETS = 2;
const POSITION_OCTETS = 5;

/** What the pointer looks like. */
export interface CursorImage {
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

export interface CursorImageMessage extends CursorImage {
  readonly type: "image";
  /** Where the receiver keeps it, below {@link CURSOR_SLOTS}. */
  readonly slot: number;
}

/** The image in this slot is shown again. */
export interface KnownCursorMessage {
  readonly type: "known";
  readonly slot: number;
}

/** Where the pointer is, in pixels of the remote display. */
export interface CursorPositionMessage {
  readonly type: "position";
  readonly x: number;
  readonly y: number;
}

export type CursorMessage = CursorImageMessage | KnownCursorMessage | CursorPositionMessage;

/**
 * @throws {RangeError} if a field is out of its range or the pixels do not fit the size.
 */
export function encodeCursorMessage(message: CursorMessage): Uint8Array<ArrayBuffer> {
  switch (message.type) {
    case "image":
      return encodeImage(message);
    case "known":
      return Uint8Array.of(Type.known, slotOf(message.slot));
    case "position": {
      const view = new DataView(new ArrayBuffer(POSITION_OCTETS));
      view.setUint8(0, Type.position);
      view.setUint16(1, coordinate(message.x));
      view.setUint16(3, coordinate(message.y));
      return new Uint8Array(view.buffer);
    }
  }
}

function encodeImage(message: CursorImageMessage): Uint8Array<ArrayBuffer> {
  const wrong = Number.isInteger(message.serial) && message.serial >= 0 &&
      message.serial <= 0xffff_ffff
    ? refusal(message)
    : `serial ${message.serial}`;
  if (wrong !== undefined) throw new RangeError(`A cursor cannot have ${wrong}`);
  const octets = new Uint8Array(HEADER_OCTETS + message.rgba.length);
  const view = new DataView(octets.buffer);
  view.setUint8(0, Type.image);
  view.setUint8(1, slotOf(message.slot));
  view.setUint32(2, message.serial);
  view.setUint16(6, message.width);
  view.setUint16(8, message.height);
  view.setUint16(10, message.hotX);
  view.setUint16(12, message.hotY);
  octets.set(message.rgba, HEADER_OCTETS);
  return octets;
}

/**
 * @param octets One message of a cursor flow.
 * @throws {ProtocolError} if its type is unknown, it is truncated or too long for its size, or a
 * field is out of range.
 */
export function decodeCursorMessage(octets: Uint8Array): CursorMessage {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  switch (octets[0]) {
    case Type.image:
      return decodeImage(octets, view);
    case Type.known:
      hasLength(octets, KNOWN_OCTETS, "known image");
      return { type: "known", slot: slotIn(view) };
    case Type.position:
      hasLength(octets, POSITION_OCTETS, "position");
      return { type: "position", x: view.getUint16(1), y: view.getUint16(3) };
    default:
      throw new ProtocolError(`There is no cursor message type ${octets[0]}`);
  }
}

function decodeImage(octets: Uint8Array, view: DataView): CursorImageMessage {
  if (octets.length < HEADER_OCTETS) {
    throw new ProtocolError(
      `A cursor message of ${octets.length} octets is shorter than its header`,
    );
  }
  const message: CursorImageMessage = {
    type: "image",
    slot: slotIn(view),
    serial: view.getUint32(2),
    width: view.getUint16(6),
    height: view.getUint16(8),
    hotX: view.getUint16(10),
    hotY: view.getUint16(12),
    rgba: octets.subarray(HEADER_OCTETS),
  };
  const wrong = refusal(message);
  if (wrong !== undefined) throw new ProtocolError(`A cursor message cannot have ${wrong}`);
  return message;
}

function hasLength(octets: Uint8Array, length: number, what: string): void {
  if (octets.length === length) return;
  throw new ProtocolError(
    `A cursor message "${what}" has ${length} octets, not ${octets.length}`,
  );
}

function slotIn(view: DataView): number {
  const slot = view.getUint8(1);
  if (slot >= CURSOR_SLOTS) throw new ProtocolError(`There is no slot ${slot} for cursors`);
  return slot;
}

function slotOf(slot: number): number {
  if (within(slot, CURSOR_SLOTS - 1)) return slot;
  throw new RangeError(`There is no slot ${slot} for cursors`);
}

function coordinate(value: number): number {
  if (within(value, 0xffff)) return value;
  throw new RangeError(`A pointer cannot be at ${value}`);
}

/** What is wrong with a cursor, if anything. */
function refusal({ width, height, hotX, hotY, rgba }: CursorImage): string | undefined {
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
