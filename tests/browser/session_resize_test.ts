import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import { en } from "../../web/strings/en.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { heldResources } from "../support/held_resources.ts";
import { times } from "../support/long.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { psnr } from "../support/picture.ts";
import { childrenOf, RemoteDesktop, type RemoteWindow } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { setViewport } from "../support/viewport.ts";

/** Decibels from which on nobody sees a difference. */
const WANTED = 38;

/** How often the window is resized at random. */
const RESIZES = times(10, 20);
const PROGRAM = "xterm -bg #1e1f22 -fg #e8e8e8 -e sh -c".split(" ");
const TEXT = "i=0; while [ $i -lt 60 ]; do echo line $i of the text; i=$((i+1)); done; sleep 1000";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Gives the page this size and waits for the desktop to have it, sharp. */
async function follow(
  desktop: DesktopPage,
  remote: RemoteDesktop,
  size: Size,
  deviceScaleFactor = 1,
): Promise<void> {
  const { height, width } = size;
  await setViewport(desktop.page, {
    width: width / deviceScaleFactor,
    height: height / deviceScaleFactor,
    deviceScaleFactor,
  });
  await showsSize(desktop, remote, size);
}

/** Chooses a size in the panel. */
async function chooseSize({ page }: DesktopPage, value: string): Promise<void> {
  await openSection(page, "picture");
  const choice = (await page.waitForSelector(inSection("picture", "#size")))!;
  await choice.select(value);
  await closePanel(page);
}

/** Waits for the desktop to have a size, sharp. */
async function showsSize(
  desktop: DesktopPage,
  remote: RemoteDesktop,
  size: Size,
): Promise<void> {
  let last: Size = { width: 0, height: 0 };
  await until(
    () => `the picture is ${JSON.stringify(size)}; it is ${last.width}x${last.height}`,
    async () => {
      last = await desktop.picture();
      return last.width === size.width && last.height === size.height;
    },
  );
  let decibels = 0;
  await until(
    () => `the picture is that of the screen; it has ${decibels.toFixed(1)} dB`,
    async () => {
      const [picture, screen] = [await desktop.picture(), await remote.screenshot()];
      if (picture.width !== screen.width || picture.height !== screen.height) return false;
      decibels = psnr(screen, picture);
      return decibels >= WANTED;
    },
  );
}

/** Waits until programs are told of so many pixels per inch. */
async function told(remote: RemoteDesktop, dpi: number): Promise<void> {
  await until(
    `programs are told of ${dpi}`,
    async () => (await remote.resources()).split("\n").includes(`Xft.dpi:\t${dpi}`),
  );
}

/**
 * Looks at each frame of the page whether the picture is shown as high and wide as it is.
 *
 * @returns Tells the sizes of pictures and what they were shown in where that was not so.
 */
async function watchStretching({ page }: DesktopPage): Promise<() => Promise<string[]>> {
  await page.evaluate(() => {
    const found: string[] = [];
    Object.assign(globalThis, { stretched: found });
    const canvas = document.querySelector<HTMLCanvasElement>("#picture")!;
    const look = () => {
      const { height, width } = canvas.getBoundingClientRect();
      const across = width / canvas.width;
      const down = height / canvas.height;
      const keeps = getComputedStyle(canvas).objectFit === "contain";
      if (!keeps && Math.abs(across / down - 1) > 0.01) {
        found.push(`${canvas.width}x${canvas.height} in ${width}x${height}`);
      }
      requestAnimationFrame(look);
    };
    look();
  });
  return () => page.evaluate(() => (globalThis as { stretched?: string[] }).stretched!);
}

