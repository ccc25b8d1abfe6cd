import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { CursorWatcher } from "../../src/display/cursor.ts";
import type { CursorImage } from "../../src/protocol/cursor_message.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { type CursorLooks, CursorWindow } from "../support/cursor_window.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { RealSeat } from "../support/real_seat.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

const ARGS = ["--audio", "off", "--size", "640x480", "--resize", "off", "--", "sleep", "900"];
const RED: CursorLooks = { colour: 0xff0000, size: 16, hotX: 11, hotY: 5 };
const GREEN: CursorLooks = { colour: 0x00ff00, size: 24, hotX: 2, hotY: 20 };

/** Where they are more than one, images have to be made to fit whole CSS pixels. */
const PIXEL_RATIOS = { chromium: [1, 2], firefox: [2] } as const;

for (const browser of BROWSERS) {
  for (const pixelRatio of PIXEL_RATIOS[browser]) {
    Deno.test(`the browser's own pointer looks as programs want it, ${pixelRatio} pixels wide, in ${browser}`, async (test) => {
      await using seat = await RealSeat.take({
        browser,
        pixelRatio,
        width: 900,
        height: 700,
        // What a desktop of such a screen sets: Firefox gives the X server larger pointers only then.
        ...browser === "firefox" && {
          env: { GDK_SCALE: `${pixelRatio}` },
          preferences: { "layout.css.devPixelsPerPx": "-1.0" },
        },
      });
      await using skerry = await SkerryProcess.start({ args: ARGS });
      const desktop = await DesktopPage.open(seat.browser, skerry.url);
      await using remote = await RemoteDesktop.of(skerry.pid);
      await using area = await CursorWindow.open(remote.connection);
      let seen: CursorImage | undefined;
      await using _watcher = await CursorWatcher.open(seat.connection, {
        oncursor: (image) => seen = image,
      });
      const { left, top } = await desktop.canvas();
      const bars = await desktop.page.evaluate(() => outerHeight - innerHeight);
      await seat.move(
        Math.round((left + 50) * pixelRatio),
        Math.round((top + 50 + bars) * pixelRatio),
      );
      const shows = async (looks: CursorLooks) => {
        await until(
          () => `the pointer looks like ${JSON.stringify(looks)}, not ${describe(seen)}`,
          () => seen !== undefined && agrees(seen, looks),
        );
      };
      for (const looks of [RED, GREEN, { ...RED, size: 48 }]) {
        await test.step(`a square of ${looks.size} pixels`, async () => {
          await area.use(looks);
          await shows(looks);
        });
      }
      await test.step("none", async () => {
        await area.hide();
        await until("nothing is seen", () => seen?.width === 0);
      });
      await test.step("one after the other, without an end", async () => {
        await area.animate([RED, GREEN], 60);
        for (const looks of [RED, GREEN, RED]) await shows(looks);
      });
      assert.deepEqual(seat.browser.log, []);
    });
  }

  Deno.test(`who does not move the pointer sees where it is, in ${browser}`, async (test) => {
    await using skerry = await SkerryProcess.start({ args: ARGS });
    await using first = await TestBrowser.launch(browser);
    const owner = await DesktopPage.open(first, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    await using area = await CursorWindow.open(remote.connection);
    await area.use(RED);
    await owner.moveTo(300, 200);

    await openSection(owner.page, "viewers");
    const invite = inSection("viewers", "[data-invite=view]");
    await (await owner.page.waitForSelector(invite))!.click();
    const field = await owner.page.waitForSelector(inSection("viewers", "input[readonly]"));
    const link = await field!.evaluate((element) => (element as HTMLInputElement).value);
    await closePanel(owner.page);
    await using second = await TestBrowser.launch(browser);
    const guest = await DesktopPage.at(second, await second.open(withDebug(link)));

    await test.step("who watches, from the start", async () => {
      await drawn(guest, { x: 300, y: 200 });
      const { height, rgba, width } = await guest.screenshot();
      const point = await guest.point(300, 200);
      const at = (Math.floor(point.y) * width + Math.floor(point.x)) * 4;
      assert.ok(height > 0 && rgba[at]! > 200 && rgba[at + 1]! < 60, "it is red there");
      // A hand that does nothing has no pointer of the desktop's.
      await guest.moveTo(100, 100);
      assert.equal(await style(guest.page), "");
      await drawn(guest, { x: 300, y: 200 });
    });

    await test.step("while another moves it, or a program", async () => {
      await owner.moveTo(420, 310);
      await drawn(guest, { x: 420, y: 310 });
      remote.connection.client.WarpPointer(0, remote.connection.root, 0, 0, 0, 0, 40, 50);
      await remote.connection.sync();
      await drawn(guest, { x: 40, y: 50 });
      await area.hide();
      await until("it is gone", async () => await place(guest.page) === undefined);
      await area.use(RED);
      await drawn(guest, { x: 40, y: 50 });
    });

    await test.step("and the one who moves it has but the browser's own", async () => {
      assert.equal(await place(owner.page), undefined);
      assert.notEqual(await style(owner.page), "");
    });

    await test.step("until somebody else takes it", async () => {
      await openSection(owner.page, "viewers");
      const give = inSection("viewers", "li:nth-child(2) button[data-viewer]");
      await (await owner.page.waitForSelector(give))!.click();
      await until("it has control", async () => (await guest.phase("live")).role === "control");
      await closePanel(owner.page);
      await guest.moveTo(200, 220);
      await drawn(owner, { x: 200, y: 220 });
      await until("it is the browser's own", async () => await place(guest.page) === undefined);
      assert.notEqual(await style(guest.page), "");
    });
    assert.deepEqual([...first.log, ...second.log], []);
  });
}

/** Whether an image is a square of one colour, and has its hot spot there. */
function agrees({ height, hotX, hotY, rgba, width }: CursorImage, looks: CursorLooks): boolean {
  const { colour, size } = looks;
  // A server may make it larger than its square.
  const opaque = (x: number, y: number) => rgba[(y * width + x) * 4 + 3]! > 127;
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (!opaque(x, y)) continue;
      [left, top] = [Math.min(left, x), Math.min(top, y)];
      [right, bottom] = [Math.max(right, x), Math.max(bottom, y)];
    }
  }
  if (right - left + 1 !== size || bottom - top + 1 !== size) return false;
  const middle = ((top + (size >> 1)) * width + left + (size >> 1)) * 4;
  const channels = [16, 8, 0].map((bits) => colour >> bits & 0xff);
  return channels.every((value, i) => Math.abs(value - rgba[middle + i]!) < 8) &&
    hotX - left === looks.hotX && hotY - top === looks.hotY;
}

