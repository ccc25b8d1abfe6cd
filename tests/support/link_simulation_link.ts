/**
 * One direction of a link: a rate that changes over time, a queue that drops what it has no room for,
 * delay, jitter that keeps the order, and loss by chance.
 *
 * @module
 */

import type { EventClock } from "./link_simulation_clock.ts";

/** From that time on, in ms, the link has that rate, in kbit/s; 0 is an outage. */
export type RateStep = readonly [at: number, kbit: number];

/** A rate over time. */
export class RateTrace {
  readonly #steps: readonly RateStep[];
  /** The step in force when it was last asked; times asked for seldom go back. */
  #cursor = 0;

  /** @param steps In order, the first at 0. */
  constructor(steps: readonly RateStep[]) {
    this.#steps = steps;
  }

  /** In kbit/s. */
  kbitAt(time: number): number {
    return this.#steps[this.#seek(time)]![1];
  }

  /** When so many octets are through, if the first one starts at a time. */
  finish(start: number, octets: number): number {
    let bits = octets * 8;
    let time = start;
    for (let index = this.#seek(start);; index++) {
      const kbit = this.#steps[index]![1];
      const end = this.#steps[index + 1]?.[0] ?? Infinity;
      // kbit/s are bits per ms.
      if (kbit > 0 && (end - time) * kbit >= bits) return time + bits / kbit;
      if (end === Infinity) return Infinity;
      bits -= (end - time) * kbit;
      time = end;
    }
  }

  /** How many octets it carries between two times. */
  capacity(from: number, to: number): number {
    let bits = 0;
    for (const [index, [at, kbit]] of this.#steps.entries()) {
      const end = this.#steps[index + 1]?.[0] ?? Infinity;
      bits += Math.max(Math.min(end, to) - Math.max(at, from), 0) * kbit;
    }
    return bits / 8;
  }

  #seek(time: number): number {
    if (this.#steps[this.#cursor]![0] > time) this.#cursor = 0;
    for (let next = this.#steps[this.#cursor + 1]; next !== undefined && next[0] <= time;) {
      next = this.#steps[++this.#cursor + 1];
    }
    return this.#cursor;
  }
}

export interface LinkOptions {
  readonly rate: RateTrace;
  /** One way, in ms; or from a time on, as in a {@link RateStep}. */
  readonly delay: number | readonly RateStep[];
  /** Up to so many ms more, evenly spread. */
  readonly jitter: number;
  /** The share that is lost by chance, 0 to 1. */
  readonly loss: number;
  /** The queue's size in octets. */
  readonly buffer: number;
}

export class Link {
  readonly #clock: EventClock;
  readonly #options: LinkOptions;
  readonly #random: () => number;
  readonly #delays: RateTrace;
  readonly #queue: { finish: number; octets: number }[] = [];
  #first = 0;
  #backlog = 0;
  #free = 0;
  #lastArrival = 0;

  constructor(clock: EventClock, options: LinkOptions, random: () => number) {
    this.#clock = clock;
    this.#options = options;
    this.#random = random;
    const { delay } = options;
    this.#delays = new RateTrace(typeof delay === "number" ? [[0, delay]] : delay);
  }

  /** One way, in ms, now. */
  get delay(): number {
    return this.#delays.kbitAt(this.#clock.now);
  }

  /** How long a packet that came now would wait, in ms. */
  get wait(): number {
    return Math.max(this.#free - this.#clock.now, 0);
  }

  /**
   * @param octets With all headers.
   * @param arrive Called when it arrives.
   * @param lose Called when the sender might notice that it never will.
   * @returns How long it waits for its turn, in ms; undefined if there is no room for it.
   */
  send(octets: number, arrive: () => void, lose?: () => void): number | undefined {
    const { rate, jitter, loss, buffer } = this.#options;
    const { now } = this.#clock;
    this.#drain(now);
    if (this.#backlog + octets > buffer) {
      if (lose !== undefined) this.#clock.at(this.#free + 2 * this.delay, lose);
      return undefined;
    }
    const start = Math.max(this.#free, now);
    const finish = rate.finish(start, octets);
    this.#free = finish;
    this.#queue.push({ finish, octets });
    this.#backlog += octets;
    if (finish === Infinity) return Infinity;
    const arrival = finish + this.#delays.kbitAt(finish) + jitter * this.#random();
    if (loss > 0 && this.#random() < loss) {
      if (lose !== undefined) this.#clock.at(arrival + 1.25 * this.delay, lose);
    } else {
      this.#lastArrival = Math.max(this.#lastArrival, arrival);
      this.#clock.at(this.#lastArrival, arrive);
    }
    return start - now;
  }

  /** Forgets what has left the queue. */
  #drain(now: number): void {
    for (let head = this.#queue[this.#first]; head !== undefined && head.finish <= now;) {
      this.#backlog -= head.octets;
      head = this.#queue[++this.#first];
    }
    if (this.#first < 1024) return;
    this.#queue.splice(0, this.#first);
    this.#first = 0;
  }
}
