/** Whether a process listens on TCP, by /proc (proc(5), /proc/net/tcp). */

/** The state "LISTEN" in /proc/net/tcp. */
const LISTEN = "0A";

/**
 * Whether a process of this user listens on any TCP port, whatever it promised.
 *
 * @param pid Its number.
 */
export function listensOnTcp(pid: number): boolean {
  const listening = new Set<string>();
  for (const table of ["tcp", "tcp6"]) {
    let text = "";
    try {
      text = Deno.readTextFileSync(`/proc/${pid}/net/${table}`);
    } catch {
      continue; // a kernel without IPv6
    }
    for (const line of text.split("\n").slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] === LISTEN && fields[9] !== undefined) listening.add(`socket:[${fields[9]}]`);
    }
  }
  try {
    for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
      try {
        if (listening.has(Deno.readLinkSync(`/proc/${pid}/fd/${name}`))) return true;
      } catch {
        // closed meanwhile
      }
    }
  } catch {
    // not ours to see, or gone
  }
  return false;
}
