/**
 * Resizing a page, in browsers of different ages.
 *
 * @module
 */
import type { Page, Viewport } from "puppeteer-core";

/**
 * Sets the size and pixel ratio of a page.
 *
 * Puppeteer then turns the screen as well, by a command that older Firefoxes lack; in those the
 * page has its size all the same.
 */
export async function setViewport(page: Page, viewport: Viewport): Promise<void> {
  try {
    await page.setViewport(viewport);
  } catch (error) {
    const unknown = error instanceof Error &&
      error.message.includes("unknown command emulation.setScreenOrientationOverride");
    if (!unknown) throw error;
  }
}
