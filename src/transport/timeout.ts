/**
 * The real timers, as the protocol wants them.
 *
 * @module
 */

/**
 * Calls back after some ms of real time.
 *
 * @returns Cancels it.
 */
export function scheduleTimeout(milliseconds: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.max(0, milliseconds));
  return () => clearTimeout(timer);
}
