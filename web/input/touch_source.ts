/**
 * Listens to fingers on the picture and around it.
 *
 * @module
 */

import type { PageInput } from "../messages.ts";
import { setTimer, wallClock } from "../wall_clock.ts";
import { timeOf } from "./keyboard_source.ts";
import { isInside, type Placement, type RemotePosition, toRemote } from "./pointer_mapping.ts";
import { TouchGestures } from "./touch_gestures.ts";

export interface TouchSourceOptions {
  /** The picture and the room around it. */
  readonly surface: HTMLElement;
  /** Where the picture is now; undefined while there is none. */
  placement(): Placement | undefined;
  input(input: PageInput): void;
  /** The picture was touched: the keyboard should follow. */
  pressed(): void;
  /** The pointer is here now, where no finger need be. */
  pointed(position: RemotePosition): void;
  /** Whether fingers move the pointer from where it is. */
  trackpad(): boolean;
  /** Whether two fingers move the picture; else they scroll. */
  zoomed(): boolean;
  pan(dx: number, dy: number): void;
  zoom(factor: number, clientX: number, clientY: number): void;
  keyboard(): void;
  readonly signal: AbortSignal;
}

/** Remote pixels that a notch of a wheel scrolls, more or less, and its 120ths. */
const NOTCH = { pixels: 50, steps: 120 } as const;
/** A trackpad's pointer goes further when the finger is quick: by so much for each CSS pixel a ms. */
const ACCELERATION = 1.2;
const MOST_ACCELERATION = 3;

export class TouchSource {
  readonly #options: TouchSourceOptions;
  readonly #gestures: TouchGestures;
  #position: RemotePosition | undefined;
  /** Fractions of a pixel, and of a step of the wheel, that are still to come. */
  #rest = { x: 0, y: 0, dx: 0, dy: 0 };
  #at = 0;
  #nudgedAt = 0;

  constructor(options: TouchSourceOptions) {
    this.#options = options;
    const { signal, surface } = options;
    this.#gestures = new TouchGestures({
      actions: {
        move: (x, y) => this.#move(x, y),
        nudge: (dx, dy) => this.#nudge(dx, dy),
        button: (button, down) => this.#button(button, down),
        drag: (dx, dy) => options.zoomed() ? options.pan(dx, dy) : this.#scroll(dx, dy),
        pinch: (factor, x, y) => options.zoom(factor, x, y),
        keyboard: () => options.keyboard(),
      },
      trackpad: () => options.trackpad(),
      schedule: (ms, callback) =>
        setTimer(ms, () => {
          this.#at = wallClock();
          callback();
        }),
    });
    const listen = (type: "down" | "move" | "up", handle: (event: PointerEvent) => void) =>
      surface.addEventListener(`pointer${type}`, (event) => {
        if (event.pointerType !== "touch") return;
        this.#at = timeOf(event);
        handle(event);
      }, { signal });
    listen("down", (event) => this.#onDown(event));
    listen("move", (event) => this.#gestures.move(fingerOf(event)));
    listen("up", ({ pointerId, timeStamp }) => this.#gestures.up(pointerId, timeStamp));
    surface.addEventListener("pointercancel", () => this.#gestures.cancel(), { signal });
  }

  /** Where the pointer is, after it was moved by other means. */
  set position(position: RemotePosition | undefined) {
    this.#position = position;
    this.#rest = { x: 0, y: 0, dx: 0, dy: 0 };
  }

  /** Forgets the fingers, after everything was lifted. */
  forget(): void {
    this.#gestures.cancel();
  }

  #onDown(event: PointerEvent): void {
    const placement = this.#options.placement();
    if (placement === undefined) return;
    const { clientX, clientY, pointerId, timeStamp } = event;
    if (!this.#options.trackpad() && !isInside(placement, clientX, clientY)) return;
    this.#options.surface.setPointerCapture(pointerId);
    // No mouse events for those who know of no fingers.
    event.preventDefault();
    this.#options.pressed();
    this.#gestures.down(fingerOf(event), timeStamp);
  }

  #move(clientX: number, clientY: number): void {
    const placement = this.#options.placement();
    if (placement !== undefined) this.#point(toRemote(placement, clientX, clientY));
  }

  #nudge(dx: number, dy: number): void {
    const placement = this.#options.placement();
    if (placement === undefined) return;
    const { remote, scale } = placement;
    const { x, y } = this.#position ?? middleOf(placement);
    const ms = Math.max(this.#at - this.#nudgedAt, 1);
    this.#nudgedAt = this.#at;
    const speed = Math.hypot(dx, dy) / ms;
    const factor = Math.min(1 + ACCELERATION * speed, MOST_ACCELERATION) / scale;
    const wanted = {
      x: Math.min(Math.max(x + this.#rest.x + dx * factor, 0), remote.width - 1),
      y: Math.min(Math.max(y + this.#rest.y + dy * factor, 0), remote.height - 1),
    };
    const position = { x: Math.trunc(wanted.x), y: Math.trunc(wanted.y) };
    this.#point(position);
    this.#rest.x = wanted.x - position.x;
    this.#rest.y = wanted.y - position.y;
  }

  #point(position: RemotePosition): void {
    this.#position = position;
    this.#options.input({ type: "pointer", ...position, at: this.#at });
    this.#options.pointed(position);
  }

  #button(button: number, down: boolean): void {
    const placement = this.#options.placement();
    if (placement === undefined) return;
    const position = this.#position ??= middleOf(placement);
    this.#options.input({ type: "button", button, down, ...position, at: this.#at });
  }

  /** The page goes with the fingers: down with them means towards its top. */
  #scroll(dx: number, dy: number): void {
    const placement = this.#options.placement();
    if (placement === undefined) return;
    const steps = NOTCH.steps / NOTCH.pixels / placement.scale;
    this.#rest.dx -= dx * steps;
    this.#rest.dy -= dy * steps;
    const whole = { dx: Math.trunc(this.#rest.dx), dy: Math.trunc(this.#rest.dy) };
    this.#rest.dx -= whole.dx;
    this.#rest.dy -= whole.dy;
    if (whole.dx === 0 && whole.dy === 0) return;
    const position = this.#position ??= middleOf(placement);
    this.#options.input({ type: "wheel", ...whole, ...position, at: this.#at });
  }
}

function fingerOf({ clientX, clientY, pointerId }: PointerEvent) {
  return { id: pointerId, x: clientX, y: clientY };
}

function middleOf({ remote }: Placement): RemotePosition {
  return { x: Math.floor(remote.width / 2), y: Math.floor(remote.height / 2) };
}
