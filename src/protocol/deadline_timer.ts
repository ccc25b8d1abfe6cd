/**
 * Gives up late messages when their time comes, wherever in a queue they are.
 *
 * @module
 */

import type { OutgoingMessage } from "./outgoing_message.ts";

/** Calls back after some milliseconds, unless what it returns is called first. */
export type Schedule = (milliseconds: number, callback: () => void) => () => void;

export class DeadlineTimer {
  readonly #messages = new Set<OutgoingMessage>();
  readonly #now: () => number;
  readonly #schedule: Schedule;
  #cancel: (() => void) | undefined;
  #at = Infinity;

  /**
   * @param options.now The clock of the deadlines, in ms.
   * @param options.schedule Sets a timer.
   */
  constructor(options: { now: () => number; schedule: Schedule }) {
    this.#now = options.now;
    this.#schedule = options.schedule;
  }

  /** Watches a message that waits, or takes note of its new deadlines. */
  watch(message: OutgoingMessage): void {
    if (message.startBy === Infinity && message.finishBy === Infinity) {
      this.#messages.delete(message);
      return;
    }
    this.#messages.add(message);
    this.#set(message.deadline);
  }

  /** Forgets a message that was sent or given up. */
  forget(message: OutgoingMessage): void {
    // The timer stays: it is cheaper to find nothing once than to set it anew for each message.
    this.#messages.delete(message);
  }

  /** Forgets everything. */
  stop(): void {
    this.#messages.clear();
    this.#cancel?.();
    this.#cancel = undefined;
    this.#at = Infinity;
  }

  #set(deadline: number): void {
    if (deadline >= this.#at) return;
    this.#cancel?.();
    this.#at = deadline;
    // Timers take whole milliseconds and may come early by a part of one.
    const delay = Math.max(0, Math.ceil(deadline - this.#now()));
    this.#cancel = this.#schedule(delay, () => this.#expire());
  }

  #expire(): void {
    this.#cancel = undefined;
    this.#at = Infinity;
    const now = this.#now();
    let next = Infinity;
    for (const message of [...this.#messages]) {
      if (message.deadline <= now) message.abandon();
      else next = Math.min(next, message.deadline);
    }
    if (next !== Infinity) this.#set(next);
  }
}
