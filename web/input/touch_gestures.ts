/**
 * What fingers mean. No DOM and no clock of its own, so that the rules can be tested.
 *
 * | fingers | directly | as on a trackpad |
 * |---|---|---|
 * | tap | click there | click where the pointer is |
 * | drag | press there and drag | move the pointer |
 * | tap, then drag | | drag |
 * | long press, or tap of two | right click there | right click |
 * | drag of two | scroll; move a zoomed picture | the same |
 * | pinch | zoom the picture | the same |
 * | tap of three | on-screen keyboard | the same |
 *
 * @module
 */

import type { Schedule } from "../../src/protocol/deadline_timer.ts";

/** A finger on the page, in CSS pixels of the viewport. */
export interface Finger {
  readonly id: number;
  readonly x: number;
  readonly y: number;
}

export interface GestureActions {
  /** Moves the pointer to a point of the page. */
  move(x: number, y: number): void;
  /** Moves the pointer by so many CSS pixels. */
  nudge(dx: number, dy: number): void;
  /** Presses or lifts a button where the pointer is: 1 left, 3 right. */
  button(button: 1 | 3, down: boolean): void;
  /** Two fingers have moved what is under them by so many CSS pixels. */
  drag(dx: number, dy: number): void;
  /** Two fingers have gone apart by a factor, around a point of the page. */
  pinch(factor: number, x: number, y: number): void;
  /** Shows or hides the on-screen keyboard. */
  keyboard(): void;
}

export interface TouchGesturesOptions {
  readonly actions: GestureActions;
  /** Whether fingers move the pointer from where it is. */
  trackpad(): boolean;
  readonly schedule: Schedule;
}

/** A finger that has not moved by more than this, in CSS pixels, has not moved. */
const SLOP = 10;
/** By how much two fingers have gone apart before they pinch; CSS pixels. */
const PINCH_SLOP = 24;
const LONG_PRESS = 500;
/** A tap of several fingers takes no longer than this, in ms. */
const TAP = 400;
/** The second click of a double click comes within so many ms and CSS pixels. */
const DOUBLE = { ms: 400, distance: 24 } as const;

type Phase =
  | { readonly name: "idle" }
  /** One finger that may yet become anything. */
  | { readonly name: "one"; readonly start: Finger; readonly again: boolean; cancel(): void }
  /** One finger that drags, or moves the pointer. */
  | { readonly name: "moving"; readonly id: number; readonly holds: boolean }
  | { readonly name: "several"; readonly since: number; readonly start: Finger; most: number }
  | { readonly name: "dragging" | "pinching" }
  /** Nothing more until all fingers are up. */
  | { readonly name: "over" };

const IDLE: Phase = { name: "idle" };
const OVER: Phase = { name: "over" };

interface Pair {
  readonly x: number;
  readonly y: number;
  readonly distance: number;
}

export class TouchGestures {
  readonly #options: TouchGesturesOptions;
  readonly #fingers = new Map<number, Finger>();
  #phase: Phase = IDLE;
  #pair: Pair | undefined;
  #tapped: { readonly x: number; readonly y: number; readonly at: number } | undefined;

  constructor(options: TouchGesturesOptions) {
    this.#options = options;
  }

