/**
 * The panel's section of files, as tests use it.
 *
 * @module
 */
import type { ElementHandle, Page } from "puppeteer-core";
import type { FilesState } from "../../web/files/page_files.ts";
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
