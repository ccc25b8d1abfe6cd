/**
 * Listens to the keyboard on an invisible text field: a text field because only there the browser
 * composes (dead keys, input methods, on-screen keyboards).
 *
 * @module
 */

import { Keyboard } from "./keyboard.ts";
import { keysymOfCharacter, type Platform } from "./keysym.ts";
import { XK } from "./keysym_table.ts";

export interface KeyboardSourceOptions {
  readonly field: HTMLTextAreaElement;
  readonly platform: Platform;
  /** @param at When it happened, in ms since 1970. */
  key(keysym: number, down: boolean, at: number): void;
  /** The page can hear no more releases; everything held must be lifted. */
  releaseAll(): void;
  focus(focused: boolean): void;
  /** @returns Whether the page takes the key for itself. */
  shortcut(event: KeyboardEvent): boolean;
  readonly signal: AbortSignal;
}

export class KeyboardSource {
  readonly #options: KeyboardSourceOptions;
  readonly #keyboard: Keyboard;
  #at = 0;

  constructor(options: KeyboardSourceOptions) {
    this.#options = options;
    this.#keyboard = new Keyboard({
      platform: options.platform,
      send: (keysym, down) => options.key(keysym, down, this.#at),
    });
    const { field, signal } = options;
    field.addEventListener("keydown", (event) => this.#onDown(event), { signal });
    field.addEventListener("keyup", (event) => this.#onUp(event), { signal });
    field.addEventListener("beforeinput", (event) => this.#onText(event), { signal });
    field.addEventListener("compositionend", (event) => this.#onComposed(event), { signal });
    field.addEventListener("focus", () => options.focus(true), { signal });
    field.addEventListener("blur", () => this.#lost(), { signal });
    addEventListener("blur", () => this.lift(), { signal });
    addEventListener("pagehide", () => this.lift(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.lift();
    }, { signal });
  }

  /** Lifts every held key, here and on the remote side. */
  lift(): void {
    this.#keyboard.forget();
    this.#options.releaseAll();
  }

  /** Forgets what was held by a connection that is gone. */
  forget(): void {
    this.#keyboard.forget();
  }

  #lost(): void {
    this.lift();
    this.#options.focus(false);
  }

  #onDown(event: KeyboardEvent): void {
    if (this.#options.shortcut(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    this.#at = timeOf(event);
    if (this.#keyboard.down(event)) event.preventDefault();
  }

  #onUp(event: KeyboardEvent): void {
    this.#at = timeOf(event);
    if (this.#keyboard.up(event)) event.preventDefault();
  }

  /** Whatever becomes text here had no key press of its own: those are all prevented. */
  #onText(event: InputEvent): void {
    this.#at = timeOf(event);
    // Composition cannot be prevented; its result comes when it ends.
    if (event.isComposing || event.inputType === "insertCompositionText") return;
    event.preventDefault();
    switch (event.inputType) {
      case "insertText":
      case "insertReplacementText":
        this.#type(event.data ?? "");
        break;
      case "insertLineBreak":
      case "insertParagraph":
        this.#keyboard.type([XK.Return]);
        break;
      case "deleteContentBackward":
        this.#keyboard.type([XK.BackSpace]);
        break;
      case "deleteContentForward":
        this.#keyboard.type([XK.Delete]);
        break;
    }
  }

  #onComposed(event: CompositionEvent): void {
    this.#at = timeOf(event);
    this.#type(event.data);
    // Some browsers put the text in only after this event.
    queueMicrotask(() => this.#options.field.value = "");
  }

  #type(text: string): void {
    const keysyms = [...text].map(keysymOfCharacter).filter((keysym) => keysym !== undefined);
    this.#keyboard.type(keysyms);
  }
}

/** When the event happened, in ms since 1970. */
export function timeOf(event: Event): number {
  return performance.timeOrigin + event.timeStamp;
}

/** @returns Which platform's keyboard habits apply. */
export function detectPlatform(userAgent: string): Platform {
  if (/Mac|iPhone|iPad/.test(userAgent)) return "mac";
  return /Windows/.test(userAgent) ? "windows" : "other";
}
