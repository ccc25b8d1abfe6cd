/** The keyboard of a display: keysyms go in, key events come out at the server. */
import { getLogger } from "@logtape/logtape";
import type { DisplayConnection, Extension } from "./connection.ts";
import { planKey } from "./key_plan.ts";
import { type Key, KeyboardMap, type KeyType, Modifier } from "./keyboard_map.ts";
import { canonicalKeysym, casePair, Keysym, NO_SYMBOL } from "./keysym.ts";
import { SpareKeys } from "./spare_keys.ts";
import { CORE_KEYBOARD, getKeyboardMap } from "./xkb.ts";

const log = getLogger(["skerry", "display"]);

// XKB protocol, "Events": what is selected of it.
const NEW_KEYBOARD_NOTIFY = 1 << 0;
const MAP_NOTIFY = 1 << 1;
const STATE_NOTIFY = 1 << 2;
/** Locked modifiers and the group, of what XkbStateNotify can tell. */
const LOCK_AND_GROUP = 1 << 3 | 1 << 4;
/** Key types, key symbols and modifier map. */
const MAP_PARTS = 1 | 2 | 4;
/** Types of XkbEvent (XKB protocol encoding) that make the map that was read an old one. */
const MAP_EVENTS = new Set([0, /* XkbNewKeyboardNotify */ 1 /* XkbMapNotify */]);

const ONE_LEVEL: KeyType = { mask: 0, entries: [] };
const ALPHABETIC: KeyType = {
  mask: Modifier.Shift | Modifier.Lock,
  entries: [
    { modifiers: Modifier.Shift, level: 1 },
    { modifiers: Modifier.Lock, level: 1 },
  ],
};

/** Modifiers that were changed for the sake of one key, to be changed back after it. */
interface Overlay {
  /** The key that they were changed for. */
  readonly owner: number;
  /** Modifier keys pressed. */
  readonly pressed: number[];
  /** Modifier keys let go, although the viewer holds them. */
  readonly released: number[];
}

/** Presses and releases keys so that programs see the keysyms that the viewer has typed. */
export class Keyboard {
  readonly #connection: DisplayConnection;
  readonly #xtest: Extension;
  readonly #xkb: Extension;
  readonly #spares = new SpareKeys();
  readonly #stops: (() => void)[] = [];
  /** Keycodes that the viewer holds, by the keysym that it pressed them as. */
  readonly #held = new Map<number, number>();
  #map = new KeyboardMap(new Map(), new Map());
  #locked = 0;
  /** Modifiers that the lock keys which are down will unlock when they come up. */
  #unlocking = 0;
  #group = 0;
  /** Number of our last request that changed what is locked: older reports are out of date. */
  #lockedBy = 0;
  /** Number of our last request that changed the map. */
  #mappedBy = 0;
  #overlay: Overlay | undefined;
  #reading: Promise<void> | undefined;
  #outdated = false;
  /** Whether the display repeats held keys at all. */
  #repeats = true;
  #repeatsNow = true;
  /** Keys that are held, but up at the server so that it does not repeat them, by their keysyms. */
  readonly #lifted = new Map<number, number>();

  private constructor(connection: DisplayConnection, xtest: Extension, xkb: Extension) {
    this.#connection = connection;
    this.#xtest = xtest;
    this.#xkb = xkb;
  }

  /**
   * Reads the map and follows its changes.
   *
   * @throws {ExtensionMissingError} The server lacks XTEST or XKEYBOARD.
   */
  static async open(connection: DisplayConnection): Promise<Keyboard> {
    const xtest = await connection.extension("xtest", "XTEST");
    const xkb = await connection.extension("xkb", "XKEYBOARD");
    const keyboard = new Keyboard(connection, xtest, xkb);
    await keyboard.#follow();
    return keyboard;
  }

