/**
 * Whether a server keeps something of all that it was sent.
 *
 * @module
 */

const MIB = 1024 ** 2;

/**
 * What the memory after one quiet period may be above that after another, in octets: how much the garbage
 * collector has left by then is chance.
 */
export const MOST_GROWTH = 48 * MIB;

/**
 * Looks at the memory after quiet periods, before each of which about as much was sent. The first ones fill
 * what is bounded: those who are waited for, caches, the collector's spaces. What grows without an end grows
 * in the second half, too.
 *
 * @param levels In octets, at least three; with fewer nothing can be said.
 * @returns What is wrong; undefined if it levels off.
 */
export function growth(levels: readonly number[]): string | undefined {
  if (levels.length < 3) return undefined;
  const middle = Math.ceil(levels.length / 2);
  // The lowest of each half: a collection may be due at any of them.
  const early = Math.min(...levels.slice(0, middle));
  const late = Math.min(...levels.slice(middle));
  if (late - early <= MOST_GROWTH) return undefined;
  const list = levels.map((level) => Math.round(level / MIB)).join(", ");
  return `the memory after quiet periods does not level off: ${list} MiB`;
}
