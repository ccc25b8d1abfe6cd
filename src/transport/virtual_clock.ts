/**
 * A clock that goes only when told to, for simulations.
 *
 * @module
 */

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly callback: () => void;
}

export class VirtualClock {
  #now = 0;
  #order = 0;
  /** A binary heap, the next one first. */
  readonly #timers: Timer[] = [];
  readonly #cancelled = new WeakSet<Timer>();

  /** In ms. */
  now(): number {
    return this.#now;
  }

  /**
   * Calls back after some ms of this clock.
   *
   * @returns Cancels it.
   */
  schedule(milliseconds: number, callback: () => void): () => void {
    const at = this.#now + Math.max(milliseconds, 0);
    const timer: Timer = { at, order: this.#order++, callback };
    this.#timers.push(timer);
    this.#rise(this.#timers.length - 1);
    return () => {
      this.#cancelled.add(timer);
    };
  }

  /**
   * Lets time pass. Promises that a callback has settled are dealt with before the next callback.
   *
   * @param milliseconds How much.
   */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds;
    for (let next = this.#timers[0]; next !== undefined; next = this.#timers[0]) {
      if (next.at > end) break;
      this.#pop();
      if (this.#cancelled.has(next)) continue;
      this.#now = Math.max(this.#now, next.at);
      next.callback();
      for (let turn = 0; turn < 4; turn++) await undefined;
    }
    this.#now = end;
  }

  #rise(index: number): void {
    const timers = this.#timers;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(timers[index]!, timers[parent]!)) return;
      [timers[index], timers[parent]] = [timers[parent]!, timers[index]!];
      index = parent;
    }
  }

  #pop(): void {
    const timers = this.#timers;
    const last = timers.pop();
    if (last === undefined || timers.length === 0) return;
    timers[0] = last;
    for (let index = 0;;) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        const timer = timers[child];
        if (timer !== undefined && before(timer, timers[least]!)) least = child;
      }
      if (least === index) return;
      [timers[index], timers[least]] = [timers[least]!, timers[index]!];
      index = least;
    }
  }
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
