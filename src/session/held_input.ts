import type { InputInjector } from "../display/input.ts";
import type { Schedule } from "../protocol/deadline_timer.ts";
import type { Transport } from "../protocol/flow.ts";
import type { GamepadInput, InputMessage } from "../protocol/input_message.ts";
import { scheduleTimeout } from "../transport/timeout.ts";

/** How often a viewer that holds something is asked for a sign of life, in milliseconds. */
export const ASK_EVERY_MS = 1000;
/** How long it may take to give one, in milliseconds, until what it holds is let go. */
export const ANSWER_WITHIN_MS = 2500;

/** What is needed of the hands on the desktop. */
export type Hands = Pick<InputInjector, "key" | "button">;

export interface HeldInputOptions {
  /** The hands on the desktop; undefined while there is none. */
  readonly hands: () => Hands | undefined;
  /** What the viewer is reached by; undefined while it has no path. */
  readonly transport: () => Pick<Transport, "ping"> | undefined;
  /** The viewer gave no sign of life, and what it held was let go. */
  readonly onsilent: () => void;
  /** Default: `setTimeout`. */
  readonly schedule?: Schedule;
}

/**
 * The keys, buttons and gamepads that one viewer holds down.
 *
 * A network that is gone tells nobody, and an X server repeats a held key thirty times a second. So a
 * viewer is asked for signs of life as long as it holds something, and only then.
 */
export class HeldInput implements Disposable {
  readonly #options: HeldInputOptions;
  readonly #schedule: Schedule;
  readonly #keysyms = new Set<number>();
  readonly #buttons = new Set<number>();
  /** Gamepads of which something is pressed or moved: a hand may be at rest where it pushes a stick. */
  readonly #pads = new Set<number>();
  #cancel: (() => void) | undefined;

  constructor(options: HeldInputOptions) {
    this.#options = options;
    this.#schedule = options.schedule ?? scheduleTimeout;
  }

  get empty(): boolean {
    return this.#keysyms.size + this.#buttons.size + this.#pads.size === 0;
  }

  /** The viewer's input was taken. */
  note(message: InputMessage): void {
    if (message.type === "key") mark(this.#keysyms, message.keysym, message.down);
    else if (message.type === "button") mark(this.#buttons, message.button, message.down);
    else if (message.type === "gamepad") mark(this.#pads, message.pad, isInUse(message));
    else if (message.type === "gamepadGone") this.#pads.delete(message.pad);
    else if (message.type === "releaseAll") this.forget();
    else return;
    if (this.empty) this.#rest();
    else this.#cancel ??= this.#schedule(ASK_EVERY_MS, () => this.#ask());
  }

  /** The viewer is reached another way now: what was asked before may have gone nowhere. */
  moved(): void {
    if (this.#cancel === undefined) return;
    this.#rest();
    this.#ask();
  }

  /** Lets everything go, and nothing that others hold. */
  release(): void {
    const hands = this.#options.hands();
    for (const button of this.#buttons) hands?.button(button, false);
    // The last one first: modifiers come before what they are held for.
    for (const keysym of [...this.#keysyms].reverse()) hands?.key(keysym, false);
    this.forget();
  }

  /** Nothing is held any more: on a new display, nothing is down. */
  forget(): void {
    this.#keysyms.clear();
    this.#buttons.clear();
    this.#pads.clear();
    this.#rest();
  }

  [Symbol.dispose](): void {
    this.#rest();
  }

  #rest(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #ask(): void {
    const cancel = this.#cancel = this.#schedule(ANSWER_WITHIN_MS, () => {
      this.#cancel = undefined;
      this.release();
      this.#options.onsilent();
    });
    this.#ping()?.then((rtt) => {
      // Without a path the session waits for another one, and lets go if none comes.
      if (this.#cancel !== cancel) return;
      cancel();
      this.#cancel = rtt === undefined
        ? undefined
        : this.#schedule(ASK_EVERY_MS, () => this.#ask());
    });
  }

  /** @returns undefined if there is no path to ask by. */
  #ping(): Promise<number | undefined> | undefined {
    try {
      return this.#options.transport()?.ping();
    } catch {
      // It has just ended.
      return undefined;
    }
  }
}

function isInUse({ axes, buttons, triggers }: GamepadInput): boolean {
  return buttons !== 0 || axes.some((axis) => axis !== 0) || triggers.some((pull) => pull !== 0);
}

function mark<T>(set: Set<T>, element: T, present: boolean): void {
  if (present) set.add(element);
  else set.delete(element);
}
