/**
 * Input devices of our own making, by the kernel's uinput (linux/uinput.h).
 *
 * @module
 */

import { SystemCallError } from "./errors.ts";
import { libc } from "./library.ts";
import { cString, readString } from "./memory.ts";

/** Where the kernel's module has its file. */
export const UINPUT_PATH = "/dev/uinput";

// linux/uinput.h: _IO, _IOW('U', …) with the sizes of their structures.
export const UI_DEV_CREATE = 0x5501;
export const UI_DEV_DESTROY = 0x5502;
export const UI_DEV_SETUP = 0x405c5503;
export const UI_ABS_SETUP = 0x401c5504;
export const UI_SET_EVBIT = 0x40045564;
export const UI_SET_KEYBIT = 0x40045565;
export const UI_SET_ABSBIT = 0x40045567;

/** Offsets in `struct uinput_setup`. */
export const UINPUT_SETUP = { size: 92, id: 0, name: 8, nameLength: 80 } as const;
/** Offsets in `struct uinput_abs_setup`; `absinfo` has six numbers of 32 bits. */
export const UINPUT_ABS_SETUP = { size: 28, code: 0, absinfo: 4 } as const;
/** Offsets in `struct input_event`, where `time_t` has 64 bits. */
export const INPUT_EVENT = { size: 24, type: 16, code: 18, value: 20 } as const;

// linux/input-event-codes.h
export const EV_SYN = 0;
export const EV_KEY = 1;
export const EV_ABS = 3;
/** `O_WRONLY | O_NONBLOCK | O_CLOEXEC`: nothing is read, and nothing may hold up the event loop. */
const OPEN_FLAGS = 0o1 | 0o4000 | 0o2000000;
/** V8 moves typed arrays of 64 octets or less. */
const LEAST_OCTETS = 128;

/** An axis, and the values that it takes. */
export interface InputAxis {
  /** `ABS_…` of linux/input-event-codes.h. */
  readonly code: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Differences up to this are noise. */
  readonly fuzz?: number;
  /** Values up to this, on both sides, are the middle. */
  readonly flat?: number;
}

/** What a device says that it is. */
export interface InputDeviceDescription {
  /** Up to 79 octets. */
  readonly name: string;
  /** `BUS_…` of linux/input.h. */
  readonly bus: number;
  readonly vendor: number;
  readonly product: number;
  readonly version: number;
  /** `KEY_…` and `BTN_…` of linux/input-event-codes.h. */
  readonly keys: readonly number[];
  readonly axes: readonly InputAxis[];
}

/** One change: of a key or button (1 or 0), or of an axis. */
export interface InputChange {
  readonly type: "key" | "axis";
  readonly code: number;
  readonly value: number;
}

/** An input device that all programs of this machine see. Dispose of it to unplug it. */
export class UinputDevice implements Disposable {
  #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Whether devices can be made here: opens the file and closes it again.
   *
   * @throws {SystemCallError} If the kernel has no uinput, or this user may not open it.
   */
  static probe(): void {
    libc().close(openUinput());
  }

  /**
   * Makes a device.
   *
   * @throws {SystemCallError} If the kernel has no uinput, or this user may not open it.
   */
  static create(description: InputDeviceDescription): UinputDevice {
    const device = new UinputDevice(openUinput());
    try {
      device.#setUp(description);
      return device;
    } catch (error) {
      device[Symbol.dispose]();
      throw error;
    }
  }

  #setUp({ axes, bus, keys, name, product, vendor, version }: InputDeviceDescription): void {
    this.#set(UI_SET_EVBIT, EV_KEY);
    for (const key of keys) this.#set(UI_SET_KEYBIT, key);
    if (axes.length > 0) this.#set(UI_SET_EVBIT, EV_ABS);
    for (const { code, flat = 0, fuzz = 0, maximum, minimum } of axes) {
      this.#set(UI_SET_ABSBIT, code);
      const setup = new DataView(new ArrayBuffer(LEAST_OCTETS));
      setup.setUint16(UINPUT_ABS_SETUP.code, code, true);
      [0, minimum, maximum, fuzz, flat].forEach((number, i) =>
        setup.setInt32(UINPUT_ABS_SETUP.absinfo + 4 * i, number, true)
      );
      this.#give(UI_ABS_SETUP, setup);
    }
    const setup = new DataView(new ArrayBuffer(LEAST_OCTETS));
    [bus, vendor, product, version].forEach((number, i) =>
      setup.setUint16(UINPUT_SETUP.id + 2 * i, number, true)
    );
    const text = new Uint8Array(setup.buffer, UINPUT_SETUP.name, UINPUT_SETUP.nameLength - 1);
    new TextEncoder().encodeInto(name, text);
    this.#give(UI_DEV_SETUP, setup);
    this.#set(UI_DEV_CREATE, 0);
  }

  #set(request: number, argument: number): void {
    check("ioctl", libc().ioctl(this.#fd, BigInt(request), BigInt(argument)));
  }

  #give(request: number, structure: DataView<ArrayBuffer>): void {
    check("ioctl", libc().ioctl_buffer(this.#fd, BigInt(request), structure.buffer));
  }

  /**
   * Reports changes that belong together.
   *
   * @throws {SystemCallError} If the kernel does not take them.
   */
  send(changes: readonly InputChange[]): void {
    if (this.#fd < 0 || changes.length === 0) return;
    const length = (changes.length + 1) * INPUT_EVENT.size;
    const events = new DataView(new ArrayBuffer(Math.max(length, LEAST_OCTETS)));
    // The last one stays zeros: SYN_REPORT. The kernel puts the time in by itself.
    changes.forEach(({ code, type, value }, i) => {
      const at = i * INPUT_EVENT.size;
      events.setUint16(at + INPUT_EVENT.type, type === "key" ? EV_KEY : EV_ABS, true);
      events.setUint16(at + INPUT_EVENT.code, code, true);
      events.setInt32(at + INPUT_EVENT.value, value, true);
    });
    check("write", Number(libc().write(this.#fd, events.buffer, BigInt(length))));
  }

  /** Unplugs the device. */
  [Symbol.dispose](): void {
    if (this.#fd < 0) return;
    libc().ioctl(this.#fd, BigInt(UI_DEV_DESTROY), 0n);
    libc().close(this.#fd);
    this.#fd = -1;
  }
}

function openUinput(): number {
  return check("open", libc().open(cString(UINPUT_PATH), OPEN_FLAGS));
}

/** @throws {SystemCallError} If the call's result says that it failed. */
function check(call: string, result: number): number {
  if (result >= 0) return result;
  const location = libc().__errno_location();
  const errno = location === null ? 0 : new Deno.UnsafePointerView(location).getInt32();
  throw new SystemCallError(call, errno, readString(libc().strerror(errno)));
}
