/**
 * Sockets of this process that somebody else holds.
 *
 * @module
 */

import { libc } from "./library.ts";

/** `SHUT_RDWR`: neither way any more. */
const BOTH_WAYS = 2;

/**
 * Ends a connection (shutdown(2)): whoever reads from it sees its end.
 *
 * @param fd A socket of this process; whoever has opened it closes it.
 * @returns Whether it was connected.
 */
export function endConnection(fd: number): boolean {
  return libc().shutdown(fd, BOTH_WAYS) === 0;
}
