/**
 * A file on its way to the server, from wherever that has got it up to.
 *
 * @module
 */

import {
  FILE_PIECE_OCTETS,
  type FilesServerMessage,
  WINDOW_OCTETS,
} from "../../src/protocol/files_message.ts";
import { Transfer, type TransferHost } from "./transfer.ts";

/** Read of the file at a time, in octets. */
const BLOCK_OCTETS = 20 * FILE_PIECE_OCTETS;
/** What the server takes for a name, and for the path of a directory. */
const MOST_NAME_LENGTH = 1024;
const MOST_FOLDER_LENGTH = 4096;

export class UploadTransfer extends Transfer {
  readonly #file: File;
  readonly #folder: string;

  /** @param what.folder The directory that it goes in, from the server's own; may be empty. */
  constructor(host: TransferHost, key: number, what: { file: File; folder: string }) {
    const { file, folder } = what;
    super(host, { key, direction: "up", name: pathIn(folder, file.name), size: file.size });
    this.#file = file;
    this.#folder = folder;
  }

  protected override request(id: number): void {
    const { lastModified: modified, name, size } = this.#file;
    this.host.say({
      kind: "upload",
      id,
      name: name.slice(-MOST_NAME_LENGTH),
      ...this.#folder === "" ? {} : { folder: this.#folder.slice(0, MOST_FOLDER_LENGTH) },
      size,
      modified,
    });
  }

  override handle(message: FilesServerMessage): void {
    switch (message.kind) {
      case "begin":
        this.update({ stored: message.offset });
        this.#send(message.id, message.offset);
        break;
      case "stored":
        this.update({ stored: message.octets });
        this.wake();
        break;
      case "done":
        this.end({
          phase: "done",
          stored: this.state.size,
          name: pathIn(this.#folder, message.name),
        });
        break;
      case "failed":
        this.fail(message);
        break;
    }
  }

  protected override release(): void {}

  async #send(id: number, offset: number): Promise<void> {
    const { size } = this.state;
    const current = () => this.id === id;
    while (current() && offset < size) {
      const block = await this.#read(offset);
      for (let start = 0; block !== undefined && start < block.length;) {
        const octets = block.subarray(start, start + FILE_PIECE_OCTETS);
        while (current() && !this.#mayGoOn(offset)) await this.change();
        if (!current()) return;
        await this.host.write({ kind: "data", id, offset, octets });
        start += octets.length;
        offset += octets.length;
      }
      if (block === undefined) return;
    }
  }

  #mayGoOn(offset: number): boolean {
    const { phase, stored } = this.state;
    return phase !== "paused" && offset - stored <= WINDOW_OCTETS - FILE_PIECE_OCTETS;
  }

  /** @returns undefined if the file is not there any more, or is another one. */
  async #read(offset: number): Promise<Uint8Array | undefined> {
    try {
      const blob = this.#file.slice(offset, offset + BLOCK_OCTETS);
      return new Uint8Array(await blob.arrayBuffer());
    } catch (error) {
      const { id } = this;
      if (id !== undefined) this.host.say({ kind: "cancel", id, discard: false });
      const detail = error instanceof Error ? error.message : "";
      this.fail({ reason: "unreadable", detail });
      return undefined;
    }
  }
}

function pathIn(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
