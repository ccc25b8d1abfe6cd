/**
 * Where a download goes: into a file that the user chooses, where the browser lets a page write one; else
 * into a file of the page's own, or into memory, which the browser then saves as it does others.
 *
 * @module
 */

/** The most that is kept in memory, in octets. */
const MOST_IN_MEMORY = 1024 ** 3;
/** What files of the page's own are called. */
const PREFIX = "skerry-download-";
/** How long the browser may take to save what it was given, in ms. */
const SAVING = 60_000;

/** The user has chosen not to save the file. */
export class SaveCancelledError extends Error {
  override readonly name = "SaveCancelledError";
}

/** There is nowhere to put so large a file. */
export class SaveTooLargeError extends Error {
  override readonly name = "SaveTooLargeError";
}

export interface SaveTarget {
  write(octets: Uint8Array<ArrayBuffer>): Promise<void>;
  /** All was written. */
  close(): Promise<void>;
  /** Nothing is to be left of it. */
  abort(): void;
}

interface PickerWindow {
  showSaveFilePicker?(options: { suggestedName: string }): Promise<FileSystemFileHandle>;
}

/**
 * Finds a place for a file. Call it in a click, or the browser may not ask.
 *
 * @throws {SaveCancelledError} {@link SaveTooLargeError}
 */
export async function openSaveTarget(name: string, size: number): Promise<SaveTarget> {
  const { showSaveFilePicker } = globalThis as PickerWindow;
  if (showSaveFilePicker !== undefined) {
    try {
      const handle = await showSaveFilePicker.call(globalThis, { suggestedName: name });
      return chosen(await handle.createWritable());
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") {
        throw new SaveCancelledError("The user has cancelled it");
      }
      // Forbidden here: then as everywhere else.
    }
  }
  return await ownFile(name).catch(() => undefined) ?? inMemory(name, size);
}

function chosen(stream: FileSystemWritableFileStream): SaveTarget {
  return {
    write: (octets) => stream.write(octets),
    close: () => stream.close(),
    abort: () => void stream.abort().catch(() => {}),
  };
}

/** A file that only the page sees, on the disk all the same. */
async function ownFile(name: string): Promise<SaveTarget> {
  const folder = await navigator.storage.getDirectory();
  await removeOld(folder);
  const own = `${PREFIX}${Date.now()}-${crypto.randomUUID()}`;
  const handle = await folder.getFileHandle(own, { create: true });
  const remove = () => void folder.removeEntry(own).catch(() => {});
  const stream = await handle.createWritable();
  return {
    write: (octets) => stream.write(octets),
    close: async () => {
      await stream.close();
      save(await handle.getFile(), name);
      setTimeout(remove, SAVING);
    },
    abort: () => void stream.abort().catch(() => {}).finally(remove),
  };
}

/** What pages have left that were closed too soon. */
async function removeOld(folder: FileSystemDirectoryHandle): Promise<void> {
  const entries = (folder as unknown as { keys(): AsyncIterable<string> }).keys();
  for await (const name of entries) {
    const [, time] = /^skerry-download-(\d+)-/.exec(name) ?? [];
    if (time === undefined || Date.now() - Number(time) < 24 * 3600_000) continue;
    await folder.removeEntry(name).catch(() => {});
  }
}

/** @throws {SaveTooLargeError} */
function inMemory(name: string, size: number): SaveTarget {
  if (size > MOST_IN_MEMORY) {
    throw new SaveTooLargeError(`${size} octets do not fit into the browser's memory`);
  }
  let pieces: BlobPart[] = [];
  return {
    write: (octets) => {
      pieces.push(octets);
      return Promise.resolve();
    },
    close: () => {
      save(new Blob(pieces), name);
      pieces = [];
      return Promise.resolve();
    },
    abort: () => pieces = [],
  };
}

/** Has the browser save something, as if it had been downloaded. */
function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVING);
}
