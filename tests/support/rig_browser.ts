/**
 * A browser as a person has it: stock, a window on a real X display, presentation included. No
 * headless mode, no flag that changes how or when frames are shown.
 *
 * @module
 */
import { INSECURE_HOST } from "./insecure_page.ts";
import { RigProcess } from "./rig_process.ts";

/** A browser that the rig can show pages in. */
export type BrowserName = "chromium" | "firefox";

/** A browser window with nothing round its page. */
export interface KioskBrowser extends AsyncDisposable {
  readonly name: BrowserName;
  readonly process: RigProcess;
  /** Where a debugger may attach (Chromium: CDP; Firefox: BiDi), once asked for. */
  debuggerUrl(): Promise<string>;
}

const FIREFOX_PREFERENCES: Record<string, string | number | boolean> = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.aboutwelcome.enabled": false,
  "browser.newtabpage.enabled": false,
  "browser.safebrowsing.malware.enabled": false,
  "browser.safebrowsing.phishing.enabled": false,
  "browser.sessionstore.resume_from_crash": false,
  "browser.shell.checkDefaultBrowser": false,
  "browser.startup.homepage_override.mstone": "ignore",
  "browser.translations.enable": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.getAddons.cache.enabled": false,
  "extensions.update.enabled": false,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "network.dns.localDomains": INSECURE_HOST,
  "toolkit.telemetry.enabled": false,
  "trailhead.firstrun.didSeeAboutWelcome": true,
};

function chromiumCommand(
  url: string,
  profile: string,
  width: number,
  height: number,
  gpu: boolean,
): string[] {
  return [
    "chromium",
    "--kiosk",
    `--app=${url}`,
    `--window-size=${width},${height}`,
    "--window-position=0,0",
    `--user-data-dir=${profile}`,
    "--no-sandbox",
    ...(gpu ? [] : ["--disable-gpu"]),
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--force-device-scale-factor=1",
    "--remote-debugging-port=0",
    `--host-resolver-rules=MAP ${INSECURE_HOST} 127.0.0.1`,
  ];
}

async function firefoxCommand(
  url: string,
  profile: string,
  width: number,
  height: number,
): Promise<string[]> {
  const lines = Object.entries(FIREFOX_PREFERENCES)
    .map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  await Deno.writeTextFile(`${profile}/user.js`, lines.join("\n") + "\n");
  return [
    "firefox",
    "--profile",
    profile,
    "--no-remote",
    "--remote-debugging-port=0",
    "--kiosk",
    "--width",
    String(width),
    "--height",
    String(height),
    url,
  ];
}

/**
 * How large a display must be for a kiosk window of a size: Chromium makes its window a pixel smaller
 * than asked where it would fill a screen with no window manager, and a page of 1279 pixels would have
 * to scale a picture of 1280; Firefox fills the screen, whatever it is asked.
 *
 * @returns width and height in pixels
 */
export function displaySizeFor(
  name: BrowserName,
  width: number,
  height: number,
): { width: number; height: number } {
  const spare = name === "chromium" ? 16 : 0;
  return { width: width + spare, height: height + spare };
}

/**
 * Shows `url` in a browser window of the given size at the display's top left.
 *
 * @param display such as ":7"
 * @param width of the window, in pixels; see {@link displaySizeFor}
 * @param height of the window, in pixels
 * @param options `gpu`: leave Chromium's graphics set-up as it is, instead of turning it off
 */
export async function startKioskBrowser(
  name: BrowserName,
  url: string,
  display: string,
  width: number,
  height: number,
  options: { readonly gpu?: boolean } = {},
): Promise<KioskBrowser> {
  const profile = await Deno.makeTempDir({ prefix: "skerry-rig-" });
  const command = name === "chromium"
    ? chromiumCommand(url, profile, width, height, options.gpu ?? false)
    : await firefoxCommand(url, profile, width, height);
  const process = RigProcess.start(command, {
    env: { DISPLAY: display, HOME: profile, MOZ_CRASHREPORTER_DISABLE: "1" },
    patienceMs: 5000,
  });
  return {
    name,
    process,
    async debuggerUrl() {
      const match = await process.waitFor(/(?:DevTools|WebDriver BiDi) listening on (ws:\S+)/);
      return match[1] ?? "";
    },
    async [Symbol.asyncDispose]() {
      await process[Symbol.asyncDispose]();
      await removeProfile(profile);
    },
  };
}

/** Removes a profile folder that a browser's last children may still be writing to. */
async function removeProfile(profile: string): Promise<void> {
  for (let attempt = 0;; attempt++) {
    try {
      await Deno.remove(profile, { recursive: true });
      return;
    } catch (error) {
      if (attempt >= 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