  async #follow(): Promise<void> {
    const connection = this.#connection;
    const which = NEW_KEYBOARD_NOTIFY | MAP_NOTIFY | STATE_NOTIFY;
    this.#xkb.SelectEvents(CORE_KEYBOARD, which, 0, NEW_KEYBOARD_NOTIFY, MAP_PARTS, MAP_PARTS, {
      stateNotify: [LOCK_AND_GROUP, LOCK_AND_GROUP],
    });
    this.#stops.push(
      connection.on("XkbEvent", ({ xkbType }) => {
        if (MAP_EVENTS.has(xkbType)) this.#readMap();
      }),
      connection.on("MappingNotify", () => this.#readMap()),
      connection.on("XkbStateNotify", ({ seq, lockedMods, group }) => {
        if (seq < this.#lockedBy) return;
        this.#locked = lockedMods;
        this.#group = group;
      }),
    );
    const state = connection.request<{ lockedMods: number; group: number }>((_, done) =>
      this.#xkb.GetState(CORE_KEYBOARD, done)
    );
    const control = connection.request<{ globalAutoRepeat: number }>((client, done) =>
      client.GetKeyboardControl(done)
    );
    this.#readMap();
    const { lockedMods, group } = await state;
    this.#repeats = (await control).globalAutoRepeat === 1;
    this.#locked = lockedMods;
    this.#group = group;
    await this.#reading;
  }

  /**
   * Presses a key. Does nothing if it is down already: the server repeats keys by itself. The
   * requests wait for `connection.flush()`.
   *
   * @returns Milliseconds to wait and then to try again; 0 if it is done.
   */
  press(keysym: number): number {
    if (this.#held.has(keysym)) return 0;
    this.#lifted.delete(keysym);
    this.restoreModifiers();
    const state = { held: this.#heldModifiers(), locked: this.#locked, group: this.#group };
    let plan = planKey(this.#map, keysym, state);
    if (!plan) {
      const wait = this.#bindSpare(keysym);
      if (wait !== 0) return wait;
      plan = planKey(this.#map, keysym, state);
      if (!plan) return 0; // no spare keys: said in the log
    }
    const { keycode, press, release, toggleNumLock } = plan;
    for (const [other, code] of this.#held) if (code === keycode) this.release(other);
    if (toggleNumLock) this.#setLocked(this.#map.masks.numLock);
    if (press !== 0 || release !== 0) this.#overlayModifiers(keycode, press, release);
    this.#fake(this.#xtest.KeyPress, keycode);
    this.#held.set(keysym, keycode);
    this.#spares.touch(keycode);
    this.#followLockKey(keycode, true);
    return 0;
  }

  /** Releases the key that was pressed for a keysym, whatever the modifiers are by now. */
  release(keysym: number): void {
    const lifted = this.#pressedAs(keysym, this.#lifted);
    if (lifted !== undefined) return void this.#lifted.delete(lifted);
    const pressed = this.#pressedAs(keysym);
    if (pressed === undefined) return;
    const keycode = this.#held.get(pressed)!;
    this.#held.delete(pressed);
    this.#spares.touch(keycode);
    const index = this.#overlay?.released.indexOf(keycode) ?? -1;
    if (index >= 0) {
      // A modifier that is up at the server already; now it is not to come back.
      this.#overlay!.released.splice(index, 1);
      return;
    }
    this.#fake(this.#xtest.KeyRelease, keycode);
    this.#followLockKey(keycode, false);
    if (this.#overlay?.owner === keycode) this.restoreModifiers();
  }

  /**
   * Lets the server repeat held keys, or not; a display whose user wants none repeated is left alone.
   * (X11 protocol, "ChangeKeyboardControl": auto-repeat-mode.) What that says counts when a key goes down: a
   * server repeats those that are down already all the same. So `keysyms` are lifted, and pressed again
   * later if they are still held; modifiers stay down, for they repeat nothing.
   */
  repeat(on: boolean, keysyms: readonly number[] = []): void {
    if (!this.#repeats) return;
    if (on !== this.#repeatsNow) {
      this.#repeatsNow = on;
      this.#connection.client.ChangeKeyboardControl({ autoRepeatMode: on ? 1 : 0 });
    }
    for (const keysym of keysyms) {
      if (!on) this.#lift(keysym);
      // One that would have to wait for a spare key is long out of date.
      else if (this.#lifted.delete(keysym)) this.press(keysym);
    }
  }

  #lift(keysym: number): void {
    const keycode = this.#held.get(keysym);
    if (keycode === undefined || this.#map.modifiersOf(keycode) !== 0) return;
    this.release(keysym);
    this.#lifted.set(keysym, keycode);
  }

  /** Releases everything, the last key first. */
  releaseAll(): void {
    this.restoreModifiers();
    this.#lifted.clear();
    for (const keysym of [...this.#held.keys()].reverse()) this.release(keysym);
  }

  /** Puts modifiers back to what the viewer holds, after a key that needed others. */
  restoreModifiers(): void {
    const overlay = this.#overlay;
    if (!overlay) return;
    this.#overlay = undefined;
    for (const keycode of overlay.pressed.reverse()) this.#fake(this.#xtest.KeyRelease, keycode);
    for (const keycode of overlay.released.reverse()) this.#fake(this.#xtest.KeyPress, keycode);
  }

  /** Stops following, and takes our characters off the spare keys. */
  close(): void {
    for (const stop of this.#stops) stop();
    if (!this.#connection.open) return;
    this.repeat(true);
    for (const keycode of this.#spares.bound) {
      this.#connection.client.ChangeKeyboardMapping(keycode, 1, [NO_SYMBOL]);
    }
    this.#connection.flush();
  }

  /** The keysym under which a key is held that the viewer now calls `keysym`: `a`, then `A`. */
  #pressedAs(keysym: number, among: ReadonlyMap<number, number> = this.#held): number | undefined {
    if (among.size === 0) return undefined;
    if (among.has(keysym)) return keysym;
    const codes = new Set(this.#map.find(keysym, this.#group).map(({ keycode }) => keycode));
    for (const [pressed, keycode] of among) if (codes.has(keycode)) return pressed;
    return undefined;
  }

  #heldModifiers(): number {
    let mask = 0;
    for (const keycode of this.#held.values()) mask |= this.#map.modifiersOf(keycode);
    return mask;
  }

  #fake(type: number, keycode: number): void {
    this.#xtest.FakeInput(type, keycode, 0, 0, 0, 0);
  }

  #overlayModifiers(owner: number, press: number, release: number): void {
    const released = [...this.#held.values()].filter((keycode) =>
      (this.#map.modifiersOf(keycode) & release) !== 0
    );
    const pressed: number[] = [];
    const add = (mask: number, keysyms: number[]) => {
      if (mask === 0 || (press & mask) !== mask) return;
      const keycode = this.#map.modifierKey(keysyms, mask);
      if (keycode !== undefined) pressed.push(keycode);
    };
    add(Modifier.Shift, [Keysym.ShiftL, Keysym.ShiftL + 1]);
    add(this.#map.masks.level3, [Keysym.Level3Shift, Keysym.ModeSwitch]);
    for (const keycode of released) this.#fake(this.#xtest.KeyRelease, keycode);
    for (const keycode of pressed) this.#fake(this.#xtest.KeyPress, keycode);
    this.#overlay = { owner, pressed, released };
  }

  /** Turns locked modifiers round. */
  #setLocked(mask: number): void {
    this.#locked ^= mask;
    this.#xkb.LatchLockState(CORE_KEYBOARD, mask, this.#locked & mask, 0, 0, 0, 0, 0, 0);
    this.#lockedBy = this.#connection.client.seq_num;
  }

  /**
   * A lock key's effect counts for the very next key, before the server reports it. XKB locks on
   * the press; what was locked already it unlocks on the release (XKB protocol, SA_LockMods).
   */
  #followLockKey(keycode: number, down: boolean): void {
    const mask = this.#map.modifiersOf(keycode) & (Modifier.Lock | this.#map.masks.numLock);
    if (mask === 0) return;
    if (down) {
      this.#unlocking = this.#locked & mask;
      this.#locked |= mask;
    } else {
      this.#locked &= ~(this.#unlocking & mask);
      this.#unlocking &= ~mask;
    }
    this.#lockedBy = this.#connection.client.seq_num;
  }

  /** Puts a keysym on a spare key. @returns Milliseconds to wait first, or 0. */
  #bindSpare(keysym: number): number {
    const down = new Set(this.#held.values());
    const spare = this.#spares.lend(canonicalKeysym(keysym), (keycode) => down.has(keycode));
    if (!spare) {
      log.warn("Cannot type keysym 0x{keysym}: the keyboard has no key to spare for it", {
        keysym: keysym.toString(16),
      });
      return 0;
    }
    if ("wait" in spare) return spare.wait;
    const { symbols } = spare;
    this.#connection.client.ChangeKeyboardMapping(spare.keycode, 2, symbols);
    this.#mappedBy = this.#connection.client.seq_num;
    const group = casePair(keysym)
      ? { type: ALPHABETIC, symbols }
      : { type: ONE_LEVEL, symbols: symbols.slice(0, 1) };
    const key: Key = { groups: [group], outOfRange: "wrap" };
    const keys = new Map(this.#map.keys).set(spare.keycode, key);
    this.#map = new KeyboardMap(keys, this.#map.modifierMap);
    return 0;
  }

  /** Reads the map (again); changes that come in meanwhile make it read once more. */
  #readMap(): void {
    this.#outdated = true;
    this.#reading ??= this.#readUntilCurrent()
      .catch((error) => {
        if (this.#connection.open) log.warn("Cannot read the keyboard map: {error}", { error });
      })
      .finally(() => this.#reading = undefined);
  }

  async #readUntilCurrent(): Promise<void> {
    while (this.#outdated && this.#connection.open) {
      this.#outdated = false;
      const asked = this.#connection.client.seq_num;
      const reply = getKeyboardMap(this.#connection, this.#xkb);
      this.#connection.flush();
      const map = await reply;
      // A spare bound after the question is not in the answer; its own event asks again.
      if (asked < this.#mappedBy) {
        this.#outdated = true;
        continue;
      }
      this.#map = map;
      this.#spares.update(
        map.unused(),
        (keycode, [first]) =>
          canonicalKeysym(map.group(keycode, 0)?.symbols[0] ?? NO_SYMBOL) === first,
      );
    }
  }
}
