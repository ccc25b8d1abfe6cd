/**
 * Modifiers that are pressed first and used next, for those who cannot hold one key while they press
 * another: on phones, or with one hand.
 *
 * @module
 */

import type { PageInput } from "../messages.ts";
import { Observable } from "../observable.ts";

export type ModifierName = "control" | "alt" | "shift" | "super";
/** For the next key or click only, or until it is turned off. */
export type StickyState = "off" | "next" | "locked";

const KEYSYMS: Readonly<Record<ModifierName, number>> = {
  control: 0xffe3,
  alt: 0xffe9,
  shift: 0xffe1,
  super: 0xffeb,
};
export const MODIFIER_NAMES = Object.keys(KEYSYMS) as readonly ModifierName[];

/** Modifiers by their keysyms: from Shift_L to Hyper_R, and those that pick a level or a group. */
function isModifier(keysym: number): boolean {
  return (keysym >= 0xffe1 && keysym <= 0xffee) || (keysym & 0xffffff00) === 0xfe00;
}

export class StickyModifiers {
  readonly state = new Observable<Record<ModifierName, StickyState>>({
    control: "off",
    alt: "off",
    shift: "off",
    super: "off",
  });
  /** What is down on the remote side for the sake of a key or button, and which one that is. */
  #held: { readonly keysyms: readonly number[]; readonly by: string } | undefined;

  /** Off, then for the next key, then for all, then off again. */
  press(name: ModifierName): void {
    const state = this.state.value[name];
    const next = ({ off: "next", next: "locked", locked: "off" } as const)[state];
    this.state.update({ [name]: next });
  }

  /** @returns The event, between the modifiers that go with it. */
  apply(input: PageInput): PageInput[] {
    if (input.type === "releaseAll") {
      this.#held = undefined;
      return [input];
    }
    const isKey = input.type === "key" && !isModifier(input.keysym);
    if (!isKey && input.type !== "button") return [input];
    const by = isKey ? `key ${input.keysym}` : `button ${(input as { button: number }).button}`;
    if (input.down) {
      const names = MODIFIER_NAMES.filter((name) => this.state.value[name] !== "off");
      if (names.length === 0 || this.#held !== undefined) return [input];
      const keysyms = names.map((name) => KEYSYMS[name]);
      this.#held = { keysyms, by };
      return [...keys(keysyms, true, input.at), input];
    }
    if (this.#held?.by !== by) return [input];
    const { keysyms } = this.#held;
    this.#held = undefined;
    for (const name of MODIFIER_NAMES) {
      if (this.state.value[name] === "next") this.state.update({ [name]: "off" });
    }
    return [input, ...keys(keysyms.toReversed(), false, input.at)];
  }
}

function keys(keysyms: readonly number[], down: boolean, at: number): PageInput[] {
  return keysyms.map((keysym) => ({ type: "key", keysym, down, at }));
}
