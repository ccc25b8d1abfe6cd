/**
 * Leaving the processor to others first.
 *
 * @module
 */
import { setPriority } from "node:os";
import { getLogger } from "@logtape/logtape";

const log = getLogger(["skerry"]);

/**
 * Raises the nice value of this process, and so of the programs that it starts from now on. Linux keeps
 * one for each thread (setpriority(2), "C library/kernel differences"), so that each is told.
 *
 * @param nice From 1 to 19, as nice(1) counts.
 */
export function beNice(nice: number): void {
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    try {
      setPriority(Number(name), nice);
    } catch (error) {
      // A thread that has ended meanwhile is no loss.
      if (Number(name) !== Deno.pid) continue;
      log.warn("The system does not grant --nice {nice}: {error}", { nice, error });
      return;
    }
  }
}
