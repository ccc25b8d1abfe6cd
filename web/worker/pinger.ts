/**
 * Asks the server for its clock now and then, and notices when nothing comes back: a network that is
 * gone closes no connection.
 *
 * @module
 */

import { wallClock } from "../wall_clock.ts";

/** The first pings come quickly, since the clock's offset is wanted; in ms. */
const FIRST = [0, 100, 200, 400] as const;
const INTERVAL = 5_000;
/** How long a pong may take before the connection counts as gone; in ms. */
const PATIENCE = 6_000;
/** The same when there is a reason to doubt. */
const IMPATIENCE = 2_000;

export interface PingerOptions {
  /** @param clientTime To be echoed; ms since 1970. */
  send(id: number, clientTime: number): void;
  /** @param serverTime In µs. */
  observe(sent: number, received: number, serverTime: number): void;
  silent(): void;
}

export class Pinger implements Disposable {
  readonly #options: PingerOptions;
  #id = 0;
  #unanswered = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PingerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#timer === undefined) this.#next();
  }

  /** Asks at once, and waits less long for the answer. */
  check(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#ping(IMPATIENCE);
  }

  pong(id: number, clientTime: number, serverTime: number): void {
    if (!this.#unanswered.has(id)) return;
    for (const older of this.#unanswered) if (older <= id) this.#unanswered.delete(older);
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#options.observe(clientTime, wallClock(), serverTime);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#deadline);
    this.#timer = this.#deadline = undefined;
  }

  #next(): void {
    this.#timer = setTimeout(() => {
      this.#ping(PATIENCE);
      this.#next();
    }, FIRST[this.#id] ?? INTERVAL);
  }

  #ping(patience: number): void {
    const id = this.#id++;
    this.#unanswered.add(id);
    this.#deadline ??= setTimeout(() => this.#options.silent(), patience);
    this.#options.send(id, wallClock());
  }
}
