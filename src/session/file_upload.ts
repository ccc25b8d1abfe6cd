import type { Upload, UploadFile } from "../files/upload.ts";
import { ProtocolError } from "../protocol/errors.ts";
import {
  FILE_PIECE_OCTETS,
  type FileData,
  type FilesServerMessage,
  WINDOW_OCTETS,
} from "../protocol/files_message.ts";
import type { UploadLedger } from "./upload_ledger.ts";

/** The viewer is told at least this often how much is stored, in octets. */
const STORED_INTERVAL = WINDOW_OCTETS / 16;

export interface FileUploadHost {
  readonly ledger: UploadLedger;
  say(message: FilesServerMessage): void;
  /** @param name What it is called, if it was stored. */
  onend(name: string | undefined): void;
  onfailed(error: unknown): void;
}

/** One file on its way from a viewer, written as it comes. */
export class FileUpload {
  /** Resolves when nothing is left of it. */
  readonly ended: Promise<void>;
  readonly #id: number;
  readonly #host: FileUploadHost;
  readonly #waiting: FileData[] = [];
  #waitingOctets = 0;
  #wake: (() => void) | undefined;
  #cancelled: { discard: boolean } | undefined;

  constructor(id: number, file: UploadFile, host: FileUploadHost) {
    this.#id = id;
    this.#host = host;
    this.ended = this.#run(file);
  }

  /** @throws {ProtocolError} if more is sent than was agreed. */
  take(data: FileData): void {
    // It belongs to the transport.
    this.#waiting.push({ ...data, octets: data.octets.slice() });
    this.#waitingOctets += data.octets.length;
    if (this.#waitingOctets > WINDOW_OCTETS + FILE_PIECE_OCTETS) {
      throw new ProtocolError("More of a file is sent than was agreed");
    }
    this.#wake?.();
  }

  /** @param discard Whether nobody will go on with it. */
  cancel(discard: boolean): void {
    this.#cancelled ??= { discard };
    this.#wake?.();
  }

  async #run(file: UploadFile): Promise<void> {
    let upload: Upload | undefined;
    let name: string | undefined;
    try {
      upload = await this.#host.ledger.start(file, () => {
        this.cancel(false);
        return this.ended;
      });
      name = await this.#receive(upload, file);
    } catch (error) {
      if (!this.#cancelled) this.#host.onfailed(error);
    }
    if (upload) {
      this.#host.ledger.end(upload);
      if (this.#cancelled?.discard) await upload.discard();
      else await upload[Symbol.asyncDispose]();
    }
    this.#host.onend(name);
    if (name !== undefined) this.#host.say({ kind: "done", id: this.#id, name });
  }

  /** @returns The name of the stored file; undefined if it was cancelled. */
  async #receive(upload: Upload, file: UploadFile): Promise<string | undefined> {
    const { modified, size } = file;
    let told = upload.received;
    this.#host.say({ kind: "begin", id: this.#id, offset: told, size, modified });
    while (upload.missing > 0) {
      const data = await this.#next();
      if (data === undefined) return undefined;
      if (data.offset !== upload.received) {
        throw new ProtocolError(
          `A piece from ${data.offset} was sent; the next one is from ${upload.received}`,
        );
      }
      await upload.write(data.octets);
      this.#waitingOctets -= data.octets.length;
      if (upload.received - told < STORED_INTERVAL && this.#waiting.length > 0) continue;
      told = upload.received;
      this.#host.say({ kind: "stored", id: this.#id, octets: told });
    }
    if (this.#cancelled) return undefined;
    return await upload.finish();
  }

  async #next(): Promise<FileData | undefined> {
    while (this.#waiting.length === 0 && !this.#cancelled) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    return this.#cancelled ? undefined : this.#waiting.shift();
  }
}
