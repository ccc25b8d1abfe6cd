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