function describe(image: CursorImage | undefined): string {
  return image === undefined
    ? "nothing"
    : `${image.width}x${image.height}, hot ${image.hotX},${image.hotY}`;
}

/** What the browser is asked to show as its pointer over the picture. */
function style(page: Page): Promise<string> {
  return page.$eval("#picture", (canvas) => (canvas as HTMLElement).style.cursor);
}

/** Where the drawn pointer's image is on the page; undefined if there is none. */
function place(page: Page): Promise<{ left: number; top: number } | undefined> {
  return page.$eval("#pointer", (image) => {
    if ((image as HTMLElement).hidden) return undefined;
    const { left, top } = image.getBoundingClientRect();
    return { left, top };
  });
}

/** Waits until the pointer is drawn with its hot spot on a pixel of the desktop. */
async function drawn(desktop: DesktopPage, at: { x: number; y: number }): Promise<void> {
  const point = await desktop.point(at.x, at.y);
  let seen: { left: number; top: number } | undefined;
  await until(
    () => `the pointer is drawn at ${JSON.stringify(at)}; it is at ${JSON.stringify(seen)}`,
    async () => {
      seen = await place(desktop.page);
      return seen !== undefined && Math.abs(seen.left + RED.hotX - point.x) <= 1 &&
        Math.abs(seen.top + RED.hotY - point.y) <= 1;
    },
  );
}
