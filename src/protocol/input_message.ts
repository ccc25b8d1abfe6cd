/**
 * Messages of an `input` flow: one event of the viewer's keyboard, pointer or gamepads each.
 *
 * All numbers are big-endian; each message starts with its type (1 octet) and sequence number (4).
 *
 * | type | fields |
 * |---|---|
 * | 1 key | keysym u32, down u8 |
 * | 2 pointer | x u16, y u16 |
 * | 3 button | button u8, down u8, x u16, y u16 |
 * | 4 wheel | dx i16, dy i16, x u16, y u16 |
 * | 5 release all | |
 * | 6 motion | dx i16, dy i16 |
 * | 7 gamepad | pad u8, buttons u32, four axes i16, two triggers u8 |
 * | 8 gamepad gone | pad u8 |
 *
 * A button or wheel at x 65535, y 65535 is where the pointer is: see {@link HERE}.
 *
 * @module
 */

import { ProtocolError } from "./errors.ts";

/** The version of this format, for the flow's metadata. */
export const INPUT_VERSION = 1;

interface Sequenced {
  /**
   * Counts the viewer's events from 1, on whichever path they go; 0 is left free to mean "none yet".
   * See replay.ts.
   */
  readonly sequence: number;
}

export interface KeyInput extends Sequenced {
  readonly type: "key";
  /** An X keysym, 1 to 0x1fffffff; characters outside Latin-1 are 0x01000000 + code point. */
  readonly keysym: number;
  readonly down: boolean;
}

/** Positions are pixels of the remote display. */
interface Positioned {
  readonly x: number;
  readonly y: number;
}

export interface PointerInput extends Sequenced, Positioned {
  readonly type: "pointer";
}

export interface ButtonInput extends Sequenced, Positioned {
  readonly type: "button";
  /** 1 left, 2 middle, 3 right, 8 back, 9 forward, as X numbers them. */
  readonly button: number;
  readonly down: boolean;
}

/** Positive is right and down, in 120ths of a wheel's notch. */
export interface WheelInput extends Sequenced, Positioned {
  readonly type: "wheel";
  readonly dx: number;
  readonly dy: number;
}

/**
 * The x and y of what happens where the remote pointer is, since the viewer does not know where that
 * is: it has only told by how much it moved. No screen is that wide.
 */
export const HERE = 0xffff;

/** The pointer has moved by so many pixels of the remote display; positive is right and down. */
export interface MotionInput extends Sequenced {
  readonly type: "motion";
  readonly dx: number;
  readonly dy: number;
}

/** Lift every key and button that is held: the page has lost the focus. */
export interface ReleaseAllInput extends Sequenced {
  readonly type: "releaseAll";
}

/** What a gamepad is like from now on; its buttons and axes are the "standard gamepad"'s (W3C Gamepad). */
export interface GamepadInput extends Sequenced {
  readonly type: "gamepad";
  /** Which one, from 0 to {@link MOST_PADS} − 1. */
  readonly pad: number;
  /** Bit n is button n, of 17. */
  readonly buttons: number;
  /** Left stick x and y, right stick x and y: -32768 to 32767, positive is right and down. */
  readonly axes: readonly [number, number, number, number];
  /** Left and right, 0 to 255. */
  readonly triggers: readonly [number, number];
}

/** A gamepad was unplugged. */
export interface GamepadGoneInput extends Sequenced {
  readonly type: "gamepadGone";
  readonly pad: number;
}

/** Gamepads of one viewer: as many as browsers give a page. */
export const MOST_PADS = 4;
/** X counts the wheel's four directions as 4 to 7; browsers know no button beyond "forward". */
const MAX_BUTTON = 9;
const MAX_BUTTONS = 2 ** 17 - 1;

export type InputMessage =
  | KeyInput
  | PointerInput
  | ButtonInput
  | WheelInput
  | ReleaseAllInput
  | MotionInput
  | GamepadInput
  | GamepadGoneInput;

const Type = {
  key: 1,
  pointer: 2,
  button: 3,
  wheel: 4,
  releaseAll: 5,
  motion: 6,
  gamepad: 7,
  gamepadGone: 8,
} as const;
const LENGTH = {
  key: 10,
  pointer: 9,
  button: 11,
  wheel: 13,
  releaseAll: 5,
  motion: 9,
  gamepad: 20,
  gamepadGone: 6,
} as const;
const TYPE_NAMES: readonly (InputMessage["type"] | undefined)[] = [
  undefined,
  "key",
  "pointer",
  "button",
  "wheel",
  "releaseAll",
  "motion",
  "gamepad",
  "gamepadGone",
];
const MAX_KEYSYM = 0x1fff_ffff;

/**
 * @throws {RangeError} if a field is not an integer of its range.
 */
