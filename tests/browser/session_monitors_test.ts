import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { readMonitors } from "../../src/display/monitors.ts";
import type { Rectangle } from "../../src/display/rectangle.ts";
import { type BrowserName, BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { cropped, psnr } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { setViewport } from "../support/viewport.ts";

/** Decibels from which on nobody sees a difference. */
const WANTED = 38;

const FIRST = { width: 800, height: 600 };
const SECOND = { width: 700, height: 500 };

const TEXT = "i=0; while [ $i -lt 9 ]; do echo line $i of the text; i=$((i+1)); done; sleep 1000";
const PROGRAM = ["xterm", "-geometry", "40x12+60+60", "-e", "sh", "-c", TEXT];

/** Two windows of a desktop, and a look at it from beside. */
interface Desk {
  readonly name: BrowserName;
  readonly first: DesktopPage;
  readonly second: DesktopPage;
  readonly remote: RemoteDesktop;
}

for (const name of BROWSERS) {
  Deno.test(`two windows are two monitors of one desktop, in ${name}`, async (t) => {
    await using browser = await TestBrowser.launch(name, { viewport: FIRST });
    await using skerry = await SkerryProcess.start({ args: ["--", ...PROGRAM] });
    const first = await DesktopPage.open(browser, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    const second = await openAnother(browser, first);
    await setViewport(second.page, SECOND);
    const desk = { name, first, second, remote };
    await t.step("each shows its own part of the screen", async () => {
      await haveMonitors(remote, [FIRST, SECOND]);
      await showTheirParts(desk);
    });
    await t.step("clicks and keys of each go to its part", () => inputLands(desk));
    await t.step("a program's window goes from one to the other", () => dragAcross(desk));
    await t.step("when one is resized, the other keeps its windows", () => widenTheFirst(desk));
    await t.step("closing one brings its windows to the other", async () => {
      await second.page.close();
      await haveMonitors(remote, [{ width: FIRST.width + 100, height: FIRST.height }]);
      await until("the program's window is on the monitor that is left", async () => {
        const { width, x } = await remote.window();
        return x >= 0 && x + width <= FIRST.width + 100;
      });
      await shows(first, remote, { x: 0, y: 0, ...FIRST, width: FIRST.width + 100 });
    });
    assert.deepEqual(browser.log, []);
  });
}

Deno.test("a display that takes no more monitors says why", async () => {
  await using browser = await TestBrowser.launch("chromium", { viewport: FIRST });
  await using skerry = await SkerryProcess.start({
    args: ["--x-server", "xvfb", "--size", "800x600", "--", ...PROGRAM],
  });
  const { page } = await DesktopPage.open(browser, skerry.url);
  await openSection(page, "picture");
  const hint = (await page.waitForSelector(inSection("picture", "#monitors-hint")))!;
  assert.match(await hint.evaluate(({ textContent }) => textContent ?? ""), /Xvnc does/);
  const button =
    (await page.waitForSelector(inSection("picture", "[aria-describedby=monitors-hint]")))!;
  assert.equal(await button.isVisible(), false);
});

/** Opens a second window as a user does. */
async function openAnother(browser: TestBrowser, first: DesktopPage): Promise<DesktopPage> {
  await openSection(first.page, "picture");
  const button = inSection("picture", "[aria-describedby=monitors-hint]");
  await (await first.page.waitForSelector(button))!.click();
  const page = await until("there is a second window", async () => {
    const pages: Page[] = await browser.browser.pages();
    return pages.find((page) => new URL(page.url()).searchParams.get("monitor") === "2");
  });
  const second = await DesktopPage.at(browser, page);
  await closePanel(first.page);
  return second;
}

/** Waits until the screen has monitors of these sizes side by side, and no others. */
async function haveMonitors(
  remote: RemoteDesktop,
  sizes: readonly { width: number; height: number }[],
): Promise<void> {
  const wanted = sizes.map(({ height, width }, index) => {
    const x = sizes.slice(0, index).reduce((sum, size) => sum + size.width, 0);
    return { x, y: 0, width, height };
  });
  let last = "";
  await until(
    () => `the monitors are ${JSON.stringify(wanted)}; they are ${last}`,
    async () => {
      const monitors = await readMonitors(remote.connection);
      last = JSON.stringify(monitors.map(({ height, width, x, y }) => ({ x, y, width, height })));
      return last === JSON.stringify(wanted);
    },
  );
}

async function showTheirParts({ first, remote, second }: Desk): Promise<void> {
  const [left, right] = await readMonitors(remote.connection);
  await shows(first, remote, left!);
  await shows(second, remote, right!);
}

/** Waits until a page shows a part of the screen. */
async function shows(desktop: DesktopPage, remote: RemoteDesktop, part: Rectangle): Promise<void> {
  let last = "";
  await until(
    () => `a page shows ${JSON.stringify(part)}; it has ${last}`,
    async () => {
      const [picture, screen] = [await desktop.picture(), await remote.screenshot()];
      last = `${picture.width}x${picture.height}`;
      if (picture.width !== part.width || picture.height !== part.height) return false;
      if (screen.width < part.x + part.width || screen.height < part.height) return false;
      const decibels = psnr(cropped(screen, part), picture);
      last += ` with ${decibels.toFixed(1)} dB`;
      return decibels >= WANTED;
    },
  );
}

async function inputLands({ first, remote, second }: Desk): Promise<void> {
  await using target = await EventWindow.open(remote.connection);
  for (const [desktop, left] of [[first, 0], [second, FIRST.width]] as const) {
    await desktop.page.bringToFront();
    for (const [x, y] of [[0, 0], [123, 77], [699, 499]] as const) {
      await desktop.page.mouse.click(x, y);
      await target.saw("ButtonRelease", { detail: 1, x: left + x, y });
    }
  }
  const before = target.events.length;
  await second.page.keyboard.press("a");
  await until(
    "the key came",
    () =>
      target.events.slice(before).some(({ name, x }) => name === "KeyRelease" && x >= FIRST.width),
  );
}

async function dragAcross({ first, name, remote, second }: Desk): Promise<void> {
  const window = await remote.window();
  const grip = { x: window.x + 40, y: window.y - 8 };
  await first.page.bringToFront();
  const { mouse } = first.page;
  await mouse.move(grip.x, grip.y);
  await mouse.down();
  let way = 0;
  await until("the window moves", async () => {
    await mouse.move(grip.x + Math.min(90, way += 9), grip.y + 20);
    return (await remote.window()).x !== window.x;
  });
  // Out of the browser's window, into that of the second monitor. Drivers of Firefox do not let the mouse
  // leave the page: there the larger part of the program's window goes over the edge.
  await mouse.move(FIRST.width + (name === "chromium" ? 150 : -1), grip.y + 40);
  await mouse.up();
  await until("the program's window is on the second monitor", async () => {
    const { width, x } = await remote.window();
    return x + width / 2 > FIRST.width;
  });
  await showTheirParts({ name, first, second, remote });
}

async function widenTheFirst(desk: Desk): Promise<void> {
  const { first, remote } = desk;
  const { x } = await remote.window();
  const width = FIRST.width + 100;
  await setViewport(first.page, { ...FIRST, width });
  await haveMonitors(remote, [{ ...FIRST, width }, SECOND]);
  let now = x;
  await until(
    () => `the program's window has moved along from ${x}; it is at ${now}`,
    async () => (now = (await remote.window()).x) === x + 100,
  );
  await showTheirParts(desk);
}
