/**
 * Asks for a remote screen of the size of the room for it, or of the size that was chosen.
 *
 * @module
 */

import type { Viewport } from "./messages.ts";
import type { Observable } from "./observable.ts";
import type { PageState } from "./page_state.ts";
import type { Preferences } from "./preferences.ts";

/** Milliseconds for which a window that is being dragged has to rest. */
const REST = 100;

/** Desktops are of little use with less, in pixels; a phone shows them smaller. */
const LEAST = { width: 640, height: 400 } as const;
/** The largest that X servers take. */
const MOST = 32768;

/** Pixels per inch of common monitors. */
const USUAL_DPI = 96;
/** What the server takes of them. */
const MOST_DPI = 480;

export interface WindowFollowerOptions {
  readonly page: Observable<PageState>;
  readonly preferences: Observable<Preferences>;
  /** The room for the picture. */
  room(): Viewport;
  /** @param size In remote pixels, pixels per inch, and whether the user did something for it. */
  ask(size: { width: number; height: number; dpi: number; asked: boolean }): void;
  readonly signal: AbortSignal;
}

export class WindowFollower {
  readonly #options: WindowFollowerOptions;
  #sizing: PageState["sizing"];
  #last = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: WindowFollowerOptions) {
    this.#options = options;
    const { page, preferences, signal } = options;
    page.watch(() => {
      const { sizing } = page.value;
      if (sizing === this.#sizing) return;
      // Of a server that is new to the page, or has a new display.
      this.#sizing = sizing;
      this.#last = "";
      this.#ask(false);
    }, signal);
    preferences.watch(() => this.#ask(true), signal);
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  /** The window, or the page in it, has another size. */
  resized(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(true), REST);
  }

  #ask(asked: boolean): void {
    const { page, preferences, room } = this.#options;
    if (this.#sizing !== "any" && this.#sizing !== "modes") return;
    const { desktopSize } = preferences.value;
    if (desktopSize === "keep") {
      // What is chosen next is asked for, whatever others have chosen meanwhile.
      this.#last = "";
      return;
    }
    if (desktopSize === "window") {
      // An on-screen keyboard takes room for a moment only.
      if (page.value.typing) return;
      const { height, width } = room();
      if (width === 0 || height === 0) return;
    }
    const wanted = { ...this.#chosen ?? this.size, dpi: this.#dpi };
    const text = JSON.stringify(wanted);
    if (text === this.#last) return;
    this.#last = text;
    this.#options.ask({ ...wanted, asked });
  }

  /** The size that suits the window, in remote pixels. */
  get size(): { width: number; height: number } {
    const { height, width } = this.#options.room();
    const pixels = (length: number, least: number) =>
      Math.min(Math.max(Math.floor(length * this.#ratio), least), MOST);
    return { width: pixels(width, LEAST.width), height: pixels(height, LEAST.height) };
  }

  /** The size that was chosen whatever the window has. */
  get #chosen(): { width: number; height: number } | undefined {
    const { desktopSize } = this.#options.preferences.value;
    if (desktopSize === "window") return undefined;
    const [width = 0, height = 0] = desktopSize.split("x").map(Number);
    return { width, height };
  }

  /** Remote pixels for one CSS pixel. */
  get #ratio(): number {
    const { preferences, room } = this.#options;
    return preferences.value.fullResolution ? room().devicePixelRatio : 1;
  }

  /** What programs are told, so that they draw neither too small nor too large. */
  get #dpi(): number {
    const { programScale } = this.#options.preferences.value;
    const suiting = this.#chosen === undefined ? this.#ratio : 1;
    const scale = programScale === 0 ? suiting : programScale / 100;
    return Math.min(Math.max(Math.round(USUAL_DPI * scale), USUAL_DPI), MOST_DPI);
  }
}
