/**
 * What a user can read of another's processes and files.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { IntruderTarget } from "./intruder.ts";

/** Octets of a file that are looked through. */
const MOST_READ = 1 << 20;

/** Entries of /proc/PID that tell more than that the process is there (proc(5)). */
const PRIVATE = ["environ", "maps", "mem", "fd", "map_files", "cwd", "root", "exe", "auxv", "io"];

/** By which all can see what process has a display; and what openbox notes for itself. */
const PUBLIC = /^\/tmp\/\.X\d+-lock$|\/\.cache\/openbox\/openbox\.log$/;

interface File {
  readonly path: string;
  readonly isFile: boolean;
  readonly isSocket: boolean;
  /** Its user; undefined if it is gone. */
  readonly owner: number | undefined;
}

/** All files below a folder that can be got at, by their names; links are not followed. */
export function* filesBelow(folder: string, depth = 6): Generator<File> {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(folder)];
  } catch {
    return;
  }
  for (const { isDirectory, isSymlink, name } of entries) {
    const path = `${folder}/${name}`;
    if (isDirectory && depth > 0) yield* filesBelow(path, depth - 1);
    else if (!isDirectory && !isSymlink) yield { path, ...kindOf(path) };
  }
}

function kindOf(path: string): Omit<File, "path"> {
  try {
    const { isFile, isSocket, uid } = Deno.lstatSync(path);
    return { isFile, isSocket: isSocket ?? false, owner: uid ?? undefined };
  } catch {
    return { isFile: false, isSocket: false, owner: undefined };
  }
}

let theirs: File[] | undefined;

/** All of the session's user that is in its folders; looked for once. */
export function filesOf({ folders, uid }: IntruderTarget): readonly File[] {
  return theirs ??= folders.flatMap((folder) =>
    [...filesBelow(folder)].filter(({ owner }) => owner === uid)
  );
}

/** What there is to read in the session's folders, and what of it has secrets. */
export function findings(target: IntruderTarget) {
  const { secrets } = target;
  const found = { files: [] as string[], secrets: [] as string[] };
  for (const { isFile, path } of filesOf(target)) {
    // Pipes would keep us waiting.
    if (!isFile) continue;
    try {
      const content = read(path);
      if (!PUBLIC.test(path)) found.files.push(path);
      if (holdsOneOf(content, secrets)) found.secrets.push(path);
    } catch {
      // It is kept from us.
    }
  }
  return found;
}

/** What the processes' entries give away: which private ones can be read, and which hold secrets. */
export function readProcesses({ processes, secrets }: IntruderTarget) {
  const granted = new Set<string>();
  const holding = new Set<string>();
  for (const pid of processes) {
    for (const name of PRIVATE) if (canRead(`/proc/${pid}/${name}`, pid)) granted.add(name);
    for (const path of entriesOf(pid)) {
      try {
        if (holdsOneOf(read(path), secrets)) holding.add(path.replace(/\d+/g, "N"));
      } catch {
        // It is kept from us, or cannot be read at all.
      }
    }
  }
  return { granted: [...granted], secrets: [...holding] };
}

/** Regular files of a process and of its threads, and those that it has open. */
function* entriesOf(pid: number): Generator<string> {
  const tasks = names(`/proc/${pid}/task`).map((task) => `/proc/${pid}/task/${task}`);
  for (const folder of [`/proc/${pid}`, ...tasks]) {
    for (const name of names(folder)) {
      const path = `${folder}/${name}`;
      // The memory has no end, and the kernel's own files no secrets of ours.
      if (!["mem", "pagemap", "clear_refs"].includes(name) && isFile(path)) yield path;
    }
    for (const fd of names(`${folder}/fd`)) {
      const path = `${folder}/fd/${fd}`;
      // Pipes and terminals would keep us waiting.
      if (isFile(path)) yield path;
    }
  }
}

function canRead(path: string, pid: number): boolean {
  try {
    if (path.endsWith("/mem")) return readFirstMapping(pid);
    if (/\/(cwd|root|exe)$/.test(path)) return Deno.readLinkSync(path) !== "";
    if (/\/(fd|map_files)$/.test(path)) return [...Deno.readDirSync(path)].length > 0;
    return read(path).length > 0;
  } catch {
    return false;
  }
}

function readFirstMapping(pid: number): boolean {
  const maps = Deno.readTextFileSync(`/proc/${pid}/maps`);
  const start = /^([0-9a-f]+)-[0-9a-f]+ r/m.exec(maps)?.[1];
  using file = Deno.openSync(`/proc/${pid}/mem`);
  file.seekSync(BigInt(`0x${start}`), Deno.SeekMode.Start);
  return (file.readSync(new Uint8Array(64)) ?? 0) > 0;
}

const content = new Uint8Array(MOST_READ);

/** What the file begins with; good until the next call. */
function read(path: string): Uint8Array<ArrayBuffer> {
  using file = Deno.openSync(path);
  let length = 0;
  for (;;) {
    const octets = file.readSync(content.subarray(length));
    if (octets === null || octets === 0) return content.subarray(0, length);
    length += octets;
  }
}

function names(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map(({ name }) => name);
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

function holdsOneOf(content: Uint8Array<ArrayBuffer>, secrets: readonly string[]): boolean {
  const octets = Buffer.from(content.buffer, content.byteOffset, content.length);
  return secrets.some((secret) => octets.includes(Buffer.from(secret, "base64")));
}
