import { getLogger } from "@logtape/logtape";
import { SystemCallError } from "../../ffi/mod.ts";
import { type GamepadSupport, probeGamepads, VirtualGamepad } from "../gamepads/virtual_gamepad.ts";
import { AT_REST } from "../gamepads/xbox_pad.ts";
import type { InputMessage } from "../protocol/input_message.ts";
import type { SessionFeature } from "./feature.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session", "gamepads"]);

/** Gamepads of a session at a time: as many as the kernel gives joystick numbers on most systems. */
export const MOST_GAMEPADS = 8;
/** Gamepads that may be plugged in within {@link PLUG_WINDOW_MS}: each is work for all the system. */
const MOST_PLUGGED = 16;
const PLUG_WINDOW_MS = 10_000;

export interface GamepadOptions {
  /** Whether gamepads may be made at all. */
  readonly enabled: boolean;
  /** Default: what the system allows. */
  readonly probe?: () => GamepadSupport;
  /** Default: one of the kernel's. @throws {SystemCallError} */
  readonly plug?: () => VirtualGamepad;
  /** Default: the system's, in ms. */
  readonly now?: () => number;
}

/**
 * Gives programs the gamepads of those who control the desktop. Each is plugged in when its page first
 * says what it is like.
 */
export class GamepadFeature implements SessionFeature {
  readonly #options: GamepadOptions;
  readonly #support: GamepadSupport | "off";
  readonly #pads = new Map<Viewer, Map<number, VirtualGamepad>>();
  /** When gamepads were plugged in lately. */
  #plugged: number[] = [];
  #refused = false;

  constructor(options: GamepadOptions) {
    this.#options = options;
    this.#support = options.enabled ? (options.probe ?? probeGamepads)() : "off";
  }

  onjoin(viewer: Viewer): void {
    viewer.tell({ type: "gamepads", state: this.#support, most: MOST_GAMEPADS });
  }

  oninput(viewer: Viewer, message: InputMessage): void {
    if (message.type === "gamepadGone") return this.#unplug(viewer, message.pad);
    if (message.type !== "gamepad" || this.#support !== "ready") return;
    const pad = this.#pads.get(viewer)?.get(message.pad) ?? this.#plug(viewer, message.pad);
    if (pad === undefined) return;
    try {
      pad.state = message;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      log.warn("A gamepad is unplugged: {error}", { error });
      this.#unplug(viewer, message.pad);
    }
  }

  onrelease(viewer: Viewer): void {
    for (const pad of this.#pads.get(viewer)?.values() ?? []) {
      try {
        pad.state = AT_REST;
      } catch (error) {
        if (!(error instanceof SystemCallError)) throw error;
        log.warn("A gamepad cannot be let go: {error}", { error });
      }
    }
  }

  onrole(viewer: Viewer): void {
    if (viewer.role !== "control") this.onleave(viewer);
  }

  onleave(viewer: Viewer): void {
    for (const pad of [...this.#pads.get(viewer)?.keys() ?? []]) this.#unplug(viewer, pad);
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const viewer of [...this.#pads.keys()]) this.onleave(viewer);
    return Promise.resolve();
  }

  #plug(viewer: Viewer, number: number): VirtualGamepad | undefined {
    const now = (this.#options.now ?? (() => performance.now()))();
    this.#plugged = this.#plugged.filter((at) => now - at < PLUG_WINDOW_MS);
    const inUse = [...this.#pads.values()].reduce((sum, pads) => sum + pads.size, 0);
    if (inUse >= MOST_GAMEPADS || this.#plugged.length >= MOST_PLUGGED) return undefined;
    this.#plugged.push(now);
    try {
      const pad = this.#options.plug?.() ?? new VirtualGamepad();
      let pads = this.#pads.get(viewer);
      if (pads === undefined) this.#pads.set(viewer, pads = new Map());
      pads.set(number, pad);
      log.info("Viewer {id} has plugged in gamepad {number}", { id: viewer.id, number });
      return pad;
    } catch (error) {
      if (!(error instanceof SystemCallError)) throw error;
      if (!this.#refused) log.warn("No gamepad can be plugged in: {error}", { error });
      this.#refused = true;
      return undefined;
    }
  }

  #unplug(viewer: Viewer, number: number): void {
    const pads = this.#pads.get(viewer);
    const pad = pads?.get(number);
    if (pads === undefined || pad === undefined) return;
    pads.delete(number);
    if (pads.size === 0) this.#pads.delete(viewer);
    pad[Symbol.dispose]();
  }
}
