/**
 * The panel's section of files, as tests use it.
 *
 * @module
 */
import type { ElementHandle, Page } from "puppeteer-core";
import type { FilesState } from "../../web/files/page_files.ts";
import type { BrowserName } from "./browser.ts";
import { until } from "./until.ts";

/** What the page knows of files. */
export function filesState(page: Page): Promise<FilesState> {
  return page.evaluate(() => {
    const shell = document.querySelector("skerry-shell") as unknown as {
      context: { page: { value: { files: FilesState } } };
    };
    return shell.context.page.value.files;
  });
}

/** How many transfers are in which phase; those that have failed by why they have. */
export type TransferPhases = Readonly<Partial<Record<string, number>>>;

/** Of thousands, {@link filesState} would take its time. */
export function transferPhases(page: Page): Promise<TransferPhases> {
  return page.evaluate(() => {
    const shell = document.querySelector("skerry-shell") as unknown as {
      context: { page: { value: { files: FilesState } } };
    };
    const count: Record<string, number> = {};
    for (const { phase, problem } of shell.context.page.value.files.transfers) {
      const key = problem ? `${phase}: ${problem.reason} ${problem.detail}` : phase;
      count[key] = (count[key] ?? 0) + 1;
    }
    return count;
  });
}

/** The field that files are chosen with, behind its button. */
export async function fileChooser(page: Page): Promise<ElementHandle<HTMLInputElement>> {
  const handle = await until("there is a field for files", async () => {
    const found = await page.evaluateHandle(() =>
      document.querySelector("skerry-shell")?.shadowRoot?.querySelector("skerry-panel")?.shadowRoot
        ?.querySelector("skerry-files-section")?.shadowRoot?.querySelector("#chosen") ?? null
    );
    return found.asElement() as ElementHandle<HTMLInputElement> | null;
  });
  return handle;
}

/** Clicks on a button of the section by how what it says begins. */
export async function pressInFiles(page: Page, label: string): Promise<void> {
  await until(`there is a button "${label}"`, () =>
    page.evaluate((label) => {
      const section = document.querySelector("skerry-shell")?.shadowRoot
        ?.querySelector("skerry-panel")?.shadowRoot?.querySelector("skerry-files-section");
      const button = [...section?.shadowRoot?.querySelectorAll("button") ?? []].find((button) =>
        button.textContent?.replaceAll(/\s+/g, " ").trim().startsWith(label)
      );
      button?.click();
      return button !== undefined;
    }, label));
}

/** Drops files on the picture, as if they were dragged there, which only people can do. */
export async function dropFiles(page: Page, files: [name: string, text: string][]): Promise<void> {
  await page.evaluate((files) => {
    const dataTransfer = new DataTransfer();
    for (const [name, text] of files) dataTransfer.items.add(new File([text], name));
    const target = document.querySelector("#picture")!;
    for (const type of ["dragenter", "dragover", "drop"]) {
      target.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    }
  }, files);
}

/** Drops something of this machine's on the picture. Only Chromium lets tests do so. */
export async function dropPath(page: Page, path: string): Promise<void> {
  const client = await page.createCDPSession();
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await client.send("Input.dispatchDragEvent", { type, x: 100, y: 300, data });
  }
  await client.detach();
}

/** Has the page's downloads go where the user's choice would be, or makes him choose nothing. */
export async function choosePlace(page: Page, place: "own-file" | "none"): Promise<void> {
  // The dialog is the browser's own, out of reach for tests; what it gives, the page's own disk has, too.
  await page.evaluate((place) => {
    const picker = async ({ suggestedName }: { suggestedName: string }) => {
      if (place === "none") throw new DOMException("The user aborted a request.", "AbortError");
      const folder = await navigator.storage.getDirectory();
      return await folder.getFileHandle(suggestedName, { create: true });
    };
    Object.assign(globalThis, { showSaveFilePicker: picker });
  }, place);
}

/** The SHA-256 of a file that was saved in the place of {@link choosePlace}. */
export async function hashOfChosen(page: Page, name: string): Promise<string> {
  return await page.evaluate(async (name) => {
    const folder = await navigator.storage.getDirectory();
    const file = await (await folder.getFileHandle(name)).getFile();
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((octet) => octet.toString(16).padStart(2, "0")).join("");
  }, name);
}

/** Has the browser save without a question what pages let be downloaded. */
export async function saveInto(page: Page, name: BrowserName, folder: string): Promise<void> {
  // The dialog in which a place is chosen is the browser's own, out of reach for tests.
  await page.evaluate(() =>
    delete (globalThis as { showSaveFilePicker?: unknown }).showSaveFilePicker
  );
  // Firefox has it in its preferences.
  if (name === "firefox") return;
  const client = await page.createCDPSession();
  await client.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
}
