import { FilesError, toFilesError } from "../files/errors.ts";
import type { SharedDirectory } from "../files/shared_directory.ts";
import { ProtocolError } from "../protocol/errors.ts";
import {
  type FileData,
  type FilesServerMessage,
  type FilesViewerMessage,
  LISTING_ENTRIES,
  WINDOW_OCTETS,
} from "../protocol/files_message.ts";
import { FileDownload } from "./file_download.ts";
import { FileUpload } from "./file_upload.ts";
import type { UploadLedger } from "./upload_ledger.ts";

/** Transfers of a viewer at a time. */
const MOST_TRANSFERS = 16;
/** Questions of a viewer that wait for an answer. */
const MOST_QUESTIONS = 64;

export interface FileTransfersOptions {
  readonly directory: SharedDirectory;
  readonly ledger: UploadLedger;
  /** Whether the viewer may do anything at all, now. */
  allowed(): boolean;
  say(message: FilesServerMessage): void;
  /** @returns Resolves when there is room for more. */
  write(message: FileData): Promise<void>;
  onuploaded(name: string): void;
  onfailed(error: unknown): void;
}

type Message<K extends FilesViewerMessage["kind"]> = Extract<FilesViewerMessage, { kind: K }>;

/** What one viewer does with files. */
export class FileTransfers implements AsyncDisposable {
  readonly #options: FileTransfersOptions;
  readonly #uploads = new Map<number, FileUpload>();
  readonly #downloads = new Map<number, FileDownload>();
  /** Of the directory that was listed last, for its next pages. */
  #names: { path: string; match: string; names: readonly string[] } | undefined;
  #questions: Promise<void> = Promise.resolve();
  #waiting = 0;
  #closed = false;

  constructor(options: FileTransfersOptions) {
    this.#options = options;
  }

  /** @throws {ProtocolError} if the viewer does not keep to what was agreed. */
  handle(message: FilesViewerMessage): void {
    if (this.#closed) return;
    switch (message.kind) {
      case "list":
        return this.#ask(message.id, () => this.#list(message));
      case "upload":
        return this.#upload(message);
      case "data":
        return this.#uploads.get(message.id)?.take(message);
      case "download":
        return this.#download(message);
      case "taken":
        return this.#downloads.get(message.id)?.taken(message.octets);
      case "cancel":
        this.#uploads.get(message.id)?.cancel(message.discard);
        this.#downloads.get(message.id)?.cancel();
    }
  }

  /** Answers one question after the other. */
  #ask(id: number, answer: () => Promise<void>): void {
    if (++this.#waiting > MOST_QUESTIONS) throw new ProtocolError("There are too many questions");
    this.#questions = this.#questions.then(async () => {
      try {
        this.#check();
        await answer();
      } catch (error) {
        this.#fail(id, error);
      } finally {
        this.#waiting--;
      }
    });
  }

  async #list({ id, match = "", offset, path }: Message<"list">): Promise<void> {
    const { directory } = this.#options;
    if (offset === 0 || this.#names?.path !== path || this.#names.match !== match) {
      const names = await directory.names(path);
      this.#names = { path, match, names: match === "" ? names : names.filter(matcher(match)) };
    }
    const { names } = this.#names;
    const page = names.slice(offset, offset + LISTING_ENTRIES);
    const entries = await Promise.all(page.map((name) => directory.entry(path, name)));
    this.#say({
      kind: "listing",
      id,
      offset,
      total: names.length,
      entries: entries.filter((entry) => entry !== undefined),
    });
  }

  #upload({ id, ...file }: Message<"upload">): void {
    if (!this.#admit(id)) return;
    const upload = new FileUpload(id, file, {
      ledger: this.#options.ledger,
      say: (message) => this.#say(message),
      onend: (name) => {
        this.#uploads.delete(id);
        if (name !== undefined) this.#options.onuploaded(name);
      },
      onfailed: (error) => this.#fail(id, error),
    });
    this.#uploads.set(id, upload);
  }

  #download({ id, offset, path }: Message<"download">): void {
    if (!this.#admit(id)) return;
    const download = new FileDownload(id, { path, offset, window: WINDOW_OCTETS }, {
      directory: this.#options.directory,
      say: (message) => this.#say(message),
      write: (message) => this.#options.write(message),
      onend: () => this.#downloads.delete(id),
      onfailed: (error) => this.#fail(id, error),
    });
    this.#downloads.set(id, download);
  }

  /** Whether another transfer may begin; the viewer is told why not. */
  #admit(id: number): boolean {
    try {
      this.#check();
      if (this.#uploads.has(id) || this.#downloads.has(id)) {
        throw new ProtocolError(`There is a transfer ${id} already`);
      }
      if (this.#uploads.size + this.#downloads.size >= MOST_TRANSFERS) {
        throw new FilesError("failed", "There are too many transfers at a time");
      }
      return true;
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      this.#fail(id, error);
      return false;
    }
  }

  #check(): void {
    if (this.#options.allowed()) return;
    throw new FilesError("not-allowed", "Who only watches has no files");
  }

  #fail(id: number, error: unknown): void {
    const { message, reason } = toFilesError(error);
    this.#options.onfailed(error);
    this.#say({ kind: "failed", id, reason, detail: message.slice(0, 512) });
  }

  #say(message: FilesServerMessage): void {
    if (!this.#closed) this.#options.say(message);
  }

  /** Ends all transfers; what has come of uploads stays for them to go on. */
  stop(): void {
    for (const upload of this.#uploads.values()) upload.cancel(false);
    for (const download of this.#downloads.values()) download.cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    const all = [...this.#uploads.values(), ...this.#downloads.values()];
    this.stop();
    await Promise.all([this.#questions, ...all.map(({ ended }) => ended)]);
  }
}

/** Whether a name has a text in it, however that is written: small, large or composed. */
function matcher(text: string): (name: string) => boolean {
  const folded = (given: string) => given.normalize("NFC").toLowerCase();
  const wanted = folded(text);
  return (name) => folded(name).includes(wanted);
}
