/**
 * Takes files and directories that are dropped on the page.
 *
 * @module
 */

import { type DroppedFiles, readEntry } from "./dropped_entry.ts";

export interface DropTargetOptions {
  /** Whether files are taken now. */
  accepts(): boolean;
  /** Whether files are held over the page. */
  hovering(files: boolean): void;
  readonly dropped: DroppedFiles;
  /** Something was dropped, and is being read. */
  taken(): void;
  readonly signal: AbortSignal;
}

/** Lets the page have the files that are dropped on it; the browser would open them in its place. */
export function takeDrops({ accepts, dropped, hovering, signal, taken }: DropTargetOptions): void {
  /** Elements below each other tell of their own. */
  let depth = 0;
  const onFiles = (type: string, handle: (event: DragEvent, data: DataTransfer) => void) =>
    addEventListener(type, (event) => {
      const { dataTransfer: data } = event as DragEvent;
      if (!data?.types.includes("Files")) return;
      event.preventDefault();
      handle(event as DragEvent, data);
    }, { signal });
  onFiles("dragenter", () => {
    if (++depth === 1) hovering(accepts());
  });
  onFiles("dragleave", () => {
    depth = Math.max(depth - 1, 0);
    if (depth === 0) hovering(false);
  });
  onFiles("dragover", (_event, data) => data.dropEffect = accepts() ? "copy" : "none");
  onFiles("drop", (_event, data) => {
    depth = 0;
    hovering(false);
    if (!accepts()) return;
    takeAll(data, dropped);
    taken();
  });
}

/** All must be asked for in the event: the browser lets go of them after it. */
function takeAll(data: DataTransfer, dropped: DroppedFiles): void {
  const files: File[] = [];
  const directories: FileSystemEntry[] = [];
  for (const item of data.items) {
    if (item.kind !== "file") continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) directories.push(entry);
    else if (file !== null) files.push(file);
  }
  dropped.files(files, "");
  for (const directory of directories) void readEntry(directory, dropped);
}
