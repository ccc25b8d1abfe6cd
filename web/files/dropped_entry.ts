/**
 * Directories that are dropped on the page, as the browser lets it read them.
 *
 * @module
 */

/** What becomes of all that was dropped. */
export interface DroppedFiles {
  /** @param folder Where they are from what was dropped, parts divided by slashes; empty if they were dropped themselves. */
  files(files: readonly File[], folder: string): void;
  /** The browser could not read something. */
  unreadable(path: string): void;
}

/** Hands over all files in a directory, and in those below; one that has none is left out. */
export async function readEntry(directory: FileSystemEntry, dropped: DroppedFiles): Promise<void> {
  const waiting = [directory];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const path = pathOf(entry);
    try {
      const files: FileSystemFileEntry[] = [];
      for await (const child of childrenOf(entry as FileSystemDirectoryEntry)) {
        if (child.isDirectory) waiting.push(child);
        else files.push(child as FileSystemFileEntry);
      }
      const read = await Promise.all(files.map((child) => fileOf(child)));
      for (const [i, file] of read.entries()) {
        if (file === undefined) dropped.unreadable(pathOf(files[i]!));
      }
      dropped.files(read.filter((file) => file !== undefined), path);
    } catch {
      dropped.unreadable(path);
    }
  }
}

async function* childrenOf(directory: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry> {
  const reader = directory.createReader();
  for (;;) {
    // Some at a time, in the end none.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject)
    );
    if (some.length === 0) return;
    yield* some;
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File | undefined> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(undefined)));
}

function pathOf({ fullPath }: FileSystemEntry): string {
  return fullPath.replace(/^\/+/, "");
}
