/**
 * How to make a keysym with the keys of a map: which key, and which modifiers to change around it.
 *
 * Pure: the map and the state of the keyboard in, a plan out.
 */
import { type KeyboardMap, levelOf, Modifier, type Position } from "./keyboard_map.ts";
import { casePair, isKeypad, Keysym, keysymToCodePoint } from "./keysym.ts";

/** What the server's keyboard state is. */
export interface KeyboardState {
  /** Modifier bits of the keys that are down. */
  readonly held: number;
  /** Modifier bits that are locked, such as by Caps Lock. */
  readonly locked: number;
  /** Effective group (layout), from 0. */
  readonly group: number;
}

/** What to do to make a keysym. */
export interface KeyPlan {
  readonly keycode: number;
  /** Modifier bits to set while the key is down. */
  readonly press: number;
  /** Modifier bits to clear while the key is down. */
  readonly release: number;
  /** Whether to turn Num Lock round first, and leave it: the viewer's is evidently the other way. */
  readonly toggleNumLock: boolean;
}

/**
 * Punctuation that many layouts have on AltGr. Held with Control and Alt, which is how AltGr looks
 * on Windows, it is text and no shortcut.
 */
const ALT_GR_PUNCTUATION = new Set([..."@[]{}\\|~#"].map((c) => c.codePointAt(0)!));

/**
 * Plans a key press.
 *
 * @returns `undefined` if the map cannot make this keysym in this group.
 */
export function planKey(
  map: KeyboardMap,
  keysym: number,
  state: KeyboardState,
): KeyPlan | undefined {
  const places = map.find(keysym, state.group);
  if (isKeypad(keysym)) return planKeypad(map, places, state);
  if (keysymToCodePoint(keysym) === undefined) return planFunction(map, keysym, places, state);
  const { alt, super: superMask } = map.masks;
  const textOfAltGr = isAltGrText(map, keysym, places, state);
  const shortcut = (state.held & (Modifier.Control | alt | superMask)) !== 0 && !textOfAltGr;
  // In a shortcut the letter's case follows from the modifiers, not the other way round: with Caps
  // Lock on, Control and "C" still are Control and c.
  if (shortcut && casePair(keysym)) return planLetter(map, keysym, state);
  const dropped = textOfAltGr ? (Modifier.Control | alt) & state.held : 0;
  return planText(map, places, state, dropped);
}

function plain(keycode: number): KeyPlan {
  return { keycode, press: 0, release: 0, toggleNumLock: false };
}

/** A function key or modifier: pressed as it is, since its modifiers are meant. */
function planFunction(
  map: KeyboardMap,
  keysym: number,
  places: readonly Position[],
  state: KeyboardState,
): KeyPlan | undefined {
  if (keysym === Keysym.LeftTab) {
    return planFunction(map, Keysym.Tab, map.find(Keysym.Tab, state.group), state);
  }
  const modifiers = state.held | state.locked;
  const best = places.find((p) => map.level(p.keycode, state.group, modifiers) === p.level) ??
    places.find((p) => p.level === 0) ?? places[0];
  return best && plain(best.keycode);
}

/** A keypad key: Num Lock is made to agree with what the viewer's evidently is. */
function planKeypad(
  map: KeyboardMap,
  places: readonly Position[],
  { held, locked, group }: KeyboardState,
): KeyPlan | undefined {
  const modifiers = held | locked;
  const fits = (p: Position, mask: number) => map.level(p.keycode, group, mask) === p.level;
  const asItIs = places.find((p) => fits(p, modifiers));
  if (asItIs) return plain(asItIs.keycode);
  const { numLock } = map.masks;
  const turned = places.find((p) => fits(p, modifiers ^ numLock));
  if (turned && numLock !== 0) return { ...plain(turned.keycode), toggleNumLock: true };
  return places[0] && plain(places[0].keycode);
}

function planLetter(
  map: KeyboardMap,
  keysym: number,
  state: KeyboardState,
): KeyPlan | undefined {
  const { lower, upper } = casePair(keysym)!;
  const places = [...map.find(lower, state.group), ...map.find(upper, state.group)];
  const modifiers = state.held | state.locked;
  const best = places.find((p) => map.level(p.keycode, state.group, modifiers) === p.level) ??
    places.find((p) => p.level <= 1);
  return best && plain(best.keycode);
}

/** Text: the modifiers are changed as far as it needs, at the least cost. */
function planText(
  map: KeyboardMap,
  places: readonly Position[],
  { held, locked, group }: KeyboardState,
  dropped: number,
): KeyPlan | undefined {
  const { Shift } = Modifier;
  const { level3 } = map.masks;
  const now = (held & ~dropped) | locked;
  let best: KeyPlan | undefined;
  let bestCost = Infinity;
  for (const { keycode, level } of places) {
    const { type } = map.group(keycode, group)!;
    for (const change of new Set([0, Shift, level3, Shift | level3])) {
      if (levelOf(type, now ^ change) !== level) continue;
      // What is locked cannot be cleared by letting a key go.
      if ((change & now & locked) !== 0) continue;
      // A held AltGr that this key has no use for would only confuse the program.
      const idle = held & level3 & ~type.mask;
      const plan = {
        keycode,
        press: change & ~now,
        release: (change & now) | idle | dropped,
        toggleNumLock: false,
      };
      const cost = bits(plan.press) + bits(plan.release);
      if (cost < bestCost) [best, bestCost] = [plan, cost];
    }
  }
  return best;
}

/** Whether Control with Alt (or with AltGr) means the AltGr of a Windows keyboard here. */
function isAltGrText(
  map: KeyboardMap,
  keysym: number,
  places: readonly Position[],
  { held, locked, group }: KeyboardState,
): boolean {
  const { alt, level3 } = map.masks;
  if ((held & Modifier.Control) === 0 || (held & (alt | level3)) === 0) return false;
  const codePoint = keysymToCodePoint(keysym)!;
  if (/[a-z0-9 ]/i.test(String.fromCodePoint(codePoint))) return false;
  if ((held & level3) !== 0 || codePoint > 0x7e || ALT_GR_PUNCTUATION.has(codePoint)) return true;
  return !places.some((p) => map.level(p.keycode, group, held | locked) === p.level);
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
