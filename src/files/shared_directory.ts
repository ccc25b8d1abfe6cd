import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readdir, stat, statfs } from "node:fs/promises";
import { FilesError, toFilesError } from "./errors.ts";
import { isShown } from "./safe_name.ts";

/** Directories below each other. */
export const MOST_DEPTH = 32;
const MOST_PATH_LENGTH = 4096;

/** What there is in a directory. */
export interface DirectoryEntry {
  readonly name: string;
  readonly kind: "file" | "directory";
  /** In octets; 0 of a directory. */
  readonly size: number;
  /** In ms since 1970. */
  readonly modified: number;
}

/** A file to be read. */
export interface OpenFile {
  readonly handle: FileHandle;
  readonly name: string;
  readonly size: number;
  /** In ms since 1970. */
  readonly modified: number;
}

/**
 * A directory that others may see: nothing outside of it can be reached. Links that lead out of it are
 * as if they were not there, and so is everything hidden.
 */
export class SharedDirectory {
  /** As it was given. */
  readonly path: string;
  #root: Promise<string> | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /**
   * The directory itself, without links in its path; it is made if it is missing.
   *
   * @throws {FilesError} if it cannot be made.
   */
  async root(): Promise<string> {
    // For this user alone if it is new; what is there already is as its owner wants it.
    this.#root ??= mkdir(this.path, { recursive: true, mode: 0o700 })
      .then(() => Deno.realPath(this.path));
    try {
      return await this.#root;
    } catch (error) {
      this.#root = undefined;
      throw toFilesError(error);
    }
  }

  /**
   * The names in a directory, sorted; not all need be there any more, or be allowed.
   *
   * @param path From here, parts divided by slashes; empty for the directory itself.
   * @throws {FilesError}
   */
  async names(path: string): Promise<string[]> {
    try {
      const names = await readdir(await this.#inside(path));
      const { compare } = new Intl.Collator(undefined, { numeric: true });
      return names.filter(isShown).sort(compare);
    } catch (error) {
      throw toFilesError(error);
    }
  }

  /**
   * What is behind a name.
   *
   * @returns undefined if there is nothing that may be had: a device, or a link that leads out.
   * @throws {FilesError}
   */
  async entry(path: string, name: string): Promise<DirectoryEntry | undefined> {
    try {
      const real = await this.#inside(path === "" ? name : `${path}/${name}`);
      const found = await stat(real);
      const directory = found.isDirectory();
      if (!directory && !found.isFile()) return undefined;
      return {
        name,
        kind: directory ? "directory" : "file",
        size: directory ? 0 : found.size,
        modified: Math.round(found.mtimeMs),
      };
    } catch {
      // Gone, or not to be had.
      return undefined;
    }
  }

  /**
   * Opens a file to be read.
   *
   * @throws {FilesError}
   */
  async open(path: string): Promise<OpenFile> {
    let handle: FileHandle | undefined;
    try {
      const root = await this.root();
      // What has no end or waits for somebody must not be waited for.
      const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants;
      handle = await open(await this.#inside(path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
      // A directory on the way may have become a link just now: what counts is what was opened.
      const opened = await Deno.realPath(`/proc/self/fd/${handle.fd}`);
      const found = await handle.stat();
      if (!isWithin(opened, root) || !found.isFile()) throw notFound();
      const name = path.slice(path.lastIndexOf("/") + 1);
      const file = { handle, name, size: found.size, modified: Math.round(found.mtimeMs) };
      handle = undefined;
      return file;
    } catch (error) {
      throw toFilesError(error);
    } finally {
      await handle?.close();
    }
  }

  /** How much is free on its disk for whoever runs this, in octets. */
  async free(): Promise<number> {
    try {
      const { bavail, bsize } = await statfs(await this.root());
      return bavail * bsize;
    } catch {
      // Not known: whoever writes will see.
      return Infinity;
    }
  }

  /** What all files in it take, in octets; links count for nothing. */
  async used(): Promise<number> {
    let octets = 0;
    const waiting = [await this.root()];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      for await (const entry of Deno.readDir(folder)) {
        const path = `${folder}/${entry.name}`;
        if (entry.isDirectory) waiting.push(path);
        else if (entry.isFile) octets += (await Deno.lstat(path).catch(() => ({ size: 0 }))).size;
      }
    }
    return octets;
  }

  /** The real path of what is inside. */
  async #inside(path: string): Promise<string> {
    const parts = path === "" ? [] : path.split("/");
    if (path.length > MOST_PATH_LENGTH || parts.length > MOST_DEPTH || !parts.every(isShown)) {
      throw notFound();
    }
    const root = await this.root();
    const real = await Deno.realPath([root, ...parts].join("/"));
    if (!isWithin(real, root)) throw notFound();
    // What a link inside leads to is as hidden as it is there.
    if (!real.slice(root.length).split("/").slice(1).every(isShown)) throw notFound();
    return real;
  }
}

function isWithin(path: string, root: string): boolean {
  return path === root || path.startsWith(root.endsWith("/") ? root : `${root}/`);
}

/** The same for what is not there and what must not be seen. */
function notFound(): FilesError {
  return new FilesError("not-found", "There is no such file");
}
