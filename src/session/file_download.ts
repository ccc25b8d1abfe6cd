import { FilesError } from "../files/errors.ts";
import type { SharedDirectory } from "../files/shared_directory.ts";
import {
  FILE_PIECE_OCTETS,
  type FileData,
  type FilesServerMessage,
} from "../protocol/files_message.ts";

export interface FileDownloadHost {
  readonly directory: SharedDirectory;
  say(message: FilesServerMessage): void;
  /** @returns Resolves when there is room for more. */
  write(message: FileData): Promise<void>;
  onend(): void;
  onfailed(error: unknown): void;
}

/** One file on its way to a viewer, read as there is room for it. */
export class FileDownload {
  /** Resolves when nothing is left of it. */
  readonly ended: Promise<void>;
  readonly #id: number;
  readonly #host: FileDownloadHost;
  #taken: number;
  #wake: (() => void) | undefined;
  #cancelled = false;

  /** @param what.window The most octets beyond what the viewer has stored. */
  constructor(
    id: number,
    what: { path: string; offset: number; window: number },
    host: FileDownloadHost,
  ) {
    this.#id = id;
    this.#host = host;
    this.#taken = what.offset;
    this.ended = this.#run(what);
  }

  /** The viewer has stored so many octets. */
  taken(octets: number): void {
    this.#taken = Math.max(this.#taken, octets);
    this.#wake?.();
  }

  cancel(): void {
    this.#cancelled = true;
    this.#wake?.();
  }

  async #run(what: { path: string; offset: number; window: number }): Promise<void> {
    try {
      const name = await this.#send(what);
      if (name !== undefined) this.#host.say({ kind: "done", id: this.#id, name });
    } catch (error) {
      if (!this.#cancelled) this.#host.onfailed(error);
    } finally {
      this.#host.onend();
    }
  }

  /** @returns The file's name; undefined if it was cancelled. */
  async #send(
    { offset, path, window }: { path: string; offset: number; window: number },
  ): Promise<string | undefined> {
    const { handle, modified, name, size } = await this.#host.directory.open(path);
    try {
      if (offset > size) throw new FilesError("changed", "The file has become shorter");
      this.#host.say({ kind: "begin", id: this.#id, offset, size, modified });
      while (offset < size && !this.#cancelled) {
        while (offset - this.#taken >= window && !this.#cancelled) {
          await new Promise<void>((resolve) => this.#wake = resolve);
        }
        const buffer = new Uint8Array(Math.min(FILE_PIECE_OCTETS, size - offset));
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
        if (bytesRead === 0) throw new FilesError("changed", "The file has become shorter");
        if (this.#cancelled) break;
        const octets = buffer.subarray(0, bytesRead);
        await this.#host.write({ kind: "data", id: this.#id, offset, octets });
        offset += bytesRead;
      }
      return this.#cancelled ? undefined : name;
    } finally {
      await handle.close();
    }
  }
}
