/**
 * The server's keyboard map: which keycode with which modifiers gives which keysym.
 *
 * Model: the X Keyboard Extension (XKB protocol, "Keyboard State", "Key Types"): a key has up to
 * four groups (layouts), each with a type that turns modifiers into a level, and a keysym a level.
 */
import { canonicalKeysym, Keysym, NO_SYMBOL } from "./keysym.ts";

/** Bits of the eight real modifiers (X.h). */
export const Modifier = {
  Shift: 1,
  Lock: 2,
  Control: 4,
} as const;

/** How modifiers choose a level. */
export interface KeyType {
  /** Modifiers that matter to this type. */
  readonly mask: number;
  /** Exact settings of those modifiers that give a level; any other setting gives level 0. */
  readonly entries: readonly { readonly modifiers: number; readonly level: number }[];
}

/** One group of a key. */
export interface KeyGroup {
  readonly type: KeyType;
  /** Keysyms by level. */
  readonly symbols: readonly number[];
}

/** What is on a key. */
export interface Key {
  /** Empty for a key with nothing on it. */
  readonly groups: readonly KeyGroup[];
  /** What a group number beyond the last one means. */
  readonly outOfRange: "wrap" | "clamp" | { readonly redirect: number };
}

/** A place in the map. */
export interface Position {
  readonly keycode: number;
  readonly level: number;
}

/** Which modifier bits belong to which keys. */
export interface ModifierMasks {
  readonly alt: number;
  readonly super: number;
  /** Chooses the third level (AltGr); 0 if the map has no such key. */
  readonly level3: number;
  readonly numLock: number;
}

/** A keyboard map, as read once. */
export class KeyboardMap {
  readonly masks: ModifierMasks;
  readonly #index = new Map<number, Map<number, Position[]>>();

  /**
   * @param keys By keycode.
   * @param modifierMap Modifier bits by keycode.
   */
  constructor(
    readonly keys: ReadonlyMap<number, Key>,
    readonly modifierMap: ReadonlyMap<number, number>,
  ) {
    this.masks = {
      alt: this.#maskOf(Keysym.AltL),
      super: this.#maskOf(Keysym.SuperL),
      level3: this.#maskOf(Keysym.Level3Shift) || this.#maskOf(Keysym.ModeSwitch),
      numLock: this.#maskOf(Keysym.NumLock),
    };
  }

  /** Modifier bits that a key sets while it is down. */
  modifiersOf(keycode: number): number {
    return this.modifierMap.get(keycode) ?? 0;
  }

  /** The group of a key that counts when the keyboard is in group `group`. */
  group(keycode: number, group: number): KeyGroup | undefined {
    const key = this.keys.get(keycode);
    if (!key || key.groups.length === 0) return undefined;
    const count = key.groups.length;
    if (group < count) return key.groups[group];
    if (key.outOfRange === "wrap") return key.groups[group % count];
    if (key.outOfRange === "clamp") return key.groups[count - 1];
    return key.groups[key.outOfRange.redirect] ?? key.groups[0];
  }

  /** The level of a key that modifiers choose. */
  level(keycode: number, group: number, modifiers: number): number {
    const type = this.group(keycode, group)?.type;
    return type ? levelOf(type, modifiers) : 0;
  }

  /** All places of a keysym in a group, by keycode. */
  find(keysym: number, group: number): readonly Position[] {
    let index = this.#index.get(group);
    if (!index) this.#index.set(group, index = this.#buildIndex(group));
    return index.get(canonicalKeysym(keysym)) ?? [];
  }

  /** A key that sets exactly this modifier while it is down, such as Shift_L for Shift. */
  modifierKey(keysyms: readonly number[], mask: number): number | undefined {
    for (const keysym of keysyms) {
      for (const { keycode, level } of this.find(keysym, 0)) {
        if (level === 0 && this.modifiersOf(keycode) === mask) return keycode;
      }
    }
    return undefined;
  }

  /** Keycodes with nothing on them. */
  unused(): number[] {
    return [...this.keys]
      .filter(([keycode, { groups }]) =>
        this.modifiersOf(keycode) === 0 &&
        groups.every(({ symbols }) => symbols.every((symbol) => symbol === NO_SYMBOL))
      )
      .map(([keycode]) => keycode);
  }

  #maskOf(keysym: number): number {
    return this.find(keysym, 0)
      .filter(({ level }) => level === 0)
      .reduce((mask, { keycode }) => mask | this.modifiersOf(keycode), 0);
  }

  #buildIndex(group: number): Map<number, Position[]> {
    const index = new Map<number, Position[]>();
    for (const keycode of [...this.keys.keys()].sort((a, b) => a - b)) {
      this.group(keycode, group)?.symbols.forEach((symbol, level) => {
        if (symbol === NO_SYMBOL) return;
        const canonical = canonicalKeysym(symbol);
        const places = index.get(canonical);
        if (places) places.push({ keycode, level });
        else index.set(canonical, [{ keycode, level }]);
      });
    }
    return index;
  }
}

/** The level that modifiers choose in a type. */
export function levelOf(type: KeyType, modifiers: number): number {
  const relevant = modifiers & type.mask;
  return type.entries.find((entry) => entry.modifiers === relevant)?.level ?? 0;
}
