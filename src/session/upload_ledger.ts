import type { SharedDirectory } from "../files/shared_directory.ts";
import { Upload, type UploadFile, uploadKey } from "../files/upload.ts";

interface Entry {
  readonly upload: Upload;
  /** Ends it for whoever has it now. */
  readonly takeOver: () => Promise<void>;
}

/** All uploads into a directory, whoever makes them: what they will take, and that each file has but one. */
export class UploadLedger {
  readonly #directory: SharedDirectory;
  readonly #quota: number | undefined;
  readonly #entries = new Map<string, Entry>();
  /** Uploads begin one after the other: each must know what the others will take. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(directory: SharedDirectory, quota: number | undefined) {
    this.#directory = directory;
    this.#quota = quota;
  }

  /**
   * Begins an upload. Another one of the same file ends: that was cut off, or is of another page.
   *
   * @param takeOver Called if that happens to this one; the upload must not be used afterwards.
   * @throws {FilesError} what {@link Upload.start} throws.
   */
  start(file: UploadFile, takeOver: () => Promise<void>): Promise<Upload> {
    const started = this.#last.then(() => this.#start(file, takeOver));
    this.#last = started.catch(() => {});
    return started;
  }

  /** The upload is over. */
  end(upload: Upload): void {
    for (const [key, entry] of this.#entries) {
      if (entry.upload === upload) this.#entries.delete(key);
    }
  }

  async #start(file: UploadFile, takeOver: () => Promise<void>): Promise<Upload> {
    const key = uploadKey(file);
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    await before?.takeOver();
    let reserved = 0;
    for (const { upload } of this.#entries.values()) reserved += upload.missing;
    const options = { quota: this.#quota, reserved };
    const upload = await Upload.start(this.#directory, file, options);
    this.#entries.set(key, { upload, takeOver });
    return upload;
  }
}
