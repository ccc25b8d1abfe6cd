/**
 * The picture on the page, and what goes from it to the remote desktop.
 *
 * @module
 */

import type { MonitorNews } from "../../src/protocol/control_message.ts";
import type { CursorImage } from "../../src/protocol/cursor_message.ts";
import { HERE } from "../../src/protocol/input_message.ts";
import { detectPlatform, KeyboardSource } from "../input/keyboard_source.ts";
import type { Placement, Reach, RemotePosition, Size } from "../input/pointer_mapping.ts";
import { PointerSource } from "../input/pointer_source.ts";
import { StickyModifiers } from "../input/sticky_modifiers.ts";
import { TouchSource } from "../input/touch_source.ts";
import type { PageInput, Viewport } from "../messages.ts";
import type { Observable } from "../observable.ts";
import type { Preferences } from "../preferences.ts";
import { strings } from "../strings.ts";
import { wallClock } from "../wall_clock.ts";
import { DrawnCursor } from "./drawn_cursor.ts";
import { PictureLayout } from "./picture_layout.ts";
import { RemoteCursor } from "./remote_cursor.ts";

/**
 * How long keys that were pressed together stay down, in ms: as with fingers. Window managers that see
 * Alt lifted before they have taken the keyboard change to no window, and wait for it to be lifted.
 */
const CHORD = 200;

export interface PictureOptions {
  readonly stage: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly field: HTMLTextAreaElement;
  /** Where the remote pointer is drawn if the browser shows none. */
  readonly pointer: HTMLImageElement;
  readonly preferences: Observable<Preferences>;
  input(input: PageInput): void;
  focus(focused: boolean): void;
  resized(viewport: Viewport): void;
  /** The on-screen keyboard was asked for, or is not wanted any more. */
  typing(typing: boolean): void;
  /** A pen was put on the picture. */
  penned(): void;
  /** @returns Whether the page takes the key for itself. */
  shortcut(event: KeyboardEvent): boolean;
  /** @returns Whether the key is to paste here, too. */
  pastes(event: KeyboardEvent): boolean;
  readonly signal: AbortSignal;
}

export class Picture {
  readonly modifiers = new StickyModifiers();
  readonly #options: PictureOptions;
  readonly #layout: PictureLayout;
  readonly #cursor: RemoteCursor;
  readonly #drawn: DrawnCursor;
  readonly #keyboard: KeyboardSource;
  readonly #pointer: PointerSource;
  readonly #touch: TouchSource;
  /** Lets go of the keys that were pressed together last. */
  #liftChord: (() => void) | undefined;
  #live = false;
  #watching = false;
  /** Where the picture begins on the remote screen, in its pixels. */
  #origin: RemotePosition = { x: 0, y: 0 };
  /** How far the remote screen goes around the picture. */
  #reach: Reach | undefined;
  /** Whether the last thing done on the page was to move by the Tab key. */
  #tabbed = false;

