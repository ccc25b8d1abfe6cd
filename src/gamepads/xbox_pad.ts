/**
 * A gamepad as the kernel's xpad driver makes one of an Xbox 360 controller (drivers/input/joystick/
 * xpad.c), which every game and SDL know, and how a page's pad maps to it (W3C Gamepad, "standard
 * gamepad").
 *
 * @module
 */
import type { InputChange, InputDeviceDescription } from "../../ffi/mod.ts";
import type { GamepadInput } from "../protocol/input_message.ts";

// linux/input-event-codes.h
const BTN_A = 0x130, BTN_B = 0x131, BTN_X = 0x133, BTN_Y = 0x134;
const BTN_TL = 0x136, BTN_TR = 0x137, BTN_SELECT = 0x13a, BTN_START = 0x13b;
const BTN_MODE = 0x13c, BTN_THUMBL = 0x13d, BTN_THUMBR = 0x13e;
const ABS_X = 0, ABS_Y = 1, ABS_Z = 2, ABS_RX = 3, ABS_RY = 4, ABS_RZ = 5;
const ABS_HAT0X = 0x10, ABS_HAT0Y = 0x11;
const BUS_USB = 3;

/** Buttons of the standard gamepad, by their numbers there; the rest are axes here. */
const BUTTONS: ReadonlyMap<number, number> = new Map([
  [0, BTN_A],
  [1, BTN_B],
  [2, BTN_X],
  [3, BTN_Y],
  [4, BTN_TL],
  [5, BTN_TR],
  [8, BTN_SELECT],
  [9, BTN_START],
  [10, BTN_THUMBL],
  [11, BTN_THUMBR],
  [16, BTN_MODE],
]);
/** The standard gamepad's buttons of the hat. */
const UP = 12, DOWN = 13, LEFT = 14, RIGHT = 15;
/** Two sticks: to the right and down is positive, on both sides. */
const STICKS = [ABS_X, ABS_Y, ABS_RX, ABS_RY] as const;
const TRIGGERS = [ABS_Z, ABS_RZ] as const;

export const XBOX_PAD: InputDeviceDescription = {
  name: "Microsoft X-Box 360 pad",
  bus: BUS_USB,
  vendor: 0x045e,
  product: 0x028e,
  version: 0x0114,
  keys: [...BUTTONS.values()],
  axes: [
    ...STICKS.map((code) => ({ code, minimum: -32768, maximum: 32767, fuzz: 16, flat: 128 })),
    ...TRIGGERS.map((code) => ({ code, minimum: 0, maximum: 255 })),
    ...[ABS_HAT0X, ABS_HAT0Y].map((code) => ({ code, minimum: -1, maximum: 1 })),
  ],
};

/** What a pad is like at a time; without its number. */
export type PadState = Pick<GamepadInput, "buttons" | "axes" | "triggers">;

/** Nothing is pressed, and both sticks are in the middle. */
export const AT_REST: PadState = { buttons: 0, axes: [0, 0, 0, 0], triggers: [0, 0] };

/** What is to be reported for the pad to become like this. */
export function changesOf(before: PadState, after: PadState): InputChange[] {
  const from = valuesOf(before);
  return valuesOf(after).filter(({ value }, i) => value !== from[i]!.value);
}

function valuesOf({ axes, buttons, triggers }: PadState): InputChange[] {
  const pressed = (button: number) => buttons >>> button & 1;
  const axis = (code: number, value: number): InputChange => ({ type: "axis", code, value });
  return [
    ...[...BUTTONS].map(([button, code]): InputChange => ({
      type: "key",
      code,
      value: pressed(button),
    })),
    ...STICKS.map((code, i) => axis(code, axes[i]!)),
    ...TRIGGERS.map((code, i) => axis(code, triggers[i]!)),
    axis(ABS_HAT0X, pressed(RIGHT) - pressed(LEFT)),
    axis(ABS_HAT0Y, pressed(DOWN) - pressed(UP)),
  ];
}