export function encodeInputMessage(message: InputMessage): Uint8Array<ArrayBuffer> {
  const octets = new Uint8Array(LENGTH[message.type]);
  const view = new DataView(octets.buffer);
  view.setUint8(0, Type[message.type]);
  view.setUint32(1, integer(message.sequence, 1, 0xffff_ffff, "sequence number"));
  switch (message.type) {
    case "key":
      view.setUint32(5, integer(message.keysym, 1, MAX_KEYSYM, "keysym"));
      view.setUint8(9, message.down ? 1 : 0);
      break;
    case "pointer":
      setPosition(view, 5, message);
      break;
    case "button":
      view.setUint8(5, integer(message.button, 1, MAX_BUTTON, "button"));
      view.setUint8(6, message.down ? 1 : 0);
      setPosition(view, 7, message);
      break;
    case "wheel":
      view.setInt16(5, integer(message.dx, -32768, 32767, "wheel dx"));
      view.setInt16(7, integer(message.dy, -32768, 32767, "wheel dy"));
      setPosition(view, 9, message);
      break;
    case "motion":
      view.setInt16(5, integer(message.dx, -32768, 32767, "motion dx"));
      view.setInt16(7, integer(message.dy, -32768, 32767, "motion dy"));
      break;
    case "releaseAll":
      break;
    case "gamepad":
      view.setUint8(5, integer(message.pad, 0, MOST_PADS - 1, "gamepad"));
      view.setUint32(6, integer(message.buttons, 0, MAX_BUTTONS, "buttons"));
      message.axes.forEach((axis, i) =>
        view.setInt16(10 + 2 * i, integer(axis, -32768, 32767, "axis"))
      );
      message.triggers.forEach((trigger, i) =>
        view.setUint8(18 + i, integer(trigger, 0, 255, "trigger"))
      );
      break;
    case "gamepadGone":
      view.setUint8(5, integer(message.pad, 0, MOST_PADS - 1, "gamepad"));
      break;
  }
  return octets;
}

/**
 * @param octets One message of an input flow.
 * @throws {ProtocolError} if its type is unknown, its length is not its type's, or a field is out of
 * its range.
 */
export function decodeInputMessage(octets: Uint8Array): InputMessage {
  const number = octets[0];
  if (number === undefined) throw new ProtocolError("An input message is empty");
  const type = TYPE_NAMES[number];
  if (type === undefined) throw new ProtocolError(`There is no input message type ${number}`);
  if (octets.length !== LENGTH[type]) {
    throw new ProtocolError(
      `An input message "${type}" has ${LENGTH[type]} octets, not ${octets.length}`,
    );
  }
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const sequence = view.getUint32(1);
  if (sequence === 0) throw new ProtocolError(`The input message "${type}" has sequence number 0`);
  switch (type) {
    case "key": {
      const keysym = view.getUint32(5);
      if (keysym === 0 || keysym > MAX_KEYSYM) {
        throw new ProtocolError(`There is no keysym 0x${keysym.toString(16)}`);
      }
      return { type, sequence, keysym, down: flag(view.getUint8(9)) };
    }
    case "pointer":
      return { type, sequence, x: view.getUint16(5), y: view.getUint16(7) };
    case "button": {
      const button = view.getUint8(5);
      if (button === 0 || button > MAX_BUTTON) {
        throw new ProtocolError(`There is no button ${button}`);
      }
      return {
        type,
        sequence,
        button,
        down: flag(view.getUint8(6)),
        x: view.getUint16(7),
        y: view.getUint16(9),
      };
    }
    case "wheel":
      return {
        type,
        sequence,
        dx: view.getInt16(5),
        dy: view.getInt16(7),
        x: view.getUint16(9),
        y: view.getUint16(11),
      };
    case "motion":
      return { type, sequence, dx: view.getInt16(5), dy: view.getInt16(7) };
    case "releaseAll":
      return { type, sequence };
    case "gamepad": {
      const buttons = view.getUint32(6);
      if (buttons > MAX_BUTTONS) throw new ProtocolError("A gamepad has 17 buttons");
      const axis = (at: number) => view.getInt16(at);
      return {
        type,
        sequence,
        pad: padIn(view),
        buttons,
        axes: [axis(10), axis(12), axis(14), axis(16)],
        triggers: [view.getUint8(18), view.getUint8(19)],
      };
    }
    case "gamepadGone":
      return { type, sequence, pad: padIn(view) };
  }
}

function padIn(view: DataView): number {
  const pad = view.getUint8(5);
  if (pad >= MOST_PADS) throw new ProtocolError(`There is no gamepad ${pad}`);
  return pad;
}

function setPosition(view: DataView, offset: number, { x, y }: Positioned): void {
  view.setUint16(offset, integer(x, 0, 0xffff, "x"));
  view.setUint16(offset + 2, integer(y, 0, 0xffff, "y"));
}

function integer(value: number, least: number, most: number, what: string): number {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`The ${what} must be an integer from ${least} to ${most}, not ${value}`);
  }
  return value;
}

function flag(octet: number): boolean {
  if (octet > 1) throw new ProtocolError(`"Down" is 0 or 1, not ${octet}`);
  return octet === 1;
}
