/**
 * The page as browsers on other systems have it, and the events of keys that they give it.
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import type { TestBrowser } from "./browser.ts";
import { DesktopPage, withDebug } from "./desktop_page.ts";

const USER_AGENTS = {
  mac: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)",
  windows: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)",
} as const;

type Flag = "altKey" | "ctrlKey" | "metaKey" | "shiftKey";

/** An event of a key: how it went, `key`, `code` and the modifiers that are told with it. */
export type KeyStroke = readonly [type: "down" | "up", key: string, code: string, ...Flag[]];

/** Command and C on a Mac, which keeps to itself that C is lifted. */
export const COMMAND_C: readonly KeyStroke[] = [
  ["down", "Meta", "MetaLeft", "metaKey"],
  ["down", "c", "KeyC", "metaKey"],
  ["up", "Meta", "MetaLeft"],
];

/** Option and L on a German Mac, where that picks what it says. */
export const OPTION_L: readonly KeyStroke[] = [
  ["down", "Alt", "AltLeft", "altKey"],
  ["down", "@", "KeyL", "altKey"],
  ["up", "@", "KeyL", "altKey"],
  ["up", "Alt", "AltLeft"],
];

/** AltGr and Q on a German keyboard of Windows, which puts a Control of its own before it. */
export const ALT_GR_Q: readonly KeyStroke[] = [
  ["down", "Control", "ControlLeft", "ctrlKey"],
  ["down", "AltGraph", "AltRight", "ctrlKey", "altKey"],
  ["down", "@", "KeyQ", "ctrlKey", "altKey"],
  ["up", "@", "KeyQ", "ctrlKey", "altKey"],
  ["up", "Control", "ControlLeft", "altKey"],
  ["up", "AltGraph", "AltRight"],
];

/** Opens Skerry's page in what it takes for a browser of another system. */
export async function openAs(
  platform: keyof typeof USER_AGENTS,
  browser: TestBrowser,
  url: string,
): Promise<Page> {
  const page = await browser.newPage();
  await page.evaluateOnNewDocument((userAgent) => {
    Object.defineProperty(Navigator.prototype, "userAgent", { get: () => userAgent });
  }, USER_AGENTS[platform]);
  await page.goto(withDebug(url));
  await DesktopPage.at(browser, page);
  return page;
}

/** Gives the page events of keys, all at once. */
export async function stroke(page: Page, strokes: readonly KeyStroke[]): Promise<void> {
  await page.evaluate((strokes) => {
    for (const [type, key, code, ...flags] of strokes) {
      const event = new KeyboardEvent(`key${type}`, {
        key,
        code,
        location: code.endsWith("Left") ? 1 : code.endsWith("Right") ? 2 : 0,
        bubbles: true,
        cancelable: true,
        ...Object.fromEntries(flags.map((flag) => [flag, true])),
      });
      document.querySelector("#keyboard")!.dispatchEvent(event);
    }
  }, strokes);
}
