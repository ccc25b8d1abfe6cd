/**
 * What Linux says of a process: its CPU time and memory.
 *
 * @module
 */

/** Clock ticks a second of /proc/PID/stat; the kernel's ABI fixes it on all that Deno runs on. */
const TICKS = 100;

/** CPU time of a process, all threads, user and system, in milliseconds. */
export async function cpuTime(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  // The program's name is in brackets and may hold anything: count from behind it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS;
}

/** Resident memory of a process in MiB. */
export async function residentMemory(pid: number): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? NaN) / 1024;
}
