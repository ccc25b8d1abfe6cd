/**
 * Takes files that are dropped on the page.
 *
 * @module
 */

export interface DropTargetOptions {
  /** Whether files are taken now. */
  accepts(): boolean;
  /** Whether files are held over the page. */
  hovering(files: boolean): void;
  dropped(files: File[]): void;
  readonly signal: AbortSignal;
}

/** Lets the page have the files that are dropped on it; the browser would open them in its place. */
export function takeDrops({ accepts, dropped, hovering, signal }: DropTargetOptions): void {
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
    if (accepts()) dropped(filesOf(data));
  });
}

/** Without directories, which browsers give out as files that cannot be read. */
function filesOf(data: DataTransfer): File[] {
  return [...data.items].flatMap((item) => {
    if (item.kind !== "file" || item.webkitGetAsEntry()?.isDirectory) return [];
    const file = item.getAsFile();
    return file === null ? [] : [file];
  });
}
