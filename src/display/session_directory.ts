/**
 * The private directory of one virtual display: its cookie, and a record of its processes by which
 * the next start can end what a killed Skerry left behind.
 */
import { getLogger } from "@logtape/logtape";
import {
  identify,
  isRunning,
  type ProcessId,
  sessionProcesses,
  terminate,
} from "./process_tree.ts";
import { makeSessionDirectory, sessionDirectories } from "./session_places.ts";
import { socketPathOf } from "./socket_folder.ts";

const log = getLogger(["skerry", "display"]);

const RECORD = "session.json";
/** A directory without a record is another Skerry's start in progress, unless it is this old. */
const START_TIME = 60_000;
/** Milliseconds that orphans get between SIGTERM and SIGKILL. */
const ORPHAN_GRACE = 1000;

interface Record {
  version: 1;
  /** The session's id, as in the environment of its processes. */
  id: string;
  /** The Skerry process that it belongs to. */
  owner: ProcessId;
  /** Process numbers mean something only within one boot and one PID namespace. */
  boot: string;
  namespace: string;
  processes: ProcessId[];
  display?: number;
}

/**
 * A directory that only this user can enter, removed on dispose. Its few octets are written in one go: at
 * the start, the X server that waits for them would else wait for all that is computed meanwhile.
 */
export class SessionDirectory implements AsyncDisposable {
  readonly #record: Record;

  private constructor(readonly path: string, record: Record) {
    this.#record = record;
  }

  /**
   * Makes one, under $XDG_RUNTIME_DIR/skerry if that can be had, else in the temporary directory, else
   * under ~/.cache/skerry.
   *
   * @throws {SessionDirectoryError} if this user can write to none of them.
   */
  static create(): SessionDirectory {
    const directory = new SessionDirectory(makeSessionDirectory(), {
      version: 1,
      id: crypto.randomUUID(),
      owner: identify("self")!,
      boot: bootId(),
      namespace: pidNamespace(),
      processes: [],
    });
    directory.#write();
    return directory;
  }

  /** The session's id. */
  get id(): string {
    return this.#record.id;
  }

  /** The processes noted so far. */
  get processes(): readonly ProcessId[] {
    return this.#record.processes;
  }

  /** Notes a process as the session's, so that it is ended even if this one is killed. */
  note(pid: number): ProcessId | undefined {
    const id = identify(pid);
    if (id) {
      this.#record.processes.push(id);
      this.#write();
    }
    return id;
  }

  /** Notes the display's number, so that its lock file can be removed. */
  noteDisplay(display: number): void {
    this.#record.display = display;
    this.#write();
  }

  #write(): void {
    const fresh = `${this.path}/${RECORD}.new`;
    Deno.writeTextFileSync(fresh, JSON.stringify(this.#record), { mode: 0o600 });
    Deno.renameSync(fresh, `${this.path}/${RECORD}`);
  }

  /** Removes the directory. The processes must have been ended before. */
  async [Symbol.asyncDispose](): Promise<void> {
    removeDisplayLock(this.#record);
    await removeDirectory(this.path);
  }
}

/**
 * Ends what Skerry processes of this user left behind when they were killed. Sessions of living
 * Skerry processes, of other users, and of other PID namespaces are left alone.
 *
 * @returns How many sessions were cleared away.
 */
export async function reapOrphans(): Promise<number> {
  let reaped = 0;
  for (const path of await sessionDirectories()) {
    const record = await readRecord(path);
    if (record === "absent") {
      if (ageOf(path) > START_TIME) await removeDirectory(path);
      continue;
    }
    if (record === "foreign") continue;
    if (record.boot === bootId()) {
      if (record.namespace !== pidNamespace() || isRunning(record.owner)) continue;
      const orphans = sessionProcesses(record.id, record.processes);
      log.info("Ending {count} processes that a killed Skerry (process {pid}) left behind", {
        count: orphans.length,
        pid: record.owner.pid,
      });
      await terminate(orphans, ORPHAN_GRACE);
      removeDisplayLock(record);
    }
    await removeDirectory(path);
    reaped++;
  }
  return reaped;
}

/** Milliseconds since something was made in a directory; 0 for one whose session has ended meanwhile. */
function ageOf(path: string): number {
  try {
    return Date.now() - (Deno.lstatSync(path).mtime?.getTime() ?? 0);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

async function readRecord(path: string): Promise<Record | "absent" | "foreign"> {
  let text: string;
  try {
    text = await Deno.readTextFile(`${path}/${RECORD}`);
  } catch {
    return "absent";
  }
  try {
    const record = JSON.parse(text) as Partial<Record>;
    const complete = record.version === 1 && typeof record.id === "string" && record.id !== "" &&
      typeof record.owner?.pid === "number" && Array.isArray(record.processes);
    return complete ? record as Record : "foreign";
  } catch {
    return "foreign";
  }
}

async function removeDirectory(path: string): Promise<void> {
  try {
    await Deno.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      log.warn("Cannot remove {path}: {error}", { path, error });
    }
  }
}

/** A killed X server leaves its lock and socket; they are removed if it was our server's lock. */
function removeDisplayLock(record: Record): void {
  if (record.display === undefined) return;
  const lock = `/tmp/.X${record.display}-lock`;
  try {
    const pid = Number.parseInt(Deno.readTextFileSync(lock));
    const ours = record.processes.find((p) => p.pid === pid);
    if (!ours || isRunning(ours)) return;
    Deno.removeSync(lock);
    Deno.removeSync(socketPathOf(record.display));
  } catch {
    // none left
  }
}

function bootId(): string {
  try {
    return Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
  } catch {
    return "";
  }
}

function pidNamespace(): string {
  try {
    return Deno.readLinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}
