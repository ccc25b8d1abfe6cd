/**
 * The clock that the page's threads share.
 *
 * @module
 */

/** @returns Milliseconds since 1970 with fractions; monotonic within one page. */
export function wallClock(): number {
  return performance.timeOrigin + performance.now();
}
