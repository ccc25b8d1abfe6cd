import type { InputInjector } from "../display/input.ts";
import type { Schedule } from "../protocol/deadline_timer.ts";
import type { Transport } from "../protocol/flow.ts";
import type { GamepadInput, InputMessage } from "../protocol/input_message.ts";
import { scheduleTimeout } from "../transport/timeout.ts";

/**
 * How long something is held before its viewer is asked for a sign of life, in milliseconds: soon enough for
 * the answer, or none, before an X server begins to repeat a key, after some 600.
 */
export const ASK_FIRST_MS = 200;
/**
 * How often it is asked after that while it holds a key, in milliseconds: a path that breaks right after an
 * answer, too, is noticed before the X server begins to repeat.
 */
export const ASK_KEYS_EVERY_MS = 100;
/**
 * How often otherwise, in milliseconds: nothing else repeats. It is also how long what was said by the last
 * path may be on its way by the next one, behind the answer.
 */
export const ASK_EVERY_MS = 1000;
/** How long it may take to give one, in milliseconds, until what it holds is let go. */
export const ANSWER_WITHIN_MS = 2500;

/**
 * How long it may take to give one until keys are no longer repeated, in milliseconds; on a long path twice
 * its round trip.
 */
export const REPEAT_WITHIN_MS = 250;

/** What is needed of the hands on the desktop. */
export type Hands = Pick<InputInjector, "key" | "button" | "repeatKeys">;

export interface HeldInputOptions {
  /** The hands on the desktop; undefined while there is none. */
  readonly hands: () => Hands | undefined;
  /** What the viewer is reached by; undefined while it has no path. */
  readonly transport: () => Pick<Transport, "ping" | "path"> | undefined;
  /** The viewer gave no sign of life, and what it held was let go. */
  readonly onsilent: () => void;
  /** Default: `setTimeout`. */
  readonly schedule?: Schedule;
}

/**
 * The keys, buttons and gamepads that one viewer holds down.
 *
 * A network that is gone tells nobody, and an X server repeats a held key thirty times a second. So a
 * viewer is asked for signs of life as long as it holds something, and only then. While the answer is overdue
 * no key is repeated, for it may be up: a key that was down when the path broke is typed once.
 */
export class HeldInput implements Disposable {
  readonly #options: HeldInputOptions;
  readonly #schedule: Schedule;
  readonly #keysyms = new Set<number>();
  readonly #buttons = new Set<number>();
  /** Gamepads of which something is pressed or moved: a hand may be at rest where it pushes a stick. */
  readonly #pads = new Set<number>();
  #cancel: (() => void) | undefined;
  /** The question that was asked last. */
  #asked: object | undefined;
  #repeating = true;
  /**
   * How long after an answer, in milliseconds, what was said before it may still come: an answer was overdue, or
   * the viewer has changed its path.
   */
  #catchingUp: number | undefined;

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
    else this.#cancel ??= this.#schedule(ASK_FIRST_MS, () => this.#ask());
  }

  /** The viewer is reached another way now: what was asked before may have gone nowhere. */
  moved(): void {
    if (this.#cancel === undefined) return;
    this.#cancel();
    // That a key is up may still be on its way, behind the answer to what is asked now.
    this.#catchingUp = ASK_EVERY_MS;
    this.#repeat(false);
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
    this.#cancel = this.#asked = undefined;
    this.#catchingUp = undefined;
    this.#repeat(true);
  }

  #ask(): void {
    const asked = this.#asked = {};
    const transport = this.#options.transport();
    const patience = Math.max(REPEAT_WITHIN_MS, 2 * (transport?.path.minRtt ?? 0));
    this.#cancel = this.#schedule(patience, () => {
      this.#repeat(false);
      this.#catchingUp ??= ASK_KEYS_EVERY_MS;
      this.#cancel = this.#schedule(Math.max(ANSWER_WITHIN_MS - patience, 0), () => {
        this.#cancel = this.#asked = undefined;
        this.release();
        this.#options.onsilent();
      });
    });
    ping(transport)?.then((rtt) => {
      if (this.#asked !== asked) return;
      this.#cancel?.();
      this.#asked = undefined;
      // Without a path the session waits for another one, and lets go if none comes.
      this.#cancel = rtt === undefined
        ? undefined
        : this.#schedule(this.#askAfter, () => this.#ask());
      this.#repeat(rtt !== undefined && this.#catchingUp === undefined);
      this.#catchingUp = undefined;
    });
  }

  /** When to ask again after an answer, in milliseconds. */
  get #askAfter(): number {
    return this.#catchingUp ?? (this.#keysyms.size > 0 ? ASK_KEYS_EVERY_MS : ASK_EVERY_MS);
  }

  #repeat(on: boolean): void {
    if (on === this.#repeating) return;
    this.#repeating = on;
    this.#options.hands()?.repeatKeys(on, this.#keysyms);
  }
}

/** @returns undefined if there is no path to ask by. */
function ping(
  transport: Pick<Transport, "ping"> | undefined,
): Promise<number | undefined> | undefined {
  try {
    return transport?.ping();
  } catch {
    // It has just ended.
    return undefined;
  }
}

function isInUse({ axes, buttons, triggers }: GamepadInput): boolean {
  return buttons !== 0 || axes.some((axis) => axis !== 0) || triggers.some((pull) => pull !== 0);
}

function mark<T>(set: Set<T>, element: T, present: boolean): void {
  if (present) set.add(element);
  else set.delete(element);
}