  constructor(options: PictureOptions) {
    this.#options = options;
    const { canvas, field, preferences, signal, stage } = options;
    canvas.setAttribute("aria-label", strings.desktop.pictureLabel);
    field.setAttribute("aria-label", strings.desktop.keyboardLabel);
    const input = (input: PageInput) => this.#send(input);
    this.#cursor = new RemoteCursor(canvas);
    this.#drawn = new DrawnCursor(options.pointer);
    this.#layout = new PictureLayout({
      stage,
      canvas,
      preferences,
      resized: options.resized,
      placed: () => this.#placed(),
      signal,
    });
    this.#keyboard = new KeyboardSource({
      field,
      platform: detectPlatform(navigator.userAgent),
      commandAsControl: () => preferences.value.commandAsControl,
      optionAsAlt: () => preferences.value.optionAsAlt,
      key: (keysym, down, at) => input({ type: "key", keysym, down, at }),
      releaseAll: () => this.#releaseAll(),
      focus: (focused) => {
        stage.classList.toggle("tabbed", focused && this.#tabbed);
        options.focus(focused);
      },
      shortcut: options.shortcut,
      pastes: options.pastes,
      signal,
    });
    this.#pointer = new PointerSource({
      surface: canvas,
      placement: () => this.placement,
      reach: () => this.#reach,
      input,
      pressed: (event) => {
        this.#typeAt(event.clientX, event.clientY);
        this.focus();
        if (event.pointerType === "pen") options.penned();
      },
      hovered: (event) => this.#hovered(event),
      signal,
    });
    this.#touch = new TouchSource({
      surface: stage,
      placement: () => this.placement,
      input,
      pressed: () => this.focus(),
      pointed: (position) => this.#pointed(position),
      trackpad: () => preferences.value.trackpad,
      zoomed: () => this.#layout.zoomed,
      pan: (dx, dy) => this.#layout.pan(dx, dy),
      zoom: (factor, x, y) => this.#layout.zoom(factor, x, y),
      keyboard: () => this.typing = !this.typing,
      signal,
    });
    this.#watchFocus();
    document.addEventListener("pointerlockchange", () => {
      if (document.pointerLockElement === null && !this.#watching) this.#hidePointer();
    }, { signal });
  }

  get placement(): Placement | undefined {
    return this.#layout.placement;
  }

  get viewport(): Viewport {
    return this.#layout.viewport;
  }

  /** The picture on the canvas has this size, in remote pixels. */
  resize(size: Size): void {
    this.#layout.resize(size);
  }

  /** What part of the remote screen the picture is. */
  set monitor({ screen, x, y }: MonitorNews) {
    this.#origin = { x, y };
    this.#reach = { left: -x, top: -y, right: screen.width - x, bottom: screen.height - y };
  }

  /** How much of the page's lower part something lies over, in CSS pixels. */
  set covered(covered: number) {
    this.#layout.covered = covered;
  }

  showCursor(cursor: CursorImage): void {
    this.#cursor.show(cursor);
    this.#drawn.cursor = this.#live ? this.#cursor.image : undefined;
    this.#drawn.draw(this.placement);
  }

  /** The remote pointer is here, and not because of this page's own mouse. */
  showPointer(position: RemotePosition): void {
    const here = this.#onPicture(position);
    const { placement } = this;
    // It may be on another monitor.
    this.#drawn.shown = placement === undefined ||
      here.x >= 0 && here.y >= 0 && here.x < placement.remote.width &&
        here.y < placement.remote.height;
    this.#drawn.position = this.#touch.position = here;
    this.#drawn.draw(placement);
  }

  /** Programs seem to have their caret here: what input methods compose is shown there. */
  showCaret(position: RemotePosition): void {
    const { placement } = this;
    const { x, y } = this.#onPicture(position);
    if (placement === undefined || this.#keyboard.composing) return;
    this.#typeAt(placement.left + x * placement.scale, placement.top + y * placement.scale);
  }

  /** @param watching Whether the page's own mouse does nothing to the remote pointer. */
  set watching(watching: boolean) {
    if (watching === this.#watching) return;
    this.#watching = watching;
    this.#cursor.shown = this.#live && !watching;
    if (!watching) this.#hidePointer();
  }

  /** @param live Whether the picture is the desktop as it is now. */
  set live(live: boolean) {
    if (live === this.#live) return;
    this.#live = live;
    const { canvas } = this.#options;
    canvas.classList.toggle("stale", !live);
    if (live) canvas.hidden = false;
    else this.#cursor.forget();
    this.#cursor.shown = live && !this.#watching;
    this.#drawn.cursor = live ? this.#cursor.image : undefined;
    this.#drawn.draw(this.placement);
  }

  /** Whether there is an on-screen keyboard, or would be if this device had one. */
  get typing(): boolean {
    return this.#keyboard.onScreen;
  }

  set typing(typing: boolean) {
    const { field } = this.#options;
    this.#keyboard.onScreen = typing;
    // It comes when the field gets the focus, not when what the field asks for changes.
    field.blur();
    this.focus();
    this.#options.typing(typing);
  }

  /**
   * Another connection: nothing is held on the remote side. That is said, too: what was pressed while
   * there was none has gone out already, and its release would be kept back as that of a stranger.
   */
  forgetHeld(): void {
    this.#keyboard.forget();
    this.#releaseAll();
  }

  /** Gives the keyboard to the remote desktop. */
  focus(): void {
    this.#options.field.focus({ preventScroll: true });
  }

  /** Gives the mouse to the remote desktop altogether: it gets every motion, and no cursor is shown. */
  async lockPointer(): Promise<void> {
    const { canvas } = this.#options;
    this.focus();
    try {
      await canvas.requestPointerLock({ unadjustedMovement: true });
    } catch {
      // Not every system gives motion without acceleration.
      await canvas.requestPointerLock();
    }
  }

  /** Presses keys one after the other, then lets them go in reverse. */
  pressKeys(keysyms: readonly number[]): void {
    this.#liftChord?.();
    this.#sendKeys(keysyms, true);
    const lift = () => {
      if (this.#liftChord !== lift) return;
      this.#liftChord = undefined;
      this.#sendKeys(keysyms.toReversed(), false);
    };
    this.#liftChord = lift;
    if (keysyms.length === 1) lift();
    else setTimeout(lift, CHORD);
  }

  #sendKeys(keysyms: readonly number[], down: boolean): void {
    const at = wallClock();
    for (const keysym of keysyms) this.#send({ type: "key", keysym, down, at });
  }

  #send(input: PageInput): void {
    for (const each of this.modifiers.apply(input)) this.#options.input(this.#onScreen(each));
  }

  /** Where something of the remote screen is on the picture, or beside it. */
  #onPicture({ x, y }: RemotePosition): RemotePosition {
    return { x: x - this.#origin.x, y: y - this.#origin.y };
  }

  /** Where something happens on the remote screen, and not on the picture. */
  #onScreen(input: PageInput): PageInput {
    if (!("x" in input) || input.x === HERE && input.y === HERE) return input;
    return { ...input, x: input.x + this.#origin.x, y: input.y + this.#origin.y };
  }

  #releaseAll(): void {
    this.#pointer.forget();
    this.#touch.forget();
    this.#send({ type: "releaseAll", at: wallClock() });
  }

  #hovered(event: PointerEvent | undefined): void {
    if (!this.#watching) this.#hidePointer();
    if (event === undefined) this.#layout.rest();
    else this.#layout.push(event.clientX, event.clientY);
  }

  /** The browser shows the pointer itself, or nobody knows where it is. */
  #hidePointer(): void {
    this.#drawn.shown = false;
    this.#drawn.draw(this.placement);
  }

  /** A finger has moved the pointer. */
  #pointed(position: RemotePosition): void {
    const { placement } = this;
    if (placement === undefined) return;
    const x = placement.left + position.x * placement.scale;
    const y = placement.top + position.y * placement.scale;
    this.#typeAt(x, y);
    this.#drawn.shown = this.#options.preferences.value.trackpad;
    this.#drawn.position = position;
    this.#drawn.draw(placement);
    if (this.#options.preferences.value.trackpad) this.#layout.push(x, y);
  }

  #placed(): void {
    this.#cursor.scale = this.placement?.scale ?? 1;
    this.#drawn.draw(this.placement);
    this.#pointer.placed();
  }

  /** Puts the field where the user works: there input methods show what they compose. */
  #typeAt(clientX: number, clientY: number): void {
    const { field } = this.#options;
    field.style.setProperty("left", `${Math.max(0, Math.min(clientX, innerWidth - 200))}px`);
    field.style.setProperty("top", `${Math.max(0, Math.min(clientY, innerHeight - 40))}px`);
  }

  #watchFocus(): void {
    const { signal, stage } = this.#options;
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
  }
}
