/**
 * The panel at the side of the page, as tests use it.
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import { until } from "./until.ts";

const PANEL = "skerry-shell >>> skerry-panel";

/** What is in a section of the panel; for puppeteer's selectors. */
export function inSection(id: string, selector: string): string {
  return `${PANEL} >>> skerry-${id}-section >>> ${selector}`;
}

/** Opens the panel at a section. */
export async function openSection(page: Page, id: string): Promise<void> {
  if (!await isOpen(page)) await (await page.waitForSelector("skerry-shell >>> .handle"))!.click();
  const tab = (await page.waitForSelector(`${PANEL} >>> [data-section="${id}"]`))!;
  // It slides in, and a click on the way would miss.
  await tab.evaluate(async (element) => {
    const dialog = element.closest('[role="dialog"]')!;
    await Promise.all(dialog.getAnimations().map(({ finished }) => finished));
  });
  await tab.click();
  await page.waitForSelector(`${PANEL} >>> skerry-${id}-section`);
}

/** Closes the panel, which gives the keyboard back to the desktop. */
export async function closePanel(page: Page): Promise<void> {
  await (await page.waitForSelector(`${PANEL} >>> .close`))!.click();
  await until("the panel is closed", async () => !await isOpen(page));
}

export async function isOpen(page: Page): Promise<boolean> {
  return await page.$(PANEL) !== null;
}

/** The sections that there are, in the order of their tabs. */
export async function sectionIds(page: Page): Promise<string[]> {
  return await page.$$eval(
    `${PANEL} >>> [data-section]`,
    (tabs) => tabs.map((tab) => tab.getAttribute("data-section")!),
  );
}

/** Clicks on a button of a section, by what it says. */
export async function pressButton(page: Page, id: string, label: string): Promise<void> {
  const button = await until(`there is a button "${label}"`, async () => {
    for (const each of await page.$$(inSection(id, "button"))) {
      if (await each.evaluate((element) => element.textContent?.trim()) === label) return each;
    }
    return undefined;
  });
  await button.click();
}
