/**
 * Processes of this host by /proc (proc(5)): who belongs to a session, and how to end all of them.
 *
 * Programs daemonise, change their process group and lose their parent, so a session's processes
 * are found three ways: by a marker that they inherit in their environment, by the Unix session
 * that their first process leads, and by descent.
 */

/** The environment variable that marks every process of a session with the session's id. */
export const SESSION_MARKER = "SKERRY_SESSION";

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessId {
  readonly pid: number;
  /** Start time in clock ticks since boot, field 22 of /proc/PID/stat. */
  readonly start: number;
}

interface ProcessStat extends ProcessId {
  readonly parent: number;
  readonly session: number;
  readonly state: string;
}

const POLL = 20;

/** Reads /proc/PID/stat; `undefined` if there is no such process. */
function readStat(pid: number | "self"): ProcessStat | undefined {
  let text: string;
  try {
    text = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // The name in parentheses may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return {
    pid: Number.parseInt(text),
    state: fields[0] ?? "",
    parent: Number(fields[1]),
    session: Number(fields[3]),
    start: Number(fields[19]),
  };
}

/** Identity of a running process, or `undefined` if there is none (or only its zombie). */
export function identify(pid: number | "self"): ProcessId | undefined {
  const stat = readStat(pid);
  return stat && stat.state !== "Z" && stat.state !== "X"
    ? { pid: stat.pid, start: stat.start }
    : undefined;
}

/** Whether exactly this process still runs. */
export function isRunning(id: ProcessId): boolean {
  return identify(id.pid)?.start === id.start;
}

/** Children of this process that have ended and that nobody has taken note of. */
export function childrenThatEnded(): ProcessId[] {
  const ended: ProcessId[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? readStat(Number(name)) : undefined;
    if (stat?.parent === Deno.pid && stat.state === "Z") {
      ended.push({ pid: stat.pid, start: stat.start });
    }
  }
  return ended;
}

function isMarked(pid: number, session: string): boolean {
  try {
    const environment = Deno.readTextFileSync(`/proc/${pid}/environ`);
    return environment.split("\0").includes(`${SESSION_MARKER}=${session}`);
  } catch {
    return false; // another user's, or gone meanwhile
  }
}

/**
 * All running processes that belong to a session, other than this very process.
 *
 * @param session The session's id, as in the marker.
 * @param roots Processes known to be the session's; those no longer running are ignored.
 */
export function sessionProcesses(session: string, roots: readonly ProcessId[]): ProcessId[] {
  const all: ProcessStat[] = [];
  for (const entry of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    const stat = readStat(Number(entry.name));
    if (stat && stat.state !== "Z" && stat.state !== "X") all.push(stat);
  }
  const alive = new Set(
    roots.filter((r) => all.some((p) => p.pid === r.pid && p.start === r.start)).map((r) => r.pid),
  );
  const members = new Set<number>();
  for (const p of all) {
    if (p.pid === Deno.pid) continue;
    if (alive.has(p.pid) || alive.has(p.session) || isMarked(p.pid, session)) members.add(p.pid);
  }
  for (let grown = true; grown;) {
    grown = false;
    for (const p of all) {
      if (p.pid !== Deno.pid && !members.has(p.pid) && members.has(p.parent)) {
        members.add(p.pid);
        grown = true;
      }
    }
  }
  return all.filter((p) => members.has(p.pid)).map(({ pid, start }) => ({ pid, start }));
}

function send(id: ProcessId, signal: Deno.Signal): void {
  if (!isRunning(id)) return;
  try {
    Deno.kill(id.pid, signal);
  } catch {
    // it ended in between
  }
}

/**
 * Ends processes: SIGTERM, and SIGKILL for those that outlast the grace time. Returns once all are
 * gone (or are zombies that their parent has not looked at yet).
 *
 * @param grace Milliseconds.
 */
export async function terminate(processes: readonly ProcessId[], grace: number): Promise<void> {
  for (const id of processes) send(id, "SIGTERM");
  const deadline = performance.now() + grace;
  let left = processes.filter(isRunning);
  let killed = false;
  while (left.length > 0) {
    if (!killed && performance.now() >= deadline) {
      for (const id of left) send(id, "SIGKILL");
      killed = true;
    }
    // A process in uninterruptible sleep survives SIGKILL for as long; do not wait for ever.
    if (killed && performance.now() > deadline + 2000) return;
    await new Promise((resolve) => setTimeout(resolve, POLL));
    left = left.filter(isRunning);
  }
}
