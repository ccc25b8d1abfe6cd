/**
 * Whose turn it is to send: strict priorities, and turns within one.
 *
 * @module
 */

import type { Priority } from "./flow.ts";

/** What is scheduled: a flow that has something to send. */
export interface Scheduled {
  readonly priority: Priority;
}

const LEVELS = 8;

export class SendScheduler<T extends Scheduled> {
  /** The flows that wait, by priority, next one first. */
  readonly #levels: T[][] = Array.from({ length: LEVELS }, () => []);
  /** The level in which each waiting flow is. */
  readonly #waiting = new Map<T, number>();

  /** Whether nobody waits. */
  get empty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Lets a flow wait for its turn, unless it does already. */
  add(flow: T): void {
    if (this.#waiting.has(flow)) return;
    this.#waiting.set(flow, flow.priority);
    this.#levels[flow.priority]?.push(flow);
  }

  /** Takes a flow that has nothing to send, or cannot, out of the turns. */
  remove(flow: T): void {
    const level = this.#waiting.get(flow);
    if (level === undefined) return;
    this.#waiting.delete(flow);
    const flows = this.#levels[level];
    flows?.splice(flows.indexOf(flow), 1);
  }

  /** Moves a flow whose priority has changed to the end of its new level. */
  reprioritise(flow: T): void {
    if (!this.#waiting.has(flow)) return;
    this.remove(flow);
    this.add(flow);
  }

  /** The flow whose turn it is. */
  next(): T | undefined {
    for (let level = LEVELS - 1; level >= 0; level--) {
      const flow = this.#levels[level]?.[0];
      if (flow !== undefined) return flow;
    }
    return undefined;
  }

  /** Whether a waiting flow has no other beside it at its priority. */
  alone(flow: T): boolean {
    return this.#levels[this.#waiting.get(flow) ?? flow.priority]?.length === 1;
  }

  /** Ends a flow's turn: the others of its priority come first. */
  turned(flow: T): void {
    const flows = this.#levels[this.#waiting.get(flow) ?? -1];
    if (flows === undefined || flows.length < 2 || flows[0] !== flow) return;
    flows.shift();
    flows.push(flow);
  }

  /** Takes everyone out. */
  clear(): void {
    for (const flows of this.#levels) flows.length = 0;
    this.#waiting.clear();
  }
}