  /** @param now In ms of any clock, the same for all calls. */
  down(finger: Finger, now: number): void {
    this.#fingers.set(finger.id, finger);
    const phase = this.#phase;
    switch (phase.name) {
      case "idle":
        return this.#begin(finger, now);
      case "one":
        phase.cancel();
        this.#pair = this.#measure();
        this.#phase = { name: "several", since: now, start: phase.start, most: 2 };
        return;
      case "several":
        phase.most = Math.max(phase.most, this.#fingers.size);
    }
  }

  move(finger: Finger): void {
    const before = this.#fingers.get(finger.id);
    if (before === undefined) return;
    this.#fingers.set(finger.id, finger);
    const phase = this.#phase;
    switch (phase.name) {
      case "one":
        return this.#leave(phase, finger);
      case "moving":
        if (finger.id === phase.id) this.#follow(before, finger);
        return;
      case "several":
      case "dragging":
      case "pinching":
        return this.#both();
    }
  }

  up(id: number, now: number): void {
    if (!this.#fingers.delete(id)) return;
    const { actions } = this.#options;
    const phase = this.#phase;
    switch (phase.name) {
      case "one":
        phase.cancel();
        this.#tap(phase.start, now);
        break;
      case "moving":
        if (id === phase.id && phase.holds) actions.button(1, false);
        break;
      case "several":
        if (this.#fingers.size > 0) return;
        if (now - phase.since < TAP) {
          if (phase.most === 2) this.#rightClick(phase.start);
          if (phase.most === 3) actions.keyboard();
        }
    }
    this.#phase = this.#fingers.size === 0 ? IDLE : OVER;
  }

  /** The browser has taken the fingers away. */
  cancel(): void {
    if (this.#phase.name === "one") this.#phase.cancel();
    if (this.#phase.name === "moving" && this.#phase.holds) this.#options.actions.button(1, false);
    this.#fingers.clear();
    this.#phase = IDLE;
  }

  #begin(start: Finger, now: number): void {
    const cancel = this.#options.schedule(LONG_PRESS, () => {
      this.#phase = OVER;
      this.#rightClick(start);
    });
    const again = this.#isSecond(start, now);
    this.#phase = { name: "one", start, again, cancel };
  }

  /** The one finger has moved, perhaps. */
  #leave({ again, cancel, start }: Extract<Phase, { name: "one" }>, finger: Finger): void {
    if (distance(start, finger) <= SLOP) return;
    cancel();
    const { actions, trackpad } = this.#options;
    const holds = !trackpad() || again;
    this.#phase = { name: "moving", id: finger.id, holds };
    if (!trackpad()) actions.move(start.x, start.y);
    if (holds) actions.button(1, true);
    this.#follow(start, finger);
  }

  #follow(from: Finger, to: Finger): void {
    const { actions, trackpad } = this.#options;
    if (trackpad()) actions.nudge(to.x - from.x, to.y - from.y);
    else actions.move(to.x, to.y);
  }

  #tap(finger: Finger, now: number): void {
    const { actions, trackpad } = this.#options;
    // Fingers do not hit the same pixel twice; programs want that of a double click.
    const at = this.#isSecond(finger, now) ? this.#tapped! : finger;
    if (!trackpad()) actions.move(at.x, at.y);
    actions.button(1, true);
    actions.button(1, false);
    this.#tapped = { x: at.x, y: at.y, at: now };
  }

  #rightClick(finger: Finger): void {
    const { actions, trackpad } = this.#options;
    if (!trackpad()) actions.move(finger.x, finger.y);
    actions.button(3, true);
    actions.button(3, false);
  }

  #isSecond(finger: Finger, now: number): boolean {
    const first = this.#tapped;
    return first !== undefined && now - first.at < DOUBLE.ms &&
      (this.#options.trackpad() || distance(first, finger) < DOUBLE.distance);
  }

  /** What the first two fingers do together. */
  #both(): void {
    const before = this.#pair;
    const pair = this.#measure();
    if (before === undefined || pair === undefined) return;
    const { actions } = this.#options;
    if (this.#phase.name === "several") {
      // What they mean is judged from where they began.
      if (Math.abs(pair.distance - before.distance) > PINCH_SLOP) {
        this.#phase = { name: "pinching" };
      } else if (distance(pair, before) > SLOP) {
        this.#phase = { name: "dragging" };
        // What is under them is what they scroll.
        if (!this.#options.trackpad()) actions.move(before.x, before.y);
      } else return;
    }
    this.#pair = pair;
    if (this.#phase.name === "pinching") {
      actions.pinch(pair.distance / Math.max(before.distance, 1), pair.x, pair.y);
    }
    actions.drag(pair.x - before.x, pair.y - before.y);
  }

  #measure(): Pair | undefined {
    const [a, b] = this.#fingers.values();
    if (a === undefined || b === undefined) return undefined;
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, distance: distance(a, b) };
  }
}

function distance(a: { x: number; y: number }, b: { x: number; y: number }): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
