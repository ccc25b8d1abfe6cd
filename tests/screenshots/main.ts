/**
 * Pictures of all that the page can look like, and what axe finds wrong with it, into
 * `bench-report/screenshots`: light and dark, as large as a desktop and as small as a phone.
 *
 *     deno task screenshots [--browser=chromium|firefox] [--language=en|de] [--only=NAME]
 *
 * Beside the pictures, sheets of many of the same kind.
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import { accessibilityFaults } from "../support/accessibility.ts";
import { type BrowserName, BROWSERS, type LaunchOptions, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import {
  connectionScenes,
  desktopScenes,
  type PageScene,
  signInScenes,
} from "../support/page_scenes.ts";
import { inSection, openSection } from "../support/panel.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { settled } from "../support/settled.ts";
import { until } from "../support/until.ts";
import { setViewport } from "../support/viewport.ts";
import { textOption } from "../bench/shared.ts";
import { contactSheet } from "./contact_sheet.ts";

const FOLDER = new URL("../../bench-report/screenshots/", import.meta.url).pathname;
const SIZES = {
  desktop: { width: 1024, height: 720 },
  phone: { width: 360, height: 640, hasTouch: true, isMobile: true },
} as const;
const SCHEMES = ["light", "dark"] as const;
const LANGUAGES = ["en", "de"] as const;

/** As many as can be looked at together. */
const ON_A_SHEET = 6;

type Size = keyof typeof SIZES;
type Scheme = typeof SCHEMES[number];

/** A browser that wants this by itself, as far as that cannot be told to each page. */
function wants(scheme: Scheme, size: Size, language: string): LaunchOptions {
  return {
    args: [`--lang=${language}`, `--accept-lang=${language}`],
    preferences: {
      "intl.accept_languages": language,
      // Zero is dark (StaticPrefList.yaml).
      "layout.css.prefers-color-scheme.content-override": scheme === "dark" ? 0 : 1,
      // A coarse pointer, and no other.
      ...size === "phone" ? { "ui.primaryPointerCapabilities": 1 } : {},
      ...size === "phone" ? { "ui.allPointerCapabilities": 1 } : {},
    },
  };
}

/** @returns What axe finds, a line each. */
async function takeAll(
  browser: TestBrowser,
  page: Page,
  folder: string,
  scenes: readonly PageScene[],
): Promise<string[]> {
  await Deno.mkdir(folder, { recursive: true });
  const faults: string[] = [];
  for (const { name, show } of scenes) {
    await show(page);
    await settled(page);
    await page.screenshot({ path: `${folder}/${name}.png` });
    for (const fault of await accessibilityFaults(page)) faults.push(`${name}: ${fault}`);
  }
  const names = scenes.map(({ name }) => name);
  for (let sheet = 0; sheet * ON_A_SHEET < names.length; sheet++) {
    const some = names.slice(sheet * ON_A_SHEET, (sheet + 1) * ON_A_SHEET);
    await Deno.writeFile(`${folder}-${sheet + 1}.png`, await contactSheet(browser, folder, some));
  }
  return faults;
}

/** Lets somebody look on, and makes links, so that there is something to see in the panel. */
async function share(browser: TestBrowser, skerry: SkerryProcess): Promise<void> {
  const { page } = await DesktopPage.open(browser, skerry.url);
  await openSection(page, "viewers");
  for (const role of ["view", "control"]) {
    await (await page.waitForSelector(inSection("viewers", `[data-invite=${role}]`)))!.click();
  }
  const field = await until(
    "there are two links",
    async () => {
      const fields = await page.$$(inSection("viewers", "input[readonly]"));
      return fields.length === 2 && fields[0];
    },
  );
  const link = await field.evaluate((element) => (element as HTMLInputElement).value);
  await page.goto("about:blank");
  await page.goto(withDebug(link));
  await DesktopPage.at(browser, page);
}

async function filled(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  for (const name of ["Bilder", "Documents", "2026 – Berichte und Abrechnungen"]) {
    await Deno.mkdir(`${folder}/${name}`);
  }
  const sizes = { "photo.jpg": 2_345_678, "readme.txt": 321, "a long name.with more.pdf": 98_765 };
  for (const [name, size] of Object.entries(sizes)) {
    await Deno.writeFile(`${folder}/${name}`, new Uint8Array(size));
  }
  return folder;
}

/** @returns What axe finds, a line each. */
async function take(
  skerry: SkerryProcess,
  { language, name, scheme, size }: {
    name: BrowserName;
    language: string;
    size: Size;
    scheme: Scheme;
  },
): Promise<string[]> {
  await using browser = await TestBrowser.launch(name, wants(scheme, size, language));
  const page = await browser.newPage();
  await setViewport(page, SIZES[size]);
  if (name === "chromium") {
    await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
  }
  await page.goto(withDebug(skerry.url));
  await DesktopPage.at(browser, page);
  const folder = `${FOLDER}${name}-${language}-${size}-${scheme}`;
  console.log(folder);
  const scenes = [...desktopScenes(), ...connectionScenes(), ...signInScenes()]
    .filter((scene) => scene.name.startsWith(textOption("only") ?? ""));
  const found = await takeAll(browser, page, folder, scenes);
  for (const line of browser.log) console.log(line);
  return found.map((fault) => `${name}, ${language}, ${size}, ${scheme}: ${fault}`);
}

const browsers = BROWSERS.filter((each) => each === (textOption("browser") ?? each));
const languages = LANGUAGES.filter((each) => each === (textOption("language") ?? each));
const files = await filled();
try {
  await using skerry = await SkerryProcess.start({
    args: ["--files", files, "--", "xterm", "-geometry", "80x24", "-e", "cat README.md; sleep 900"],
  });
  await using guests = await TestBrowser.launch("chromium");
  await share(guests, skerry);
  const faults: string[] = [];
  for (const name of browsers) {
    for (const language of languages) {
      for (const size of Object.keys(SIZES) as Size[]) {
        for (const scheme of SCHEMES) {
          faults.push(...await take(skerry, { name, language, size, scheme }));
        }
      }
    }
  }
  console.log(faults.length === 0 ? "axe finds nothing." : faults.join("\n"));
  if (faults.length > 0) Deno.exitCode = 1;
} finally {
  await Deno.remove(files, { recursive: true });
}
