/**
 * Listens to the mouse or pen on the picture; fingers are for touch_source.ts.
 *
 * @module
 */

import type { PageInput } from "../messages.ts";
import { HERE } from "../../src/protocol/input_message.ts";
import {
  isInside,
  type Placement,
  type Reach,
  type RemotePosition,
  toRemote,
  toRemoteBeyond,
} from "./pointer_mapping.ts";
import { timeOf } from "./keyboard_source.ts";
import { WheelAccumulator } from "./wheel.ts";

export interface PointerSourceOptions {
  readonly surface: HTMLElement;
  /** Where the picture is now; undefined while there is none. */
  placement(): Placement | undefined;
  /** How far the remote screen goes around the picture; undefined while that is not known. */
  reach(): Reach | undefined;
  input(input: PageInput): void;
  /** The picture was pressed: the keyboard should follow. */
  pressed(event: PointerEvent): void;
  /** The pointer was moved here, in CSS pixels of the viewport, or has left. */
  hovered(event: PointerEvent | undefined): void;
  readonly signal: AbortSignal;
}

/** Bits of `PointerEvent.buttons` and the X buttons they are. */
const BUTTONS = [[1, 1], [2, 3], [4, 2], [8, 8], [16, 9]] as const;

export class PointerSource {
  readonly #options: PointerSourceOptions;
  readonly #wheel = new WheelAccumulator();
  #buttons = 0;
  #last: RemotePosition | undefined;
  /** The pointer that presses; others are ignored meanwhile. */
  #pointer: number | undefined;
  /** Where it was seen last, in CSS pixels. */
  #client: { readonly clientX: number; readonly clientY: number } | undefined;
  /** Fractions of a pixel that a locked pointer has still to move by. */
  #rest = { x: 0, y: 0 };

