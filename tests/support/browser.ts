/**
 * Real browsers for tests: Debian's Chromium by the DevTools protocol, Firefox by WebDriver BiDi, both
 * unmodified and with no flag that changes what a page may do.
 *
 * @module
 */
import { keepStartupCache, takeStartupCache } from "./firefox_startup_cache.ts";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

export type BrowserName = "chromium" | "firefox";

/** The browsers that every browser test runs in. */
export const BROWSERS: readonly BrowserName[] = ["chromium", "firefox"];

const PROGRAMS: Record<BrowserName, readonly string[]> = {
  chromium: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  firefox: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
};

/** Neither changes what a page sees: tests may run as root, on a machine with no GPU, offline. */
const CHROMIUM_FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
];

/** Firefox asks its home for updates and studies by these. */
const FIREFOX_PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.disabledForTesting": true,
  "browser.safebrowsing.update.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  // A bar above the page where users may make no namespaces, as in a chroot or a container.
  "security.sandbox.warn_unprivileged_namespaces": false,
  "services.settings.server": "data:,#",
};

/** Far more than anything asked takes, on the slowest machine; puppeteer's own limit is three minutes. */
const PATIENCE = 75_000;

export interface LaunchOptions {
  /** An X display to show a real window on; headless without one. */
  readonly display?: string;
  /** More variables for the browser, for example `XAUTHORITY`. */
  readonly env?: Readonly<Record<string, string>>;
  /** More command-line arguments, for Chromium. */
  readonly args?: readonly string[];
  /** Whether pages are opened in spite of a bad certificate, as by somebody who says he knows. */
  readonly trusting?: boolean;
  /** More of Firefox's preferences. */
  readonly preferences?: Readonly<Record<string, string | number | boolean>>;
  /** Milliseconds that a single thing asked of a page may take; a page that stands still fails by then. */
  readonly patience?: number;
  /** CSS pixels of the page; null lets it follow the window. */
  readonly viewport?:
    | { readonly width: number; readonly height: number; readonly deviceScaleFactor?: number }
    | null;
}

/**
 * What Firefox says of a WebSocket that is closed before it is open, as that of the transport that
 * loses the race is.
 */
const GIVEN_UP =
  /Firefox can.t establish a connection to the server at wss?:|connection to wss?:\S+ was interrupted while the page was loading/;

/** A browser that is not there. */
export class BrowserNotFoundError extends Error {
  override name = "BrowserNotFoundError";
}

/**
 * A running browser with a profile of its own; disposing it ends it and removes the profile.
 *
 * @example
 * ```ts ignore
 * await using browser = await TestBrowser.launch("firefox");
 * const page = await browser.open(url);
 * ```
 */
export class TestBrowser implements AsyncDisposable {
  readonly name: BrowserName;
  /** Puppeteer's own handle. */
  readonly browser: Browser;
  /** What pages logged, one line each, errors that nobody caught included. */
  readonly log: string[] = [];
  readonly #folder: string;

  private constructor(name: BrowserName, browser: Browser, folder: string) {
    this.name = name;
    this.browser = browser;
    this.#folder = folder;
  }

  /**
   * Starts a browser.
   *
   * @throws {BrowserNotFoundError} if it is not installed.
   */
  static async launch(name: BrowserName, options: LaunchOptions = {}): Promise<TestBrowser> {
    const executablePath = await findBrowser(name);
    const folder = await Deno.makeTempDir({ prefix: `skerry-test-${name}-` });
    const { args = [], display, env = {}, preferences = {} } = options;
    if (name === "firefox") await takeStartupCache(executablePath, `${folder}/profile`);
    const { patience = PATIENCE, trusting = false, viewport = { width: 1024, height: 768 } } =
      options;
    try {
      const browser = await puppeteer.launch({
        browser: name === "chromium" ? "chrome" : "firefox",
        executablePath,
        headless: display === undefined,
        userDataDir: `${folder}/profile`,
        acceptInsecureCerts: trusting,
        args: name === "chromium" ? [...CHROMIUM_FLAGS, ...args] : [],
        extraPrefsFirefox: { ...FIREFOX_PREFERENCES, ...preferences },
        protocolTimeout: patience,
        defaultViewport: viewport === null ? null : { ...viewport },
        // Signals are the test runner's; puppeteer's handlers would outlive the test.
        handleSIGINT: false,
        handleSIGTERM: false,
        handleSIGHUP: false,
        env: {
          ...Deno.env.toObject(),
          HOME: folder,
          TMPDIR: folder,
          // No sound server is to be started for a test.
          PULSE_SERVER: "unix:/nonexistent",
          ...(display === undefined ? {} : { DISPLAY: display }),
          ...env,
        },
      });
      return new TestBrowser(name, browser, folder);
    } catch (error) {
      await removeFolder(folder);
      throw error;
    }
  }

  /** Opens a page and waits until it has loaded. */
  async open(url: string): Promise<Page> {
    const page = await this.newPage();
    await page.goto(url);
    return page;
  }

  /** An empty page whose messages go to {@link log}. */
  async newPage(): Promise<Page> {
    const page = await this.browser.newPage();
    page.on("console", (message) => {
      const text = message.text();
      if (!GIVEN_UP.test(text)) this.log.push(`${message.type()}: ${text}`);
    });
    page.on("pageerror", (error) => {
      const text = error instanceof Error ? error.stack ?? error.message : String(error);
      if (!GIVEN_UP.test(text)) this.log.push(`error: ${text}`);
    });
    return page;
  }

  /** Lets it do nothing at all, as on a computer that sleeps. Nothing is to be asked of it meanwhile. */
  async pause(): Promise<void> {
    await this.#signal("STOP");
  }

  /** Lets it go on. */
  async resume(): Promise<void> {
    await this.#signal("CONT");
  }

  /** Puppeteer starts it as the first of a process group; its helpers are in that, too. */
  async #signal(name: "STOP" | "CONT"): Promise<void> {
    const group = this.browser.process()!.pid!;
    const { success } = await new Deno.Command("kill", { args: [`-${name}`, "--", `-${group}`] })
      .output();
    if (!success) throw new Error(`There is no process group ${group}.`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      const program = this.browser.process()!.spawnfile;
      await this.browser.close();
      if (this.name === "firefox") await keepStartupCache(program, `${this.#folder}/profile`);
    } finally {
      await removeFolder(this.#folder);
    }
  }
}

/**
 * The path of a browser.
 *
 * @throws {BrowserNotFoundError} if it is not installed.
 */
export async function findBrowser(name: BrowserName): Promise<string> {
  for (const path of PROGRAMS[name]) {
    const found = await Deno.stat(path).catch(() => undefined);
    if (found?.isFile) return path;
  }
  throw new BrowserNotFoundError(
    `There is no ${name} at ${PROGRAMS[name].join(" or ")}. Install it with: ` +
      "deno task setup --for test",
  );
}

/** Helpers of a browser may still write while they end. */
async function removeFolder(folder: string): Promise<void> {
  for (let tries = 20; tries > 0; tries--) {
    try {
      return await Deno.remove(folder, { recursive: true });
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  await Deno.remove(folder, { recursive: true });
}
