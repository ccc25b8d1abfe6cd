import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { psnr } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { setViewport } from "../support/viewport.ts";

const SIZE = { width: 800, height: 600 };

/**
 * Pages by their size in CSS pixels and device pixels for one of them; page zoom is that ratio too.
 * On some the picture is shown pixel for pixel, on others smaller.
 */
const VIEWS = [
  { width: 800, height: 600, deviceScaleFactor: 1, exact: true },
  { width: 1021, height: 707, deviceScaleFactor: 1, exact: true },
  { width: 500, height: 640, deviceScaleFactor: 1, exact: false },
  { width: 701, height: 501, deviceScaleFactor: 1.25, exact: true },
  { width: 640, height: 480, deviceScaleFactor: 1.5, exact: true },
  { width: 611, height: 433, deviceScaleFactor: 2, exact: true },
  { width: 390, height: 664, deviceScaleFactor: 1.5, exact: false },
];

/** Places on the picture, as parts of its width and height: the corners, and some between. */
const PLACES = [[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.5], [0.154, 0.763], [
  0.877,
  0.056,
]] as const;

type Place = readonly [number, number];

for (const name of BROWSERS) {
  Deno.test(`the pointer in the page is the pointer of the desktop, in ${name}`, async (test) => {
    await using resources = new AsyncDisposableStack();
    const size = `${SIZE.width}x${SIZE.height}`;
    const lines = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; done; exec sleep 1000";
    const command = ["--", "xterm", "-geometry", "50x12", "-sl", "500", "-e", "sh", "-c", lines];
    const skerry = resources.use(
      await SkerryProcess.start({ args: ["--resize", "off", "--size", size, ...command] }),
    );
    const browser = resources.use(await TestBrowser.launch(name));
    const desktop = await DesktopPage.open(browser, skerry.url);
    const remote = resources.use(await RemoteDesktop.of(skerry.pid));
    const { mouse } = desktop.page;
    const window = await remote.window();

    await test.step("a window is dragged by its title bar", async () => {
      const grip = { x: window.x + Math.round(window.width / 2), y: window.y - 8 };
      await desktop.moveTo(grip.x, grip.y);
      await mouse.down();
      // As a hand does, little by little: a window manager moves nothing if the button is up again
      // before it has seen the second motion.
      let way = 0;
      await until("the window moves", async () => {
        await desktop.moveTo(grip.x + Math.min(90, way += 9), grip.y + 20);
        return (await remote.window()).x !== window.x;
      });
      await desktop.moveTo(grip.x + 97, grip.y + 61);
      await mouse.up();
      const wanted = { x: window.x + 97, y: window.y + 61 };
      let moved = window;
      await until(
        () => `the window is at ${JSON.stringify(wanted)}; it is at ${moved.x}, ${moved.y}`,
        async () => {
          moved = await remote.window();
          return moved.x === wanted.x && moved.y === wanted.y;
        },
      );
    });

    await test.step("the wheel scrolls, and scrolls back", async () => {
      const { x, y, height, width } = await remote.window();
      await desktop.moveTo(x + Math.round(width / 2), y + Math.round(height / 2));
      const before = await remote.screenshot();
      await mouse.wheel({ deltaY: -300 });
      await until(
        "the terminal shows other lines",
        async () => psnr(before, await remote.screenshot()) < 40,
      );
      await mouse.wheel({ deltaY: 300 });
      await until(
        "the terminal shows its last lines",
        async () => psnr(before, await remote.screenshot()) === Infinity,
      );
    });

    await test.step("clicks land on the pixel under them, at any zoom and pixel ratio", async () => {
      await using target = await EventWindow.open(remote.connection);
      for (const { exact, ...view } of VIEWS) {
        await setViewport(desktop.page, view);
        await laidOut(desktop, view, exact);
        for (const place of PLACES) await hit(desktop, target, place);
      }
    });

    await test.step("buttons, and notches of the wheel, come one by one", async () => {
      await using target = await EventWindow.open(remote.connection);
      await setViewport(desktop.page, { ...SIZE, deviceScaleFactor: 1 });
      await laidOut(desktop, { ...SIZE, deviceScaleFactor: 1 }, true);
      await mouse.move(300, 200);
      for (const [button, number] of [["left", 1], ["middle", 2], ["right", 3]] as const) {
        await mouse.down({ button });
        await target.saw("ButtonPress", { detail: number, x: 300, y: 200 });
        await mouse.up({ button });
        await target.saw("ButtonRelease", { detail: number, x: 300, y: 200 });
      }
      const count = (detail: number) =>
        target.events.filter((event) => event.name === "ButtonPress" && event.detail === detail)
          .length;
      for (let i = 0; i < 3; i++) await mouse.wheel({ deltaY: 120 });
      await mouse.wheel({ deltaX: 120 });
      await target.saw("ButtonPress", { detail: 7 });
      assert.ok(count(5) >= 3 && count(5) <= 4, `${count(5)} notches down`);
      assert.equal(count(4), 0);
      assert.equal((await remote.pointer()).mask, 0);
    });
    assert.deepEqual(browser.log, []);
  });
}

/** Waits until the page has taken to a new size. */
async function laidOut(
  desktop: DesktopPage,
  view: { width: number; height: number; deviceScaleFactor: number },
  exact: boolean,
): Promise<void> {
  const wanted = exact
    ? SIZE.width / view.deviceScaleFactor
    : Math.min(view.width, view.height * SIZE.width / SIZE.height);
  let last: unknown;
  await until(
    () => `the picture is ${wanted} wide in ${JSON.stringify([view, last])}`,
    async () => {
      const ratio = await desktop.page.evaluate(() => devicePixelRatio);
      const { height, left, top, width } = await desktop.canvas();
      last = { ratio, height, left, top, width };
      return Math.abs(ratio - view.deviceScaleFactor) < 0.01 && Math.abs(width - wanted) < 0.1 &&
        Math.abs(left + width / 2 - view.width / 2) <= 1 &&
        Math.abs(top + height / 2 - view.height / 2) <= 1;
    },
  );
}

/** Clicks on a part of the picture, where the page's layout has it. */
async function hit(desktop: DesktopPage, target: EventWindow, place: Place): Promise<void> {
  const { left, top, width, remoteWidth } = await desktop.canvas();
  const scale = remoteWidth / width;
  const at = await pointAt(desktop, place);
  // Not so near to the next pixel that a browser's rounding could tip it over.
  const near = (position: number) => (position * scale + 0.01) % 1 > 0.9;
  if (near(at.x - left)) at.x += place[0] > 0.5 ? -1 : 1;
  if (near(at.y - top)) at.y += place[1] > 0.5 ? -1 : 1;
  await desktop.page.mouse.click(at.x, at.y);
  const pixel = (position: number) => Math.floor(position * scale + 0.01);
  const wanted = { detail: 1, x: pixel(at.x - left), y: pixel(at.y - top) };
  await target.saw("ButtonRelease", wanted);
}

/** A point of the picture in whole CSS pixels: drivers of Firefox move the mouse by those. */
async function pointAt(desktop: DesktopPage, [across, down]: Place) {
  const { height, left, top, width } = await desktop.canvas();
  const whole = (start: number, length: number, part: number) =>
    Math.min(
      Math.max(Math.round(start + length * part), Math.ceil(start)),
      Math.ceil(start + length) - 1,
    );
  return { x: whole(left, width, across), y: whole(top, height, down) };
}
