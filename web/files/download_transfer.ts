/**
 * A file on its way from the server to where the user wants it.
 *
 * @module
 */

import type { FileData, FilesServerMessage } from "../../src/protocol/files_message.ts";
import type { SaveTarget } from "./save_target.ts";
import { Transfer, type TransferHost } from "./transfer.ts";

/** The server is told at least this often what is stored, in octets. */
const TAKEN_INTERVAL = 256 * 1024;

export class DownloadTransfer extends Transfer {
  readonly #path: string;
  readonly #target: SaveTarget;
  #modified: number | undefined;
  #received = 0;
  #told = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    host: TransferHost,
    key: number,
    what: { path: string; name: string; size: number; target: SaveTarget },
  ) {
    super(host, { key, direction: "down", name: what.name, size: what.size });
    this.#path = what.path;
    this.#target = what.target;
  }

  protected override request(id: number): void {
    this.host.say({ kind: "download", id, path: this.#path, offset: this.#received });
  }

  override handle(message: FilesServerMessage): void {
    switch (message.kind) {
      case "begin":
        this.#begun(message.size, message.modified);
        break;
      case "data":
        this.#take(message);
        break;
      case "done":
        this.#finish();
        break;
      case "failed":
        this.fail(message);
        break;
    }
  }

  override resume(): void {
    super.resume();
    this.#tell();
  }

  protected override release(): void {
    if (this.state.phase !== "done") this.#target.abort();
  }

  #begun(size: number, modified: number): void {
    this.#modified ??= modified;
    if (this.#received > 0 && (modified !== this.#modified || size !== this.state.size)) {
      if (this.id !== undefined) this.host.say({ kind: "cancel", id: this.id, discard: true });
      return this.fail({ reason: "changed", detail: "" });
    }
    this.update({ size });
  }

  #take({ octets, offset }: FileData): void {
    if (offset !== this.#received) return;
    this.#received += octets.length;
    this.#writing = this.#writing.then(async () => {
      if (this.over) return;
      try {
        await this.#target.write(octets as Uint8Array<ArrayBuffer>);
        this.update({ stored: this.state.stored + octets.length });
        this.#tell();
      } catch (error) {
        if (this.id !== undefined) this.host.say({ kind: "cancel", id: this.id, discard: true });
        this.fail({ reason: "unwritable", detail: error instanceof Error ? error.message : "" });
      }
    });
  }

  /** Lets the server send more, unless there is a pause. */
  #tell(): void {
    const { phase, stored } = this.state;
    if (this.id === undefined || phase !== "running") return;
    if (stored - this.#told < TAKEN_INTERVAL) return;
    this.#told = stored;
    this.host.say({ kind: "taken", id: this.id, octets: stored });
  }

  async #finish(): Promise<void> {
    await this.#writing;
    if (this.over) return;
    try {
      await this.#target.close();
      this.end({ phase: "done", stored: this.state.size });
    } catch (error) {
      this.fail({ reason: "unwritable", detail: error instanceof Error ? error.message : "" });
    }
  }
}
