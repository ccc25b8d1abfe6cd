/**
 * How much more of a queue to bear while somebody else keeps it filled.
 *
 * A queue of 15 ms beside a download that keeps 200 ms of it filled is a share of 7%, and less with every
 * round trip that the download takes more of: whoever yields to delay starves beside who does not (Copa,
 * Arun and Balakrishnan 2018, has a mode for it; SCReAM, RFC 8298, raises its target, too). The delay is there
 * anyway, so a part of it is added to the target.
 *
 * A path that is found longer than believed once has another route. One that is found longer time and again
 * has a rival.
 *
 * @module
 */

/** For how long a path that was found longer is remembered, in ms. */
const MEMORY_MS = 30_000;
/** How much of somebody else's queue is added to the target. */
const PART = 0.25;
const MAX_ALLOWANCE_MS = 150;

export class Rivalry {
  #foundAt = -Infinity;
  #rivalUntil = -Infinity;

  /** The path was found to be longer than was believed. */
  lengthened(now: number): void {
    if (now - this.#foundAt < MEMORY_MS) this.#rivalUntil = now + MEMORY_MS;
    this.#foundAt = now;
  }

  /**
   * What to add to the target, in ms.
   *
   * @param excess By how much the path is longer than it was at its shortest, in ms.
   */
  allowance(now: number, excess: number): number {
    if (now > this.#rivalUntil) return 0;
    return Math.min(Math.max(excess, 0) * PART, MAX_ALLOWANCE_MS);
  }
}
