/**
 * How long tests run that could go on for ever.
 *
 * @module
 */

/** By `SKERRY_TEST_LONG=1`; takes many minutes more. */
const LONG = Deno.env.get("SKERRY_TEST_LONG") === "1";

/** How often something is done: as often as is claimed for a release, or enough to see it break. */
export function times(usual: number, long: number): number {
  return LONG ? long : usual;
}
