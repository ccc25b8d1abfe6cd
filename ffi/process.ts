/**
 * Processes that ended and that nobody has asked about.
 *
 * @module
 */

import { libc } from "./library.ts";

/** `WNOHANG`: come back at once. */
const WITHOUT_WAITING = 1;

/**
 * Takes note of the end of a child process (waitpid(2)), so that the kernel can forget it.
 *
 * @param pid A child of this process that no `Deno.Command` waits for: its end can be noted but once.
 * @returns Whether it had ended.
 */
export function reapProcess(pid: number): boolean {
  return libc().waitpid(pid, null, WITHOUT_WAITING) === pid;
}
