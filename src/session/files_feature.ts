import { getLogger } from "@logtape/logtape";
import { toFilesError } from "../files/errors.ts";
import { SharedDirectory } from "../files/shared_directory.ts";
import { removeStaleParts } from "../files/upload.ts";
import { ChannelWriter } from "../protocol/channel_writer.ts";
import { decodeFilesViewerMessage, encodeFilesServerMessage } from "../protocol/files_message.ts";
import type { SessionFeature } from "./feature.ts";
import { FileTransfers } from "./file_transfers.ts";
import { UploadLedger } from "./upload_ledger.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session", "files"]);

export interface FilesOptions {
  readonly path: string;
  /** As it is shown to viewers. */
  readonly name: string;
  /** The most octets that the directory may have for uploads to be taken; undefined for any. */
  readonly quota: number | undefined;
}

/** Lets the viewers that control the desktop put files into a directory, and take some out. */
export class FilesFeature implements SessionFeature {
  readonly #options: FilesOptions;
  readonly #directory: SharedDirectory;
  readonly #ledger: UploadLedger;
  readonly #viewers = new Map<Viewer, { transfers: FileTransfers; writer: ChannelWriter }>();
  readonly #closing = new Set<Promise<void>>();

  constructor(options: FilesOptions) {
    this.#options = options;
    this.#directory = new SharedDirectory(options.path);
    this.#ledger = new UploadLedger(this.#directory, options.quota);
    this.#closing.add(
      removeStaleParts(this.#directory).catch((error: unknown) =>
        log.warn("The directory {path} cannot be used: {error}", { path: options.path, error })
      ),
    );
  }

  onjoin(viewer: Viewer): void {
    const channel = viewer.channel("files");
    const writer = new ChannelWriter(channel);
    const transfers = new FileTransfers({
      directory: this.#directory,
      ledger: this.#ledger,
      allowed: () => viewer.role === "control",
      say: (message) => writer.say(encodeFilesServerMessage(message)),
      write: (message) => writer.write(encodeFilesServerMessage(message)),
      onuploaded: (name) => log.info("Viewer {id} has uploaded {name}", { id: viewer.id, name }),
      onfailed: (error) =>
        log.info("Viewer {id} was refused a file: {error}", {
          id: viewer.id,
          error: toFilesError(error),
        }),
    });
    channel.onmessage = (octets) => transfers.handle(decodeFilesViewerMessage(octets));
    this.#viewers.set(viewer, { transfers, writer });
    this.onrole(viewer);
  }

  onrole(viewer: Viewer): void {
    const found = this.#viewers.get(viewer);
    if (!found) return;
    const allowed = viewer.role === "control";
    // What is under way is asked for again, by whoever may.
    found.transfers.stop();
    found.writer.clear();
    found.writer.say(encodeFilesServerMessage({
      kind: "hello",
      upload: allowed,
      download: allowed,
      directory: this.#options.name,
    }));
  }

  onleave(viewer: Viewer): void {
    const found = this.#viewers.get(viewer);
    if (!found) return;
    this.#viewers.delete(viewer);
    const closed = found.transfers[Symbol.asyncDispose]();
    // Nobody is left to make room for what waits.
    found.writer.clear();
    const closing = closed.finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const viewer of [...this.#viewers.keys()]) this.onleave(viewer);
    await Promise.all(this.#closing);
  }
}
