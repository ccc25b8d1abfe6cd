/**
 * Which keys are held, and what the remote side must be told about them. No DOM: events are taken
 * by their shape, so that the rules can be tested.
 *
 * @module
 */

import { type KeyLike, keysymOf, type Platform } from "./keysym.ts";
import { XK } from "./keysym_table.ts";
import { TypedLayout } from "./typed_layout.ts";

/** What is read of a `KeyboardEvent`. */
export interface KeyboardLike extends KeyLike {
  /** The physical key; empty on virtual keyboards. */
  readonly code: string;
  readonly repeat: boolean;
  readonly isComposing: boolean;
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
}

export interface KeyboardOptions {
  readonly platform: Platform;
  /** Whether Command is Control: on Macs it does there what Control does elsewhere. Default: no. */
  commandAsControl?(): boolean;
  /** Whether Option is Alt, on Macs, and picks no characters. Default: no. */
  optionAsAlt?(): boolean;
  send(keysym: number, down: boolean): void;
}

const MODIFIERS: readonly {
  keysyms: readonly number[];
  flag: "shiftKey" | "ctrlKey" | "altKey";
}[] = [
  { keysyms: [0xffe1, 0xffe2], flag: "shiftKey" },
  { keysyms: [XK.ControlL, XK.ControlR], flag: "ctrlKey" },
  { keysyms: [XK.AltL, XK.AltR], flag: "altKey" },
];

const MODIFIER_NAMES = new Set(["Shift", "Control", "Alt", "AltGraph", "Meta", "OS", "Super"]);

export class Keyboard {
  readonly #platform: Platform;
  readonly #send: (keysym: number, down: boolean) => void;
  readonly #commandAsControl: () => boolean;
  readonly #optionAsAlt: () => boolean;
  readonly #layout = new TypedLayout();
  /** What was pressed by each physical key, since a release must name the same keysym. */
  readonly #held = new Map<string, number>();

  constructor(options: KeyboardOptions) {
    this.#platform = options.platform;
    this.#send = options.send;
    this.#commandAsControl = () => options.commandAsControl?.() ?? false;
    this.#optionAsAlt = () => options.optionAsAlt?.() ?? false;
  }

  /** Keysyms that the remote side holds down. */
  get held(): readonly number[] {
    return [...this.#held.values()];
  }

  /** @returns Whether the event was used, so that the browser should do nothing else with it. */
  down(event: KeyboardLike): boolean {
    // What an input method composes arrives as text.
    if (event.isComposing || event.key === "Process") return false;
    // The X server repeats keys itself, at its own rate.
    if (event.repeat) return this.#keysymOf(event) !== undefined;
    this.#liftMissed(event);
    const keysym = this.#keysymOf(event);
    // The locks too: their effect is in the other keys' meaning, and the browser may keep them.
    if (keysym === undefined) return false;
    if (event.code === "" || this.#keyUpMayNeverCome(event)) {
      this.#release(event.code);
      this.#send(keysym, true);
      this.#send(keysym, false);
      return true;
    }
    // Windows sends a Control of its own before each AltGr. The character must not get it.
    if (event.key === "AltGraph" && this.#platform === "windows") this.#release("ControlLeft");
    this.#release(event.code);
    this.#held.set(event.code, keysym);
    this.#send(keysym, true);
    return true;
  }

  /** @returns Whether the event was used. */
  up(event: KeyboardLike): boolean {
    // Windows keeps the press of this key to itself.
    if (event.key === "PrintScreen" && !this.#held.has(event.code)) {
      this.#send(0xff61, true);
      this.#send(0xff61, false);
      return true;
    }
    const used = this.#release(event.code);
    this.#liftMissed(event);
    return used;
  }

  /** Types text that came without keys: of an input method, a dead key, an on-screen keyboard. */
  type(keysyms: Iterable<number>): void {
    for (const keysym of keysyms) {
      this.#send(keysym, true);
      this.#send(keysym, false);
    }
  }

  /** Forgets what is held; the remote side is told by other means to lift everything. */
  forget(): void {
    this.#held.clear();
  }

  #release(code: string): boolean {
    const keysym = this.#held.get(code);
    if (keysym === undefined) return false;
    this.#held.delete(code);
    this.#send(keysym, false);
    return true;
  }

  /** Lifts modifiers that this event says are up, though their release was never seen. */
  #liftMissed(event: KeyboardLike): void {
    for (const { keysyms, flag } of MODIFIERS) {
      if (event[flag]) continue;
      for (const [code, keysym] of this.#held) {
        if (code === event.code || !keysyms.includes(keysym)) continue;
        // Command, taken for Control, has a flag of its own.
        if (this.#platform === "mac" && code.startsWith("Meta") && event.metaKey) continue;
        this.#release(code);
      }
    }
  }

  #keysymOf(event: KeyboardLike): number | undefined {
    const right = event.code.endsWith("Right");
    if (this.#isMac("Meta", event) && this.#commandAsControl()) {
      return right ? XK.ControlR : XK.ControlL;
    }
    if (this.#isMac("Alt", event) && this.#optionAsAlt()) return right ? XK.AltR : XK.AltL;
    return keysymOf({ key: this.#meaningOf(event), location: event.location }, this.#platform);
  }

  /** What the key is to programs there. */
  #meaningOf(event: KeyboardLike): string {
    const { altKey, ctrlKey, key, metaKey } = event;
    const picks = altKey && this.#platform === "mac";
    // What is picked by Option or AltGr is meant as it is.
    if (picks ? !this.#optionAsAlt() : this.#isHeld(XK.Iso3Shift)) return key;
    if (picks && isCharacter(key)) return this.#layout.plain(event);
    if (altKey || ctrlKey || metaKey) return this.#layout.shortcut(event);
    this.#layout.learn(event);
    return key;
  }

  #isHeld(keysym: number): boolean {
    return this.held.includes(keysym);
  }

  #isMac(name: string, { key }: KeyLike): boolean {
    return this.#platform === "mac" && key === name;
  }

  /**
   * macOS never says that a key pressed together with Command was lifted; nor does Firefox on Linux
   * where it opens its window of emojis, which then has the keyboard without the page being told.
   */
  #keyUpMayNeverCome({ ctrlKey, key, metaKey }: KeyboardLike): boolean {
    if (this.#platform === "other" && ctrlKey) return key === "." || key === ";";
    return this.#platform === "mac" && metaKey && !MODIFIER_NAMES.has(key);
  }
}

/** Whether a key types something, be it together with the next one. */
function isCharacter(key: string): boolean {
  return key === "Dead" || [...key].length === 1;
}
