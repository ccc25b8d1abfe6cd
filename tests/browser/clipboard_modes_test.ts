import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { encodePng } from "../../web/input/png.ts";
import { BROWSERS } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { closePanel, inSection, openSection, pressButton } from "../support/panel.ts";
import { pictureOfPng } from "../support/picture.ts";
import { Key, RealSeat } from "../support/real_seat.ts";
import { type DisplayAccess, RemoteDesktop, type Selection } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { copy, noise, paste } from "../support/x_clipboard.ts";

const SCREEN = { width: 1000, height: 760 };
const { ControlLeft, KeyA, KeyV } = Key;

const OFF = "This desktop does not share its clipboard.";
const COPIED = "Copied on the remote desktop";
const LOCAL = "Text for the remote clipboard";

/** What is shared, by `--clipboard`, and the groups of the panel. */
const MODES = [
  { mode: "in", comes: true, goes: false, labels: [LOCAL] },
  { mode: "out", comes: false, goes: true, labels: [COPIED] },
  { mode: "off", comes: false, goes: false, labels: [] },
] as const;

/** A desktop, and what is in the clipboards. */
class Desktop implements AsyncDisposable {
  private constructor(
    readonly url: string,
    readonly access: DisplayAccess,
    readonly resources: AsyncDisposableStack,
    readonly target: EventWindow,
  ) {}

  static async start(...args: string[]): Promise<Desktop> {
    await using resources = new AsyncDisposableStack();
    const skerry = resources.use(
      await SkerryProcess.start({
        args: ["--audio", "off", "--size", "640x480", ...args, "--", "sleep", "1000"],
      }),
    );
    const remote = resources.use(await RemoteDesktop.of(skerry.pid));
    const target = resources.use(await EventWindow.open(remote.connection));
    return new Desktop(skerry.url, remote.access, resources.move(), target);
  }

  /** Presses keys at a seat, and waits until they are there. */
  async press(seat: RealSeat, ...keys: [number, ...number[]]): Promise<void> {
    this.target.events.length = 0;
    await seat.press(...keys);
    await this.target.saw("KeyRelease", { detail: keys[0] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

/** The first octet of a PNG image (PNG specification, 5.2). */
const PNG_BEGINS = 0x89;

async function read(display: DisplayAccess, selection?: Selection): Promise<string> {
  return new TextDecoder().decode(await paste(display, "UTF8_STRING", selection));
}

/** What elements of the panel's section say. */
async function said(page: Page, selector: string): Promise<string[]> {
  return await page.$$eval(
    inSection("clipboard", selector),
    (found) => found.map(({ textContent }) => textContent?.trim() ?? ""),
  );
}

Deno.test("the clipboard is shared as far as the server says", async (test) => {
  await using resources = new AsyncDisposableStack();
  const seats: RealSeat[] = [];
  for (const browser of BROWSERS) {
    seats.push(resources.use(await RealSeat.take({ browser, ...SCREEN })));
  }

  /** Does it at each seat, one after the other, with a desktop started for all. */
  async function atEach(
    options: readonly string[],
    what: string,
    look: (seat: RealSeat, desktop: Desktop) => Promise<void>,
  ): Promise<void> {
    await using desktop = await Desktop.start(...options);
    for (const seat of seats) {
      await test.step(`${options.join(" ")}: ${what}, in ${seat.browser.name}`, async () => {
        await look(seat, desktop);
      });
    }
  }

  for (const { comes, goes, labels, mode } of MODES) {
    await atEach(["--clipboard", mode], "what it says, and no more", async (seat, desktop) => {
      const [here, there] = [seat.screen.access, desktop.access];
      await copy(there, "marked there", undefined, "primary");
      await copy(there, `from there, ${mode}`);
      await copy(here, `from ${seat.browser.name}`);
      const { page } = await DesktopPage.open(seat.browser, desktop.url);
      await seat.click(SCREEN.width / 2, SCREEN.height / 2);
      await desktop.press(seat, ControlLeft, KeyV);
      assert.equal(await read(there), comes ? `from ${seat.browser.name}` : `from there, ${mode}`);
      assert.equal(await read(there, "primary"), "marked there");

      await copy(there, `news from there, ${mode}`);
      if (goes) {
        await until("it is here", async () => {
          await desktop.press(seat, KeyA);
          return await read(here) === `news from there, ${mode}`;
        });
      } else {
        for (let times = 0; times < 5; times++) await desktop.press(seat, KeyA);
        assert.equal(await read(here), `from ${seat.browser.name}`);
      }

      await openSection(page, "clipboard");
      assert.deepEqual(await said(page, "label"), labels);
      const hints = await said(page, ".hint");
      assert.equal(hints.includes(OFF), mode === "off");
      // Chromium offers to ask the user instead.
      const byKeys = comes && seat.browser.name === "firefox";
      assert.equal(hints.some((hint) => hint.startsWith("Ctrl+V")), byKeys);
      await page.close();
    });
  }

  await atEach(["--clipboard-primary", "on"], "what is marked, too", async (seat, desktop) => {
    const [here, there] = [seat.screen.access, desktop.access];
    const noisy = noise(40 * 30 * 4).map((octet, i) => i % 4 === 3 ? 255 : octet);
    const image = encodePng(40, 30, noisy);
    await copy(there, image, "image/png");
    await copy(here, "text");
    const opened = await DesktopPage.open(seat.browser, desktop.url);
    const { page } = opened;

    // An image that was there before the page is fetched when it is asked for.
    await openSection(page, "clipboard");
    await pressButton(page, "clipboard", "Show the image");
    const img = (await page.waitForSelector(inSection("clipboard", "img")))!;
    await until(
      "it is shown",
      () => img.evaluate((element) => (element as HTMLImageElement).naturalWidth === 40),
    );
    assert.equal(await read(here), "text");
    await pressButton(page, "clipboard", "Copy to this computer");
    const octets = await until("it is here", async () => {
      // Whoever owns the text before may give that for whatever it is asked for.
      const found = await paste(here, "image/png");
      return found?.[0] === PNG_BEGINS && found;
    });
    assert.deepEqual(pictureOfPng(octets), pictureOfPng(image));
    await closePanel(page);

    await seat.click(SCREEN.width / 2, SCREEN.height / 2);
    await copy(there, "marked there", undefined, "primary");
    await until("it is here", async () => {
      await desktop.press(seat, KeyA);
      return await read(here) === "marked there";
    });
    await copy(here, `from ${seat.browser.name}`);
    await desktop.press(seat, ControlLeft, KeyV);
    assert.equal(await read(there, "primary"), `from ${seat.browser.name}`);
    assert.equal(await read(there), `from ${seat.browser.name}`);
    await page.close();
  });
  for (const { browser } of seats) assert.deepEqual(browser.log, [], browser.name);
});
