import { constants } from "node:fs";
import { type FileHandle, open, readdir, rename, stat, unlink } from "node:fs/promises";
import { FilesError, toFilesError } from "./errors.ts";
import { numberedName, safeName } from "./safe_name.ts";
import type { SharedDirectory } from "./shared_directory.ts";
import { UploadFolder } from "./upload_folder.ts";

/** What an unfinished file begins and ends with. */
const PART = { prefix: ".skerry-", suffix: ".part" } as const;
/** Unfinished files that nobody has gone on with for so long are removed; in ms. */
const STALE_MS = 7 * 24 * 3600_000;
const MOST_NUMBERS = 10_000;
/** To be left free on the disk, in octets: others need some, too. */
const LEAVE_FREE = 16 * 1024 * 1024;
/** For people of the same group as the directory says; the umask takes the rest. */
const MODE = 0o666;

/** What says that two uploads are the same. */
export interface UploadFile {
  /** As the viewer has it. */
  readonly name: string;
  /** Where it goes in the shared directory, parts divided by slashes, as the viewer has it; not given for the directory itself. */
  readonly folder?: string | undefined;
  /** In octets. */
  readonly size: number;
  /** In ms since 1970. */
  readonly modified: number;
}

export interface UploadOptions {
  /** The most octets that all files in the directory may have; undefined for any. */
  readonly quota: number | undefined;
  /** What other uploads are still going to write, in octets. */
  readonly reserved: number;
}

/**
 * A file on its way in. It is hidden until it is whole; if it never becomes so, another upload of the same
 * file goes on where this has ended.
 */
export class Upload implements AsyncDisposable {
  readonly #directory: SharedDirectory;
  readonly #file: UploadFile;
  readonly #handle: FileHandle;
  readonly #part: string;
  #received: number;
  #open = true;

  private constructor(
    directory: SharedDirectory,
    file: UploadFile,
    part: { handle: FileHandle; path: string; size: number },
  ) {
    this.#directory = directory;
    this.#file = file;
    this.#handle = part.handle;
    this.#part = part.path;
    this.#received = part.size;
  }

  /**
   * Begins to take a file, or goes on.
   *
   * @throws {FilesError} if there is no room for it, or the directory does not take it.
   */
  static async start(
    directory: SharedDirectory,
    file: UploadFile,
    { quota, reserved }: UploadOptions,
  ): Promise<Upload> {
    const path = `${await directory.root()}/${await partName(file)}`;
    let handle: FileHandle | undefined;
    let empty = false;
    try {
      const { O_CREAT, O_NOFOLLOW, O_NONBLOCK, O_RDWR } = constants;
      handle = await open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK, MODE);
      const found = await handle.stat();
      if (!found.isFile()) throw new FilesError("not-allowed", "The place of the file is taken");
      let { size } = found;
      if (size > file.size) {
        await handle.truncate(0);
        size = 0;
      }
      empty = size === 0;
      const missing = file.size - size;
      if (quota !== undefined && await directory.used() + reserved + missing > quota) {
        throw new FilesError("quota", "The directory has no room for it: remove something first");
      }
      if (missing + reserved > Math.max(await directory.free() - LEAVE_FREE, 0) && missing > 0) {
        throw new FilesError("disk-full", "The disk has no room for it");
      }
      const upload = new Upload(directory, file, { handle, path, size });
      handle = undefined;
      return upload;
    } catch (error) {
      // Nobody will go on with what was refused at once.
      if (handle && empty) await unlink(path).catch(() => {});
      throw toFilesError(error);
    } finally {
      await handle?.close();
    }
  }

  /** What has been written so far, in octets, by this upload and those before. */
  get received(): number {
    return this.#received;
  }

  /** Octets that are still to come. */
  get missing(): number {
    return this.#file.size - this.#received;
  }

  /**
   * Writes the next octets.
   *
   * @throws {FilesError} if there are more than the file was said to have, or the disk is full; what was
   * written is kept.
   */
  async write(octets: Uint8Array): Promise<void> {
    if (octets.length > this.missing) {
      throw new FilesError("changed", "The file is larger than it was said to be");
    }
    try {
      for (let start = 0; start < octets.length;) {
        const length = octets.length - start;
        const { bytesWritten } = await this.#handle.write(octets, start, length, this.#received);
        start += bytesWritten;
        this.#received += bytesWritten;
      }
    } catch (error) {
      throw toFilesError(error);
    }
  }

  /**
   * Gives the whole file its name, or the next one that is free.
   *
   * @returns The name.
   * @throws {FilesError}
   */
  async finish(): Promise<string> {
    if (this.missing > 0) throw new FilesError("changed", "The file is not whole");
    const wanted = safeName(this.#file.name);
    try {
      await using folder = await UploadFolder.open(this.#directory, this.#file.folder ?? "");
      await this.#handle.sync();
      const modified = new Date(this.#file.modified);
      await this.#handle.utimes(modified, modified).catch(() => {});
      for (let number = 1; number <= MOST_NUMBERS; number++) {
        const name = numberedName(wanted, number);
        if (!await reserve(folder.file(name))) continue;
        await rename(this.#part, folder.file(name)).catch(async (error: unknown) => {
          await unlink(folder.file(name));
          throw error;
        });
        await this[Symbol.asyncDispose]();
        return name;
      }
    } catch (error) {
      throw toFilesError(error);
    }
    throw new FilesError("exists", "There are too many files of that name");
  }

  /** Gives the file up: nobody will go on with it. */
  async discard(): Promise<void> {
    await this[Symbol.asyncDispose]();
    await unlink(this.#part).catch(() => {});
  }

  /** Leaves what is there for somebody to go on with. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#handle.close();
  }
}

/** The same for two uploads that are of the same file. */
export function uploadKey({ folder = "", modified, name, size }: UploadFile): string {
  const path = folder === "" ? name : `${folder}/${name}`;
  return `${path.toWellFormed()}\0${size}\0${modified}`;
}

/** Removes what nobody has gone on with for a week. */
export async function removeStaleParts(directory: SharedDirectory): Promise<void> {
  const root = await directory.root();
  for (const name of await readdir(root)) {
    if (!name.startsWith(PART.prefix) || !name.endsWith(PART.suffix)) continue;
    const path = `${root}/${name}`;
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > STALE_MS) {
      await unlink(path).catch(() => {});
    }
  }
}

/** Takes a name that nobody has, with an empty file, which may then be replaced. */
async function reserve(path: string): Promise<boolean> {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants;
  try {
    const handle = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, MODE);
    await handle.close();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function partName(file: UploadFile): Promise<string> {
  const text = new TextEncoder().encode(uploadKey(file));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return `${PART.prefix}${digest.subarray(0, 12).toHex()}${PART.suffix}`;
}