  constructor(options: PointerSourceOptions) {
    this.#options = options;
    const { surface, signal } = options;
    // Not aligned to frames (Pointer Events §10.1), but only in secure contexts of Chromium.
    const raw = "onpointerrawupdate" in surface;
    if (raw) {
      // Not in every version of the DOM's types.
      const type = "pointerrawupdate" as "pointermove";
      surface.addEventListener(type, (event) => this.#onMove(event), { signal });
    }
    surface.addEventListener("pointermove", (event) => {
      if (!raw) this.#onMove(event);
      // A second button, pressed or lifted while one is held, is told by a move.
      this.#onButtons(event);
    }, { signal });
    surface.addEventListener("pointerdown", (event) => this.#onDown(event), { signal });
    surface.addEventListener("pointerup", (event) => this.#onUp(event), { signal });
    surface.addEventListener("pointercancel", (event) => this.#onUp(event), { signal });
    surface.addEventListener("lostpointercapture", (event) => this.#onUp(event), { signal });
    surface.addEventListener("pointerleave", () => {
      this.#wheel.reset();
      this.#client = undefined;
      options.hovered(undefined);
    }, { signal });
    surface.addEventListener("wheel", (event) => this.#onWheel(event), { signal, passive: false });
    for (const type of ["contextmenu", "mousedown", "auxclick", "dragstart"]) {
      // mousedown: the browser would take the focus from the keyboard's field, or start to scroll.
      surface.addEventListener(type, (event) => event.preventDefault(), { signal });
    }
  }

  /** Forgets what is pressed, after everything was lifted. */
  forget(): void {
    this.#buttons = 0;
    this.#pointer = undefined;
    this.#last = undefined;
  }

  /** The picture lies elsewhere now: a pointer at rest is on another remote pixel. */
  placed(): void {
    if (this.#client === undefined || this.#locked) return;
    const placement = this.#options.placement();
    if (placement === undefined) return;
    const { clientX, clientY } = this.#client;
    this.#point(toRemote(placement, clientX, clientY), performance.timeOrigin + performance.now());
  }

  /** Whether the page has the pointer for itself, so that only its motion is known. */
  get #locked(): boolean {
    return document.pointerLockElement === this.#options.surface;
  }

  #position(event: MouseEvent): RemotePosition | undefined {
    if (this.#locked) return { x: HERE, y: HERE };
    const placement = this.#options.placement();
    if (placement === undefined) return undefined;
    const reach = this.#pointer === undefined ? undefined : this.#options.reach();
    return reach === undefined
      ? toRemote(placement, event.clientX, event.clientY)
      : toRemoteBeyond(placement, reach, event.clientX, event.clientY);
  }

  #onMove(event: PointerEvent): void {
    if (!this.#follows(event)) return;
    if (this.#locked) return this.#onMotion(event);
    this.#client = { clientX: event.clientX, clientY: event.clientY };
    this.#options.hovered(event);
    const position = this.#position(event);
    if (position !== undefined) this.#point(position, timeOf(event));
  }

  #point(position: RemotePosition, at: number): void {
    if (position.x === this.#last?.x && position.y === this.#last.y) return;
    this.#last = position;
    this.#options.input({ type: "pointer", ...position, at });
  }

  /** How far a hand has moved the mouse: as far the remote one moves, however the picture is scaled. */
  #onMotion(event: PointerEvent): void {
    const x = this.#rest.x + event.movementX;
    const y = this.#rest.y + event.movementY;
    const dx = clampMotion(Math.trunc(x));
    const dy = clampMotion(Math.trunc(y));
    this.#rest = { x: x - Math.trunc(x), y: y - Math.trunc(y) };
    if (dx === 0 && dy === 0) return;
    this.#last = undefined;
    this.#options.input({ type: "motion", dx, dy, at: timeOf(event) });
  }

  #onDown(event: PointerEvent): void {
    if (!this.#follows(event)) return;
    const placement = this.#options.placement();
    if (placement === undefined) return;
    if (!this.#locked && !isInside(placement, event.clientX, event.clientY)) return;
    this.#pointer = event.pointerId;
    // A locked pointer cannot leave (Pointer Lock 2.0: capture and lock exclude each other).
    if (!this.#locked) this.#options.surface.setPointerCapture(event.pointerId);
    this.#options.pressed(event);
    event.preventDefault();
    this.#onButtons(event);
  }

  #onUp(event: PointerEvent): void {
    if (!this.#follows(event)) return;
    this.#onButtons(event);
    if (this.#buttons === 0) this.#pointer = undefined;
  }

  /** Sends what changed since the last event, so that no release can be missed. */
  #onButtons(event: PointerEvent): void {
    if (!this.#follows(event)) return;
    const now = event.type === "pointercancel" || event.type === "lostpointercapture"
      ? 0
      : event.buttons;
    const changed = now ^ this.#buttons;
    // A press that began outside the picture is not ours.
    if (changed === 0 || this.#pointer === undefined) return;
    const position = this.#position(event) ?? this.#last;
    this.#buttons = now;
    if (position === undefined) return;
    if (!this.#locked) this.#last = position;
    for (const [bit, button] of BUTTONS) {
      if ((changed & bit) === 0) continue;
      const down = (now & bit) !== 0;
      this.#options.input({ type: "button", button, down, ...position, at: timeOf(event) });
    }
  }

  #onWheel(event: WheelEvent): void {
    // Ctrl with the wheel zooms the page otherwise, and the remote program gets neither.
    event.preventDefault();
    const position = this.#position(event);
    if (position === undefined) return;
    const { dx, dy } = this.#wheel.add(event);
    if (dx === 0 && dy === 0) return;
    this.#options.input({ type: "wheel", dx, dy, ...position, at: timeOf(event) });
  }

  #follows(event: PointerEvent): boolean {
    if (event.pointerType === "touch") return false;
    return this.#pointer === undefined || event.pointerId === this.#pointer;
  }
}

/** What the wire holds. */
function clampMotion(distance: number): number {
  return Math.min(Math.max(distance, -32_768), 32_767);
}