for (const name of BROWSERS) {
  Deno.test(`the desktop takes the size of the window, in ${name}`, async (t) => {
    await using browser = await TestBrowser.launch(name, {
      viewport: { width: 1000, height: 640 },
    });
    await using skerry = await SkerryProcess.start({ args: ["--", ...PROGRAM, TEXT] });
    const desktop = await DesktopPage.open(browser, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    await t.step("when it is opened", () => follow(desktop, remote, { width: 1000, height: 640 }));
    await t.step("when it is resized, again and again, and leaves nothing behind", async () => {
      const before = await heldResources(skerry.pid, remote);
      const stretched = await watchStretching(desktop);
      for (let count = 0; count < RESIZES; count++) {
        const width = 640 + 2 * Math.floor(Math.random() * 400);
        const height = 400 + 2 * Math.floor(Math.random() * 250);
        // Some of it in between, as when it is dragged.
        await setViewport(desktop.page, { width: width + 80, height: height + 30 });
        await follow(desktop, remote, { width, height });
      }
      assert.deepEqual(await stretched(), []);
      const after = await heldResources(skerry.pid, remote);
      assert.ok(after.modes <= before.modes, JSON.stringify([before, after]));
      assert.ok(after.segments <= before.segments, JSON.stringify([before, after]));
      // Encoders may have grown a thread or a pipe each, but not for each size.
      assert.ok(after.files < before.files + 10, JSON.stringify([before, after]));
      assert.ok(after.threads < before.threads + 10, JSON.stringify([before, after]));
    });
    await t.step("with every pixel of a fine monitor, and programs are told", async () => {
      await setViewport(desktop.page, { width: 660, height: 420, deviceScaleFactor: 2 });
      await openSection(desktop.page, "picture");
      const toggle = inSection("picture", "#resolution");
      await (await desktop.page.waitForSelector(toggle))!.click();
      await closePanel(desktop.page);
      await follow(desktop, remote, { width: 1320, height: 840 }, 2);
      await told(remote, 192);
      assert.equal((await desktop.canvas()).width, 660);
      await follow(desktop, remote, { width: 700, height: 500 });
      await told(remote, 96);
    });
    await t.step("programs draw as large as is chosen", async () => {
      await openSection(desktop.page, "picture");
      const scale = await desktop.page.waitForSelector(inSection("picture", "#scale"));
      await scale!.select("150");
      await told(remote, 144);
      await scale!.select("0");
      await told(remote, 96);
      await closePanel(desktop.page);
      const { height, width } = await desktop.picture();
      assert.deepEqual([width, height], [700, 500]);
    });
    await t.step("it keeps its size when it is not to follow, until it is", async () => {
      const choose = async (size: "keep" | "window") => {
        await openSection(desktop.page, "picture");
        const sizes = await desktop.page.waitForSelector(inSection("picture", "#size"));
        await sizes!.select(size);
        await closePanel(desktop.page);
      };
      await choose("keep");
      await setViewport(desktop.page, { width: 840, height: 450 });
      await until("it is scaled", async () => Math.abs((await desktop.canvas()).height - 450) < 1);
      await desktop.still();
      const { height, width } = await desktop.picture();
      assert.deepEqual([width, height], [700, 500]);
      await choose("window");
      await follow(desktop, remote, { width: 840, height: 450 });
    });
    await t.step("and any other that is chosen, until the window's is chosen again", async () => {
      for (const [width, height] of [[1024, 768], [1280, 720]] as const) {
        await chooseSize(desktop, `${width}x${height}`);
        await showsSize(desktop, remote, { width, height });
      }
      // It stays, whatever becomes of the window.
      await setViewport(desktop.page, { width: 720, height: 480 });
      await until("the page is smaller", async () => (await desktop.canvas()).width <= 720);
      await desktop.still();
      await showsSize(desktop, remote, { width: 1280, height: 720 });
      await chooseSize(desktop, "window");
      await showsSize(desktop, remote, { width: 720, height: 480 });
    });
    await t.step("and a second window that is but opened does not change it", async () => {
      const { width, height } = await desktop.picture();
      const second = await TestBrowser.launch(name, { viewport: { width: 800, height: 500 } });
      await using _ = second;
      const other = await DesktopPage.open(second, skerry.url);
      await other.still();
      const picture = await other.picture();
      assert.deepEqual([picture.width, picture.height], [width, height]);
      await follow(other, remote, { width: 900, height: 560 });
    });
  });
}

/** Waits until a program's window stands somewhere, in pixels of the screen. */
async function standsAt(
  remote: RemoteDesktop,
  what: string,
  where: (window: RemoteWindow) => boolean,
): Promise<void> {
  let window: RemoteWindow | undefined;
  await until(() => `the window ${what}; it is ${JSON.stringify(window)}`, async () => {
    window = await remote.window();
    return where(window);
  });
}

Deno.test("windows stay in sight when the desktop becomes smaller, and go back when it is larger again", async () => {
  const large = { width: 1280, height: 720 };
  const small = { width: 700, height: 440 };
  await using browser = await TestBrowser.launch("chromium", { viewport: large });
  // Of 724x524 pixels: on the small one it has to become smaller.
  const corner = "xterm -geometry 120x40-0-0 -e sleep 1000".split(" ");
  await using skerry = await SkerryProcess.start({ args: ["--", ...corner] });
  const desktop = await DesktopPage.open(browser, skerry.url);
  await using remote = await RemoteDesktop.of(skerry.pid);
  await follow(desktop, remote, large);
  const first = await remote.window();
  assert.ok(first.width > small.width && first.height > small.height, JSON.stringify(first));
  const inSight = (size: Size) =>
    standsAt(remote, "is in sight", ({ height, width, x, y }) => {
      return x > 0 && y > 0 && x + width <= size.width && y + height <= size.height;
    });
  const back = () => standsAt(remote, "is as before", (now) => isDeepStrictEqual(now, first));
  await follow(desktop, remote, small);
  await inSight(small);
  await follow(desktop, remote, large);
  await back();
  // While somebody drags the edge of the browser's window, the window manager may not keep up.
  const manager = childrenOf(skerry.pid).find(({ name }) => name === "openbox")!;
  Deno.kill(manager.pid, "SIGSTOP");
  try {
    await follow(desktop, remote, { width: 1200, height: 720 });
    await follow(desktop, remote, { width: 1140, height: 720 });
  } finally {
    Deno.kill(manager.pid, "SIGCONT");
  }
  await inSight({ width: 1140, height: 720 });
  await follow(desktop, remote, large);
  await back();
});

/** Why a display keeps its size, and what it is told in the picture's section. */
const KEPT = {
  "of an X server that cannot change it": [
    ["--x-server", "xvfb"],
    en.picture.sizings.fixed,
  ],
  "as it was asked to": [
    ["--resize", "off"],
    en.picture.sizings.off,
  ],
} as const;

for (const name of BROWSERS) {
  Deno.test(`a display that keeps its size is scaled, and the page is told, in ${name}`, async (t) => {
    await using browser = await TestBrowser.launch(name, { viewport: { width: 800, height: 500 } });
    for (const [why, [args, said]] of Object.entries(KEPT)) {
      await t.step(why, async () => {
        await using skerry = await SkerryProcess.start({
          args: [...args, "--size", "1024x600", "--", ...PROGRAM, TEXT],
        });
        const desktop = await DesktopPage.open(browser, skerry.url);
        await desktop.still();
        const { width, height } = await desktop.picture();
        assert.deepEqual([width, height], [1024, 600]);
        const canvas = await desktop.canvas();
        assert.ok(canvas.width <= 800 && canvas.height <= 500, JSON.stringify(canvas));
        await openSection(desktop.page, "picture");
        await until("the section gives the reason", async () => {
          const hints = await desktop.page.$$(inSection("picture", ".hint"));
          const texts = hints.map((hint) => hint.evaluate((element) => element.textContent));
          return (await Promise.all(texts)).includes(said);
        });
        assert.equal(await desktop.page.$(inSection("picture", "#size")), null);
        await desktop.page.close();
      });
    }
  });
}
