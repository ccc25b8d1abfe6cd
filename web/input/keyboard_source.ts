/**
 * Listens to the keyboard on an invisible text field: a text field because only there the browser
 * composes (dead keys, input methods, on-screen keyboards).
 *
 * @module
 */

import { Keyboard } from "./keyboard.ts";
import { keysymOfCharacter, type Platform } from "./keysym.ts";
import { XK } from "./keysym_table.ts";
import { isUnfinished, TypedText } from "./typed_text.ts";

export interface KeyboardSourceOptions {
  readonly field: HTMLTextAreaElement;
  readonly platform: Platform;
  /** Whether Command is Control, on a Mac. */
  commandAsControl(): boolean;
  /** Whether Option is Alt, on a Mac. */
  optionAsAlt(): boolean;
  /** @param at When it happened, in ms since 1970. */
  key(keysym: number, down: boolean, at: number): void;
  /** The page can hear no more releases; everything held must be lifted. */
  releaseAll(): void;
  focus(focused: boolean): void;
  /** @returns Whether the page takes the key for itself. */
  shortcut(event: KeyboardEvent): boolean;
  /** @returns Whether the key is to paste here, too: its press waits for what that brings. */
  pastes(event: KeyboardEvent): boolean;
  readonly signal: AbortSignal;
}

export class KeyboardSource {
  readonly #options: KeyboardSourceOptions;
  readonly #keyboard: Keyboard;
  readonly #typed = new TypedText();
  #onScreen = false;
  /** What an input method is composing; nothing if that was typed along. */
  #composing = false;
  #at = 0;

  constructor(options: KeyboardSourceOptions) {
    this.#options = options;
    this.#keyboard = new Keyboard({
      platform: options.platform,
      commandAsControl: () => options.commandAsControl(),
      optionAsAlt: () => options.optionAsAlt(),
      send: (keysym, down) => options.key(keysym, down, this.#at),
    });
    const { field, signal } = options;
    field.addEventListener("keydown", (event) => this.#onDown(event), { signal });
    field.addEventListener("keyup", (event) => this.#onUp(event), { signal });
    field.addEventListener("beforeinput", (event) => this.#onText(event), { signal });
    field.addEventListener("input", (event) => this.#onInput(event as InputEvent), { signal });
    field.addEventListener("compositionstart", () => this.#compose(true), { signal });
    field.addEventListener("compositionupdate", ({ data }) => this.#fit(data), { signal });
    field.addEventListener("compositionend", (event) => this.#onComposed(event), { signal });
    field.addEventListener("focus", () => options.focus(true), { signal });
    field.addEventListener("blur", () => this.#lost(), { signal });
    addEventListener("blur", () => this.lift(), { signal });
    addEventListener("pagehide", () => this.lift(), { signal });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.lift();
    }, { signal });
  }

  /** Whether the field is typed into by an on-screen keyboard. */
  get onScreen(): boolean {
    return this.#onScreen;
  }

  set onScreen(on: boolean) {
    this.#onScreen = on;
    const { field } = this.#options;
    field.inputMode = on ? "text" : "none";
    this.#restart();
  }

  /** Whether an input method is at work, whose windows are to stay where they are. */
  get composing(): boolean {
    return this.#composing;
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
    if (this.#composing) this.#compose(false);
    this.#restart();
    this.#options.focus(false);
  }

  #onDown(event: KeyboardEvent): void {
    if (this.#options.shortcut(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    this.#at = timeOf(event);
    // The keyboard looks for what it has typed: only what is no text goes as a key.
    if (this.#onScreen && isTyping(event)) return;
    const pastes = this.#options.pastes(event);
    if (!this.#keyboard.down(event)) return;
    if (!pastes) event.preventDefault();
    if (this.#onScreen) this.#restart();
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
    // On-screen keyboards want to find what they have typed: see #onInput.
    if (this.#onScreen && /^(insert(Replacement)?Text|delete)/.test(event.inputType)) return;
    event.preventDefault();
    switch (event.inputType) {
      case "insertText":
      case "insertReplacementText":
        this.#type(event.data ?? "");
        break;
      case "insertLineBreak":
      case "insertParagraph":
        this.#keyboard.type([XK.Return]);
        this.#restart();
        break;
      case "deleteContentBackward":
        this.#keyboard.type([XK.BackSpace]);
        break;
      case "deleteContentForward":
        this.#keyboard.type([XK.Delete]);
        break;
    }
  }

  /** The field has another text, by an on-screen keyboard or an input method. */
  #onInput(event: InputEvent): void {
    this.#at = timeOf(event);
    if (!this.#onScreen) return;
    if (event.isComposing && isUnfinished(event.data ?? "")) return;
    this.#retype();
    if (!event.isComposing && this.#typed.worn) this.#restart();
  }

  /** Types what makes the remote text what the field's is. */
  #retype(): void {
    const { erase, insert } = this.#typed.change(this.#options.field.value);
    this.#keyboard.type(new Array<number>(erase).fill(XK.BackSpace));
    this.#type(insert);
  }

  #compose(composing: boolean): void {
    this.#composing = composing;
    this.#options.field.classList.toggle("composing", composing && !this.#onScreen);
  }

  /** Makes the field as wide as what is being composed, which is seen there. */
  #fit(text: string): void {
    const { field } = this.#options;
    if (this.#composing && !this.#onScreen) {
      field.style.setProperty("width", `${Math.max(2, 2 * [...text].length)}ch`);
    }
  }

  #onComposed(event: CompositionEvent): void {
    this.#at = timeOf(event);
    this.#compose(false);
    this.#options.field.style.removeProperty("width");
    if (this.#onScreen) {
      // Some browsers put the text in only after this event.
      queueMicrotask(() => this.#retype());
      return;
    }
    this.#type(event.data);
    queueMicrotask(() => this.#restart());
  }

  /** What is typed next goes on from nothing. */
  #restart(): void {
    this.#typed.restart();
    const { field } = this.#options;
    field.value = this.#onScreen ? this.#typed.text : "";
    field.setSelectionRange(field.value.length, field.value.length);
  }

  #type(text: string): void {
    const keysyms = [...text].map(keysymOfCharacter).filter((keysym) => keysym !== undefined);
    this.#keyboard.type(keysyms);
  }
}

/** Whether a key only changes the text before the caret. */
function isTyping({ altKey, ctrlKey, key, metaKey }: KeyboardEvent): boolean {
  return !altKey && !ctrlKey && !metaKey && (key === "Backspace" || [...key].length === 1);
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
