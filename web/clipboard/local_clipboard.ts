/**
 * The clipboard of the page's own computer, as far as this browser lets a page at it.
 *
 * @module
 */

import { type LocalContent, withType } from "./local_content.ts";

/**
 * Whether the page may read the clipboard by itself: it is, it would be asked, it is not; or the browser
 * would ask each time, or knows no such thing.
 */
export type ReadPermission = "granted" | "prompt" | "denied" | "unsupported";

/** What can be read and written, under the browser's names. */
const TYPES = ["text/plain", "text/html", "image/png"] as const;

export class LocalClipboard {
  readonly #clipboard: Clipboard | undefined = navigator.clipboard;

  /** Follows the permission to read. */
  async watchPermission(
    changed: (permission: ReadPermission) => void,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#clipboard?.read === undefined) return changed("unsupported");
    try {
      const name = "clipboard-read" as PermissionName;
      const status = await navigator.permissions.query({ name });
      if (signal.aborted) return;
      changed(status.state);
      status.addEventListener("change", () => changed(status.state), { signal });
    } catch {
      // Firefox and Safari know no such permission: they would ask each time.
      changed("unsupported");
    }
  }

  /** @throws {DOMException} if the browser does not allow it now. */
  async read(): Promise<LocalContent> {
    const items = await this.#clipboard?.read() ?? [];
    let content: LocalContent = {};
    for (const item of items) {
      for (const type of TYPES) {
        if (!item.types.includes(type)) continue;
        const blob = await item.getType(type);
        content = withType(content, type, new Uint8Array(await blob.arrayBuffer()));
      }
    }
    return content;
  }

  /**
   * Writes as much of it as the browser takes.
   *
   * @returns What was written; undefined if the browser does not allow it now.
   */
  async write(content: LocalContent): Promise<LocalContent | undefined> {
    if (this.#clipboard?.write === undefined) return this.#copy(content);
    const { html, image, text } = content;
    const tries = [content, { text, html }, { text }, { image }].filter((some) =>
      Object.values(some).some((value) => value !== undefined)
    );
    for (const some of tries) {
      try {
        await this.#clipboard.write([new ClipboardItem(blobs(some))]);
        return some;
      } catch (error) {
        // Another error may be about one of the types only.
        if (error instanceof DOMException && error.name === "NotAllowedError") break;
      }
    }
    return this.#copy(content);
  }

  /** The old way, where there is no other: it works within what the user does only, and without images. */
  #copy({ html, text }: LocalContent): LocalContent | undefined {
    if (text === undefined && html === undefined) return undefined;
    let copied = false;
    const oncopy = (event: ClipboardEvent) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (text !== undefined) event.clipboardData?.setData("text/plain", text);
      if (html !== undefined) event.clipboardData?.setData("text/html", html);
      copied = true;
    };
    // Chromium asks first whether there is anything to copy.
    const allow = (event: Event) => event.preventDefault();
    document.addEventListener("beforecopy", allow, true);
    document.addEventListener("copy", oncopy, true);
    try {
      const done = document.execCommand("copy");
      return done && copied ? { text, html } : undefined;
    } catch {
      return undefined;
    } finally {
      document.removeEventListener("beforecopy", allow, true);
      document.removeEventListener("copy", oncopy, true);
    }
  }
}

function blobs({ html, image, text }: LocalContent): Record<string, Blob> {
  const found: Record<string, Blob> = {};
  if (text !== undefined) found["text/plain"] = new Blob([text], { type: "text/plain" });
  if (html !== undefined) found["text/html"] = new Blob([html], { type: "text/html" });
  if (image !== undefined) found["image/png"] = new Blob([image], { type: "image/png" });
  return found;
}
