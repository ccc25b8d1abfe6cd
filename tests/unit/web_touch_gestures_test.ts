import assert from "node:assert/strict";
import { TouchGestures } from "../../web/input/touch_gestures.ts";

/** Gestures with a clock that is turned by hand; what they do is noted in words. */
class Hand {
  readonly done: string[] = [];
  now = 0;
  trackpad = false;
  #timers: { at: number; callback: () => void }[] = [];
  readonly #gestures = new TouchGestures({
    actions: {
      move: (x, y) => this.done.push(`move ${x},${y}`),
      nudge: (dx, dy) => this.done.push(`nudge ${dx},${dy}`),
      button: (button, down) => this.done.push(`${down ? "press" : "lift"} ${button}`),
      drag: (dx, dy) => this.done.push(`drag ${dx},${dy}`),
      pinch: (factor) => this.done.push(`pinch ${factor.toFixed(2)}`),
      keyboard: () => this.done.push("keyboard"),
    },
    trackpad: () => this.trackpad,
    schedule: (ms, callback) => {
      const timer = { at: this.now + ms, callback };
      this.#timers.push(timer);
      return () => this.#timers = this.#timers.filter((other) => other !== timer);
    },
  });

  down(id: number, x: number, y: number): void {
    this.#gestures.down({ id, x, y }, this.now);
  }

  move(id: number, x: number, y: number): void {
    this.#gestures.move({ id, x, y });
  }

  up(id: number): void {
    this.#gestures.up(id, this.now);
  }

  cancel(): void {
    this.#gestures.cancel();
  }

  tap(x: number, y: number): void {
    this.down(1, x, y);
    this.wait(80);
    this.up(1);
  }

  wait(ms: number): void {
    this.now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.now);
    this.#timers = this.#timers.filter(({ at }) => at > this.now);
    for (const { callback } of due) callback();
  }

  get timers(): number {
    return this.#timers.length;
  }
}

Deno.test("TouchGestures clicks where a finger taps", () => {
  const hand = new Hand();
  hand.tap(30, 40);
  assert.deepEqual(hand.done, ["move 30,40", "press 1", "lift 1"]);
  assert.equal(hand.timers, 0);
});

Deno.test("TouchGestures puts the second tap of a double click where the first was", () => {
  const hand = new Hand();
  hand.tap(30, 40);
  hand.wait(100);
  hand.tap(41, 33);
  assert.equal(hand.done.filter((what) => what === "move 30,40").length, 2);
  hand.wait(1000);
  hand.tap(41, 33);
  assert.equal(hand.done.at(-3), "move 41,33");
});

Deno.test("TouchGestures clicks right on a long press, and nothing after it", () => {
  const hand = new Hand();
  hand.down(1, 30, 40);
  hand.move(1, 34, 42);
  hand.wait(600);
  assert.deepEqual(hand.done, ["move 30,40", "press 3", "lift 3"]);
  hand.move(1, 90, 90);
  hand.up(1);
  assert.equal(hand.done.length, 3);
});

Deno.test("TouchGestures drags from where the finger was put down", () => {
  const hand = new Hand();
  hand.down(1, 30, 40);
  hand.move(1, 35, 40);
  assert.deepEqual(hand.done, []);
  hand.move(1, 60, 40);
  hand.move(1, 80, 50);
  hand.up(1);
  assert.deepEqual(hand.done, ["move 30,40", "press 1", "move 60,40", "move 80,50", "lift 1"]);
});

Deno.test("TouchGestures lifts what it holds when the browser takes the finger away", () => {
  const hand = new Hand();
  hand.down(1, 30, 40);
  hand.move(1, 60, 40);
  hand.cancel();
  assert.equal(hand.done.at(-1), "lift 1");
  hand.tap(5, 5);
  assert.equal(hand.done.at(-1), "lift 1");
  assert.equal(hand.done.at(-3), "move 5,5");
});

Deno.test("TouchGestures drags with two fingers what is under them", () => {
  const hand = new Hand();
  hand.down(1, 100, 100);
  hand.down(2, 140, 100);
  for (let y = 105; y <= 160; y += 5) {
    hand.move(1, 100, y);
    hand.move(2, 140, y);
  }
  hand.up(1);
  hand.move(2, 140, 300);
  hand.up(2);
  assert.equal(hand.done[0], "move 120,100");
  const way = hand.done.slice(1).map((what) => Number(/^drag 0,(.*)$/.exec(what)![1]));
  assert.equal(way.reduce((sum, each) => sum + each, 0), 60);
});

Deno.test("TouchGestures pinches when two fingers go apart", () => {
  const hand = new Hand();
  hand.down(1, 100, 100);
  hand.down(2, 200, 100);
  for (let by = 5; by <= 50; by += 5) {
    hand.move(1, 100 - by, 100);
    hand.move(2, 200 + by, 100);
  }
  hand.up(2);
  hand.up(1);
  const factors = hand.done.filter((what) => what.startsWith("pinch"))
    .map((what) => Number(what.slice(6)));
  const all = factors.reduce((product, each) => product * each, 1);
  assert.ok(Math.abs(all - 2) < 0.05, `${all}`);
  assert.ok(!hand.done.some((what) => what.startsWith("press")));
});

Deno.test("TouchGestures clicks right on a tap of two fingers, and types on one of three", () => {
  const hand = new Hand();
  hand.down(1, 10, 20);
  hand.down(2, 60, 20);
  hand.wait(100);
  hand.up(1);
  hand.up(2);
  assert.deepEqual(hand.done, ["move 10,20", "press 3", "lift 3"]);
  for (const id of [1, 2, 3]) hand.down(id, 10 * id, 20);
  hand.wait(100);
  for (const id of [1, 2, 3]) hand.up(id);
  assert.equal(hand.done.at(-1), "keyboard");
  assert.equal(hand.done.length, 4);
});

Deno.test("TouchGestures moves the pointer as a trackpad does", () => {
  const hand = new Hand();
  hand.trackpad = true;
  hand.down(1, 100, 100);
  hand.move(1, 120, 100);
  hand.move(1, 125, 95);
  hand.up(1);
  assert.deepEqual(hand.done, ["nudge 20,0", "nudge 5,-5"]);
  hand.done.length = 0;
  hand.wait(1000);
  hand.tap(10, 10);
  assert.deepEqual(hand.done, ["press 1", "lift 1"]);
  // A tap, and then a drag, holds the button.
  hand.wait(50);
  hand.down(1, 10, 10);
  hand.move(1, 40, 10);
  hand.up(1);
  assert.deepEqual(hand.done.slice(2), ["press 1", "nudge 30,0", "lift 1"]);
});
