/**
 * The picture on the page: where it lies, and what goes from it to the remote desktop.
 *
 * @module
 */

import type { CursorMessage } from "../../src/protocol/cursor_message.ts";
import { detectPlatform, KeyboardSource } from "../input/keyboard_source.ts";
import { type Placement, placePicture, type Size } from "../input/pointer_mapping.ts";
import { PointerSource } from "../input/pointer_source.ts";
import type { PageInput, Viewport } from "../messages.ts";
import { strings } from "../strings.ts";
import { wallClock } from "../wall_clock.ts";
import { RemoteCursor } from "./remote_cursor.ts";

export interface PictureOptions {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly field: HTMLTextAreaElement;
  input(input: PageInput): void;
  focus(focused: boolean): void;
  resized(viewport: Viewport): void;
  /** @returns Whether the page takes the key for itself. */
  shortcut(event: KeyboardEvent): boolean;
  readonly signal: AbortSignal;
}

export class Picture {
  readonly #options: PictureOptions;
  readonly #cursor: RemoteCursor;
  readonly #keyboard: KeyboardSource;
  readonly #pointer: PointerSource;
  #size: Size | undefined;
  #placement: Placement | undefined;
  #live = false;
  /** Whether the last thing done on the page was to move by the Tab key. */
  #tabbed = false;

  constructor(options: PictureOptions) {
    this.#options = options;
    const { canvas, field, stage, signal } = options;
    canvas.setAttribute("aria-label", strings.desktop.pictureLabel);
    field.setAttribute("aria-label", strings.desktop.keyboardLabel);
    this.#cursor = new RemoteCursor(canvas);
    this.#keyboard = new KeyboardSource({
      field,
      platform: detectPlatform(navigator.userAgent),
      key: (keysym, down, at) => options.input({ type: "key", keysym, down, at }),
      releaseAll: () => this.#releaseAll(),
      focus: (focused) => {
        stage.classList.toggle("tabbed", focused && this.#tabbed);
        options.focus(focused);
      },
      shortcut: options.shortcut,
      signal,
    });
    this.#pointer = new PointerSource({
      surface: canvas,
      placement: () => this.#placement,
      input: options.input,
      pressed: (event) => this.#pressed(event),
      signal,
    });
    addEventListener("keydown", ({ key }) => this.#tabbed = key === "Tab", {
      capture: true,
      signal,
    });
    addEventListener("pointerdown", () => {
      this.#tabbed = false;
      stage.classList.remove("tabbed");
    }, { capture: true, signal });
    // Beside the picture there is nothing to have the focus instead.
    stage.addEventListener("mousedown", (event) => {
      event.preventDefault();
      this.focus();
    }, { signal });
    const observer = new ResizeObserver(() => this.#place());
    observer.observe(stage);
    signal.addEventListener("abort", () => observer.disconnect());
    this.#watchPixelRatio();
  }

  get placement(): Placement | undefined {
    return this.#placement;
  }

  get viewport(): Viewport {
    const { width, height } = this.#options.stage.getBoundingClientRect();
    return { devicePixelRatio, width, height };
  }

  /** The picture on the canvas has this size, in remote pixels. */
  resize(size: Size): void {
    this.#size = size;
    this.#place();
  }

  showCursor(cursor: CursorMessage): void {
    this.#cursor.show(cursor);
  }

  /** @param live Whether the picture is the desktop as it is now. */
  set live(live: boolean) {
    if (live === this.#live) return;
    this.#live = live;
    const { canvas } = this.#options;
    canvas.classList.toggle("stale", !live);
    if (live) canvas.hidden = false;
    else this.#cursor.reset();
  }

  /** Another connection: nothing is held on the remote side. */
  forgetHeld(): void {
    this.#keyboard.forget();
    this.#pointer.forget();
  }

  /** Gives the keyboard to the remote desktop. */
  focus(): void {
    this.#options.field.focus({ preventScroll: true });
  }

  /** Presses keys one after the other, then lets them go in reverse. */
  pressKeys(keysyms: readonly number[]): void {
    const at = wallClock();
    for (const keysym of keysyms) this.#options.input({ type: "key", keysym, down: true, at });
    for (const keysym of [...keysyms].reverse()) {
      this.#options.input({ type: "key", keysym, down: false, at });
    }
  }

  #releaseAll(): void {
    this.#pointer.forget();
    this.#options.input({ type: "releaseAll", at: wallClock() });
  }

  #pressed(event: PointerEvent): void {
    const { field } = this.#options;
    // Touching the picture must not open the on-screen keyboard each time.
    field.inputMode = event.pointerType === "mouse" ? "text" : "none";
    this.focus();
  }

  #place(): void {
    this.#options.resized(this.viewport);
    if (this.#size === undefined) return;
    const room = this.#options.stage.getBoundingClientRect();
    if (room.width === 0 || room.height === 0) return;
    const placement = placePicture(room, this.#size, devicePixelRatio);
    this.#placement = placement;
    const { canvas } = this.#options;
    // A size in whole pixels, scaled: fractional ones are rounded, each browser its own way, and a
    // row or a column of the picture is then shown twice.
    const { left, remote, scale, top } = placement;
    canvas.style.setProperty("width", `${remote.width}px`);
    canvas.style.setProperty("height", `${remote.height}px`);
    canvas.style.setProperty("transform", `translate(${left}px, ${top}px) scale(${scale})`);
    canvas.classList.toggle("exact", placement.exact);
    this.#cursor.scale = placement.scale;
  }

  /** Page zoom and moving to another monitor change the ratio, not always the size. */
  #watchPixelRatio(): void {
    const { signal } = this.#options;
    if (signal.aborted) return;
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
      this.#place();
      this.#watchPixelRatio();
    }, { once: true, signal });
  }
}
