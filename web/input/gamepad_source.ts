/**
 * Looks at the gamepads of this computer, which tell nothing by themselves, and sends what has changed.
 *
 * @module
 */

import { MOST_PADS } from "../../src/protocol/input_message.ts";
import type { PageInput } from "../messages.ts";

/** What is read of a `Gamepad`. */
export interface PadLike {
  readonly index: number;
  /** For people. */
  readonly id: string;
  readonly connected: boolean;
  readonly buttons: readonly { readonly pressed: boolean; readonly value: number }[];
  readonly axes: readonly number[];
}

export interface GamepadSourceOptions {
  /** Those of the browser, each in the place of its index. */
  pads(): readonly (PadLike | null)[];
  /** Whether what is done on them goes to the desktop now. */
  active(): boolean;
  input(input: PageInput): void;
  /** Other gamepads are there than before. */
  changed(pads: readonly PluggedPad[]): void;
  /** @returns Cancels it. */
  schedule(ms: number, callback: () => void): () => void;
  /** In ms since 1970. */
  now(): number;
}

/** A gamepad that is there. */
export interface PluggedPad {
  readonly pad: number;
  readonly id: string;
}

type PadInput = Extract<PageInput, { type: "gamepad" }>;
type PadState = Pick<PadInput, "buttons" | "axes" | "triggers">;

/** Twice as often as a screen shows something new; in ms. */
const POLL_MS = 8;
/** While nobody is to hear of it. */
const IDLE_POLL_MS = 250;
/** What is held is said again after so long, in ms: the desktop may have let go of it. */
const SAY_AGAIN_MS = 500;
/** Axes tremble by less than this, of 32768. */
const TREMBLING = 64;
/** Buttons of the standard gamepad (W3C Gamepad, §8), of which these two are triggers. */
const BUTTONS = 17, LEFT_TRIGGER = 6, RIGHT_TRIGGER = 7;

export class GamepadSource {
  readonly #options: GamepadSourceOptions;
  readonly #plugged = new Map<number, string>();
  /** What was said last of each, and when. */
  readonly #sent = new Map<number, { readonly state: PadState; readonly at: number }>();
  #cancel: (() => void) | undefined;

  constructor(options: GamepadSourceOptions) {
    this.#options = options;
  }

  /** There may be gamepads now: looks at them for as long as there are. */
  start(): void {
    if (this.#cancel === undefined) this.#poll();
  }

  /** The desktop has let everything go: what is held then is to be said again. */
  forget(): void {
    for (const [pad, { state }] of this.#sent) this.#sent.set(pad, { state, at: -Infinity });
  }

  #poll(): void {
    const { active, pads, schedule } = this.#options;
    const there = pads().filter((pad) => pad !== null && pad.connected && pad.index < MOST_PADS)
      .filter((pad) => pad !== null);
    this.#notice(there);
    const heard = active();
    if (heard) { for (const pad of there) this.#look(pad); }
    this.#cancel = there.length === 0 ? undefined : schedule(
      heard ? POLL_MS : IDLE_POLL_MS,
      () => this.#poll(),
    );
  }

  /** Tells of those that have come or gone. */
  #notice(there: readonly PadLike[]): void {
    const { changed, input, now } = this.#options;
    let different = false;
    for (const pad of [...this.#plugged.keys()]) {
      if (there.some(({ id, index }) => index === pad && id === this.#plugged.get(pad))) continue;
      this.#plugged.delete(pad);
      different = true;
      if (this.#sent.delete(pad)) input({ type: "gamepadGone", pad, at: now() });
    }
    for (const { id, index } of there) {
      if (this.#plugged.has(index)) continue;
      this.#plugged.set(index, id);
      different = true;
    }
    if (different) changed([...this.#plugged].map(([pad, id]) => ({ pad, id })));
  }

  #look(pad: PadLike): void {
    const { input, now } = this.#options;
    const state = stateOf(pad);
    const last = this.#sent.get(pad.index);
    const at = now();
    const stale = last === undefined || inUse(state) && at - last.at >= SAY_AGAIN_MS;
    if (!stale && !differs(last.state, state)) return;
    this.#sent.set(pad.index, { state, at });
    input({ type: "gamepad", pad: pad.index, ...state, at });
  }
}

function stateOf({ axes, buttons }: PadLike): PadState {
  let pressed = 0;
  for (let i = 0; i < BUTTONS; i++) if (buttons[i]?.pressed) pressed |= 1 << i;
  const axis = (i: number) => {
    const value = Math.min(Math.max(axes[i] ?? 0, -1), 1);
    return Math.round(value * (value < 0 ? 32768 : 32767)) || 0;
  };
  const trigger = (i: number) => Math.round(Math.min(Math.max(buttons[i]?.value ?? 0, 0), 1) * 255);
  return {
    buttons: pressed,
    axes: [axis(0), axis(1), axis(2), axis(3)],
    triggers: [trigger(LEFT_TRIGGER), trigger(RIGHT_TRIGGER)],
  };
}

function differs(before: PadState, after: PadState): boolean {
  return before.buttons !== after.buttons ||
    before.triggers.some((value, i) => value !== after.triggers[i]) ||
    before.axes.some((value, i) => {
      const now = after.axes[i]!;
      const edge = now === 0 || now === 32767 || now === -32768;
      return value !== now && (edge || Math.abs(value - now) > TREMBLING);
    });
}

function inUse({ axes, buttons, triggers }: PadState): boolean {
  return buttons !== 0 || [...axes, ...triggers].some((value) => value !== 0);
}
