import { LibraryNotFoundError, SystemCallError, UinputDevice } from "../../ffi/mod.ts";
import { AT_REST, changesOf, type PadState, XBOX_PAD } from "./xbox_pad.ts";

/** Whether gamepads can be made here: "missing" without the kernel's uinput, "denied" if it is not for us. */
export type GamepadSupport = "ready" | "missing" | "denied";

const EPERM = 1;
const EACCES = 13;

/** @returns What comes of trying. */
export function probeGamepads(): GamepadSupport {
  try {
    UinputDevice.probe();
    return "ready";
  } catch (error) {
    if (error instanceof LibraryNotFoundError) return "missing";
    if (!(error instanceof SystemCallError)) throw error;
    return error.errno === EACCES || error.errno === EPERM ? "denied" : "missing";
  }
}

/** What a pad is made of. */
export type PadDevice = Pick<UinputDevice, "send"> & Disposable;

/** A gamepad that programs see as if it were plugged in. Dispose of it to unplug it. */
export class VirtualGamepad implements Disposable {
  readonly #device: PadDevice;
  #state = AT_REST;

  /**
   * Plugs one in.
   *
   * @param device Default: one of the kernel's.
   * @throws {SystemCallError} If the kernel refuses.
   */
  constructor(device: PadDevice = UinputDevice.create(XBOX_PAD)) {
    this.#device = device;
  }

  /** Whether nothing of it is pressed or moved. */
  get atRest(): boolean {
    return changesOf(this.#state, AT_REST).length === 0;
  }

  /** @throws {SystemCallError} If the kernel does not take it. */
  set state(state: PadState) {
    this.#device.send(changesOf(this.#state, state));
    this.#state = state;
  }

  [Symbol.dispose](): void {
    this.#device[Symbol.dispose]();
  }
}
