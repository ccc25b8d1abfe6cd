/**
 * Directories that are uploaded along with what is in them.
 *
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { FilesError } from "./errors.ts";
import { safeName } from "./safe_name.ts";
import { MOST_DEPTH, type SharedDirectory } from "./shared_directory.ts";

/** A directory that is held, so that nobody can put another one, or a link, in its place. */
export class UploadFolder implements AsyncDisposable {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /**
   * Opens a directory inside of a shared one, step by step and never by a link. What is missing is made,
   * with safe names; what is there already is shared by all that is uploaded to it.
   *
   * @param path As the viewer has it, parts divided by slashes; empty for the shared directory itself.
   * @throws {FilesError} or an error of the system.
   */
  static async open(directory: SharedDirectory, path: string): Promise<UploadFolder> {
    const parts = path.split("/").filter((part) => part !== "").map(safeName);
    if (parts.length >= MOST_DEPTH) {
      throw new FilesError("not-allowed", "The directories are too deep in each other");
    }
    let folder = new UploadFolder(await hold(await directory.root()));
    for (const part of parts) {
      await using outer = folder;
      folder = await outer.#enter(part);
    }
    return folder;
  }

  /** The path of what has this name in it. */
  file(name: string): string {
    return `/proc/self/fd/${this.#handle.fd}/${name}`;
  }

  async #enter(name: string): Promise<UploadFolder> {
    const path = this.file(name);
    try {
      await mkdir(path).catch((error: unknown) => {
        if (!hasCode(error, "EEXIST")) throw error;
      });
      return new UploadFolder(await hold(path));
    } catch (error) {
      // Also what is said of a link.
      if (!hasCode(error, "ENOTDIR")) throw error;
      throw new FilesError("not-allowed", "Something else has the name of the directory");
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }
}

function hold(path: string): Promise<FileHandle> {
  const { O_DIRECTORY, O_NOFOLLOW, O_RDONLY } = constants;
  return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
