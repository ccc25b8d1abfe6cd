/**
 * Asks the server for its clock now and then, and notices when nothing comes back: a network that is
 * gone closes no connection.
 *
 * @module
 */

/** The first pings come quickly, since the clock's offset is wanted; in ms. */
const FIRST = [0, 100, 200, 400] as const;
const INTERVAL = 4_000;
/** The same while somebody works: a silence is noticed soonest by them. */
const BUSY_INTERVAL = 1_000;
/**
 * How long a pong may take before the connection counts as gone; in ms. TCP's retransmissions of
 * a few lost packets in a row take a second or two.
 */
const PATIENCE = 4_000;
/** The same when there is a reason to doubt. */
const IMPATIENCE = 2_000;

export interface PingerOptions {
  /** @param clientTime To be echoed; ms since 1970. */
  send(id: number, clientTime: number): void;
  /** @param serverTime In µs. */
  observe(sent: number, received: number, serverTime: number): void;
  silent(): void;
  /** Monotonic, in ms since 1970. */
  now(): number;
  /** @returns What cancels it. */
  schedule(ms: number, callback: () => void): () => void;
}

export class Pinger implements Disposable {
  readonly #options: PingerOptions;
  #id = 0;
  #pingedAt = 0;
  readonly #unanswered = new Set<number>();
  #cancelNext: (() => void) | undefined;
  #cancelDeadline: (() => void) | undefined;

  constructor(options: PingerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#cancelNext === undefined) this.#next();
  }

  /** Asks at once, and waits less long for the answer. */
  check(): void {
    if (this.#cancelNext === undefined) return;
    this.#settle();
    this.#ping(IMPATIENCE);
  }

  /** Something was sent that wants an answer. */
  used(): void {
    if (this.#cancelNext === undefined) return;
    if (this.#options.now() - this.#pingedAt >= BUSY_INTERVAL) this.#ping(PATIENCE);
  }

  pong(id: number, clientTime: number, serverTime: number): void {
    if (!this.#unanswered.has(id)) return;
    for (const older of this.#unanswered) if (older <= id) this.#unanswered.delete(older);
    this.#settle();
    this.#options.observe(clientTime, this.#options.now(), serverTime);
  }

  [Symbol.dispose](): void {
    this.#cancelNext?.();
    this.#cancelNext = undefined;
    this.#settle();
  }

  #next(): void {
    this.#cancelNext = this.#options.schedule(FIRST[this.#id] ?? INTERVAL, () => {
      this.#ping(PATIENCE);
      this.#next();
    });
  }

  #ping(patience: number): void {
    const id = this.#id++;
    this.#unanswered.add(id);
    this.#cancelDeadline ??= this.#options.schedule(patience, () => this.#options.silent());
    this.#pingedAt = this.#options.now();
    this.#options.send(id, this.#pingedAt);
  }

  #settle(): void {
    this.#cancelDeadline?.();
    this.#cancelDeadline = undefined;
  }
}
