/**
 * Many pictures on one.
 *
 * @module
 */
import type { TestBrowser } from "../support/browser.ts";
import { setViewport } from "../support/viewport.ts";

/**
 * @param folder Where the pictures are.
 * @param names Of their files, without `.png`.
 * @returns A PNG file.
 */
export async function contactSheet(
  browser: TestBrowser,
  folder: string,
  names: readonly string[],
): Promise<Uint8Array> {
  const page = await browser.newPage();
  try {
    const figures = names.map((name) => {
      const data = Deno.readFileSync(`${folder}/${name}.png`).toBase64();
      return `<figure><img src="data:image/png;base64,${data}"><figcaption>${name}</figcaption></figure>`;
    });
    await setViewport(page, { width: 1504, height: 1080 });
    await page.setContent(
      `<style>
        body { margin: 8px; font: 12px sans-serif; background: #888; display: flex;
          flex-wrap: wrap; gap: 8px; }
        figure { margin: 0 } img { display: block; max-width: 490px; max-height: 500px }
      </style>${figures.join("")}`,
    );
    return await page.screenshot({ fullPage: false });
  } finally {
    await page.close();
  }
}
