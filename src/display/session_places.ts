/**
 * Where the private directories of sessions can be: the first place that this user can write to.
 *
 * @module
 */
import { hostname } from "node:os";
import { getLogger } from "@logtape/logtape";
import { SessionDirectoryError } from "./errors.ts";

const log = getLogger(["skerry", "display"]);

/** Octets of a Unix socket's path, without the zero at its end (unix(7), `sun_path`). */
const SOCKET_PATH_LIMIT = 107;
/** The longest name of a socket in a session's directory. */
const LONGEST_SOCKET = "/pulse";

/** A directory that holds those of sessions. */
interface Place {
  readonly directory: string;
  /** How the names of sessions' directories begin there. */
  readonly prefix: string;
  /** Whether it is Skerry's own, to be made when it is not there. */
  readonly own: boolean;
}

/**
 * Makes a directory that only this user can enter.
 *
 * @returns Its path.
 * @throws {SessionDirectoryError} if none can be made anywhere.
 */
export function makeSessionDirectory(): string {
  const reasons: string[] = [];
  for (const { directory, prefix, own } of places()) {
    try {
      if (own) makePrivate(directory);
      const path = Deno.makeTempDirSync({ dir: directory, prefix });
      if (new TextEncoder().encode(path + LONGEST_SOCKET).length <= SOCKET_PATH_LIMIT) return path;
      Deno.removeSync(path);
      reasons.push(`${directory}: its path is too long for sockets in it`);
    } catch (error) {
      reasons.push(`${directory}: ${error instanceof Error ? error.message : error}`);
    }
    log.info("No session's directory can be there: {reason}", { reason: reasons.at(-1) });
  }
  throw new SessionDirectoryError(reasons);
}

/** Directories of sessions of this user, on this machine, that there are. */
export async function sessionDirectories(): Promise<string[]> {
  const found: string[] = [];
  for (const { directory, prefix } of places()) {
    try {
      for await (const entry of Deno.readDir(directory)) {
        const path = `${directory}/${entry.name}`;
        if (entry.name.startsWith(prefix) && isPrivate(path)) found.push(path);
      }
    } catch {
      // not there: nothing left behind
    }
  }
  return found;
}

/** The best first. Only the last outlives a boot, so it is for machines without the others. */
function places(): Place[] {
  const runtime = Deno.env.get("XDG_RUNTIME_DIR");
  const cache = cacheFolder();
  return [
    ...runtime?.startsWith("/") && isPrivate(runtime)
      ? [{ directory: `${runtime}/skerry`, prefix: "session-", own: true }]
      : [],
    // The name is random: in a shared /tmp a fixed one could be taken by somebody else.
    { directory: Deno.env.get("TMPDIR") || "/tmp", prefix: `skerry-${Deno.uid()}-`, own: false },
    // Other machines may have the same home: what runs there cannot be seen from here.
    ...cache === undefined
      ? []
      : [{ directory: `${cache}/skerry`, prefix: `session-${machine()}-`, own: true }],
  ];
}

/** $XDG_CACHE_HOME, or ~/.cache. */
function cacheFolder(): string | undefined {
  const cache = Deno.env.get("XDG_CACHE_HOME");
  if (cache?.startsWith("/")) return cache;
  const home = Deno.env.get("HOME");
  return home?.startsWith("/") ? `${home}/.cache` : undefined;
}

function makePrivate(path: string): void {
  Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
  if (!isPrivate(path)) throw new Error("others can enter it, or it is somebody else's");
}

function isPrivate(path: string): boolean {
  try {
    const info = Deno.lstatSync(path);
    return info.isDirectory && info.uid === Deno.uid() && ((info.mode ?? 0o777) & 0o077) === 0;
  } catch {
    return false;
  }
}

/** The machine's name without its domain. */
function machine(): string {
  return hostname().replace(/\..*/s, "").replaceAll(/[^\w-]/g, "_");
}
