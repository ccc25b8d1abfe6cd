/**
 * The clock that the page's threads share, and its timers.
 *
 * @module
 */

/** @returns Milliseconds since 1970 with fractions; monotonic within one page. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}

/**
 * Calls back after some milliseconds.
 *
 * @returns What cancels it.
 */
export function setTimer(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
}
