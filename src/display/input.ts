/** Keyboard and pointer of a display, by the XTEST extension. */
import type { DisplayConnection, Extension } from "./connection.ts";
import { Keyboard } from "./keyboard.ts";

/** Buttons of the X protocol that stand for a notch of the wheel: up, down, left, right. */
const WHEEL = { up: 4, down: 5, left: 6, right: 7 } as const;
/** Units in one notch of a wheel, as in Windows and in the input messages. */
const NOTCH = 120;
/** Notches of one wheel event at most: a broken viewer must not flood the display. */
const MAX_NOTCHES = 20;
/** Keysyms have 29 bits (X11 protocol, "Keysyms"); 0 is NoSymbol. */
const MAX_KEYSYM = 0x1fffffff;
/** Events that may wait for a spare key; beyond it the oldest key presses are long out of date. */
const MAX_QUEUE = 4096;

/**
 * Injects input. The methods return at once; what they ask for has been handed to the kernel by
 * then, except while a key waits for a spare keycode (see `SpareKeys`): then everything after it
 * waits too, so that the order stays.
 */
export class InputInjector implements AsyncDisposable {
  readonly #connection: DisplayConnection;
  readonly #xtest: Extension;
  readonly #keyboard: Keyboard;
  readonly #buttons = new Set<number>();
  readonly #queue: (() => number | void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wheelX = 0;
  #wheelY = 0;
  #disposed = false;

  private constructor(connection: DisplayConnection, xtest: Extension, keyboard: Keyboard) {
    this.#connection = connection;
    this.#xtest = xtest;
    this.#keyboard = keyboard;
    // A menu or a window manager may grab the server; input must go on, or it never lets go.
    xtest.GrabControl(1);
  }

  /**
   * Opens keyboard and pointer.
   *
   * @throws {ExtensionMissingError} The server lacks XTEST or XKEYBOARD.
   */
  static async open(connection: DisplayConnection): Promise<InputInjector> {
    const xtest = await connection.extension("xtest", "XTEST");
    const keyboard = await Keyboard.open(connection);
    return new InputInjector(connection, xtest, keyboard);
  }

  /**
   * Presses or releases a key.
   *
   * @param keysym What the viewer typed; the key that makes it here is found, or made. Pressing a
   *   key that is down does nothing, since the server repeats keys itself; so does releasing one
   *   that is up, or a number that is no keysym.
   */
  key(keysym: number, down: boolean): void {
    if (!Number.isInteger(keysym) || keysym < 1 || keysym > MAX_KEYSYM) return;
    this.#do(() => down ? this.#keyboard.press(keysym) : this.#keyboard.release(keysym));
  }

  /**
   * Lets the display repeat held keys, as it does by itself, or not for a while.
   *
   * @param keysyms Those that are held by whom it is about: others' stay down.
   */
  repeatKeys(on: boolean, keysyms: Iterable<number>): void {
    const held = [...keysyms];
    this.#do(() => this.#keyboard.repeat(on, held));
  }

  /** Moves the pointer, in pixels of the screen. */
  pointer(x: number, y: number): void {
    this.#do(() => this.#fake(this.#xtest.MotionNotify, 0, clamp(x), clamp(y)));
  }

  /**
   * Moves the pointer by so many pixels, as a mouse does: programs that have grabbed it, games for
   * one, see the motion itself. (XTEST, "XTestFakeInput": a detail of True is relative motion.)
   */
  motion(dx: number, dy: number): void {
    this.#do(() => this.#fake(this.#xtest.MotionNotify, 1, signed(dx), signed(dy)));
  }

  /**
   * Presses or releases a button of the pointer.
   *
   * @param button 1 left, 2 middle, 3 right, 8 back, 9 forward.
   * @throws {RangeError} Not 1 to 9.
   */
  button(button: number, down: boolean): void {
    if (!Number.isInteger(button) || button < 1 || button > 9) {
      throw new RangeError(`Cannot press button ${button}: give 1 to 9`);
    }
    this.#do(() => {
      if (this.#buttons.has(button) === down) return;
      this.#keyboard.restoreModifiers();
      if (down) this.#buttons.add(button);
      else this.#buttons.delete(button);
      this.#fake(down ? this.#xtest.ButtonPress : this.#xtest.ButtonRelease, button);
    });
  }

  /**
   * Turns the wheel. Parts of a notch add up; turning back starts over.
   *
   * @param dx To the right, in 1/120 notch. @param dy Down, in 1/120 notch.
   */
  wheel(dx: number, dy: number): void {
    this.#do(() => {
      this.#keyboard.restoreModifiers();
      this.#wheelX = this.#turn(this.#wheelX, dx, WHEEL.left, WHEEL.right);
      this.#wheelY = this.#turn(this.#wheelY, dy, WHEEL.up, WHEEL.down);
    });
  }

  /** Releases all keys and buttons, and forgets those that are still to be pressed. */
  releaseAll(): void {
    this.#queue.length = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#wheelX = this.#wheelY = 0;
    if (!this.#connection.open) return;
    this.#keyboard.releaseAll();
    for (const button of this.#buttons) this.#fake(this.#xtest.ButtonRelease, button);
    this.#buttons.clear();
    this.#connection.flush();
  }

  /** Does something now, or after what waits. Its result is how many milliseconds it must wait. */
  #do(act: () => number | void): void {
    if (this.#disposed || !this.#connection.open) return;
    if (this.#queue.length >= MAX_QUEUE) this.#queue.shift();
    this.#queue.push(act);
    if (this.#timer === undefined) this.#pump();
  }

  #pump(): void {
    this.#timer = undefined;
    if (!this.#connection.open) return;
    while (this.#queue.length > 0) {
      const wait = this.#queue[0]!();
      if (wait) {
        this.#timer = setTimeout(() => this.#pump(), wait);
        break;
      }
      this.#queue.shift();
    }
    this.#connection.flush();
  }

  #fake(type: number, detail: number, x = 0, y = 0): void {
    this.#xtest.FakeInput(type, detail, 0, 0, x, y);
  }

  #turn(rest: number, delta: number, back: number, forth: number): number {
    const total = Math.sign(rest) === -Math.sign(delta) ? delta : rest + delta;
    const notches = Math.trunc(total / NOTCH);
    const button = notches < 0 ? back : forth;
    for (let i = 0; i < Math.min(Math.abs(notches), MAX_NOTCHES); i++) {
      this.#fake(this.#xtest.ButtonPress, button);
      this.#fake(this.#xtest.ButtonRelease, button);
    }
    return total - notches * NOTCH;
  }

  /** Releases everything and stops. */
  [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposed) {
      this.releaseAll();
      this.#disposed = true;
      this.#keyboard.close();
    }
    return Promise.resolve();
  }
}

/** To what a signed 16-bit coordinate of the protocol can hold; the server clips to the screen. */
function clamp(coordinate: number): number {
  return Math.max(0, Math.min(32767, Math.round(coordinate) || 0));
}

/** To a signed 16-bit distance of the protocol. */
function signed(distance: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(distance) || 0));
}
