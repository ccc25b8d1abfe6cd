/**
 * Sends what is urgent once more, a moment later, on a path that loses packets: see {@link LossWatch}.
 *
 * @module
 */

import type { Schedule } from "./deadline_timer.ts";
import { LossWatch } from "./loss_watch.ts";
import type { PathModel } from "./path_model.ts";

/** How long after a message its copy is sent, so that one packet does not hold both; in ms. */
const COPY_AFTER_MS = 3;

export interface CopiesOptions {
  /** Monotonic ms. */
  readonly now: () => number;
  readonly schedule: Schedule;
  readonly path: () => Pick<PathModel, "minRtt" | "rate">;
}

export class Copies {
  readonly #options: CopiesOptions;
  readonly #losses = new LossWatch();
  readonly #pending = new Set<() => void>();

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /** Something of the peer's was lost on its way. */
  lossSeen(): void {
    this.#losses.seen(this.#options.now());
  }

  /** The peer has seen so many losses, in all. */
  report(total: number): void {
    this.#losses.report(total, this.#options.now());
  }

  /** Octets were sent that are no copies. */
  sent(octets: number): void {
    this.#losses.sent(octets, this.#options.now());
  }

  /**
   * Something urgent has just been sent.
   *
   * @param prepare Makes what sends it again, while what was sent is as it was; called only if a copy is wanted.
   */
  offer(prepare: () => () => void): void {
    const { now, path, schedule } = this.#options;
    if (!this.#losses.wantsCopies(path(), now())) return;
    const send = prepare();
    const cancel = schedule(COPY_AFTER_MS, () => {
      this.#pending.delete(cancel);
      send();
    });
    this.#pending.add(cancel);
  }

  /** Sends nothing any more. */
  stop(): void {
    for (const cancel of this.#pending) cancel();
    this.#pending.clear();
  }
}
