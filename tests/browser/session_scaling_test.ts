import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { cropped, type Picture } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { setViewport } from "../support/viewport.ts";

const SIZE = { width: 320, height: 200 };
/** Three times the desktop and a bit, so that filling it takes no whole number of pixels. */
const LARGE = { width: 1000, height: 700, deviceScaleFactor: 1 };
/** With less than the desktop in both directions. */
const SMALL = { width: 260, height: 160, deviceScaleFactor: 1 };

for (const name of BROWSERS) {
  Deno.test(`the picture is scaled as its user wants it, in ${name}`, async (test) => {
    await using resources = new AsyncDisposableStack();
    const size = `${SIZE.width}x${SIZE.height}`;
    const skerry = resources.use(
      await SkerryProcess.start({
        args: ["--resize", "off", "--size", size, "--", "sleep", "900"],
      }),
    );
    const browser = resources.use(await TestBrowser.launch(name, { viewport: LARGE }));
    const desktop = await DesktopPage.open(browser, skerry.url);
    const { mouse } = desktop.page;
    const remote = resources.use(await RemoteDesktop.of(skerry.pid));
    const target = resources.use(await EventWindow.open(remote.connection));
    // Without colour and on no odd pixel, so that video has the edge as the screen does.
    await target.paint(0xffffff, [[160, 0, 160, 200]]);
    await desktop.still();

    await test.step("pixel by pixel, in the middle", () => placed(desktop, 1));

    await test.step("in whole steps, of the source's colours only", async () => {
      await choose(desktop, { scaling: "integer", smoothing: "smooth" });
      await placed(desktop, 3);
      assert.equal(mixed(await shown(desktop)), 0);
    });

    await test.step("as large as the window, smooth: pixels are mixed", async () => {
      await choose(desktop, { scaling: "fit" });
      await placed(desktop, LARGE.width / SIZE.width);
      assert.ok(mixed(await shown(desktop)) > 0);
    });

    await test.step("or crisp: each is one of the source's", async () => {
      await choose(desktop, { smoothing: "crisp" });
      await placed(desktop, LARGE.width / SIZE.width);
      assert.equal(mixed(await shown(desktop)), 0);
    });

    await test.step("pixel by pixel on a smaller page: its edges are pushed", async () => {
      await choose(desktop, { scaling: "exact" });
      await setViewport(desktop.page, SMALL);
      await placed(desktop, 1);
      const [right, bottom] = [SMALL.width - SIZE.width, SMALL.height - SIZE.height];
      for (
        const [pushed, wanted] of [["right and down", [right, bottom]], ["back", [0, 0]]] as const
      ) {
        const at = pushed === "back" ? { x: 1, y: 1 } : { x: SMALL.width - 2, y: SMALL.height - 2 };
        await mouse.move(SMALL.width / 2, SMALL.height / 2);
        await mouse.move(at.x, at.y);
        let last: unknown;
        await until(
          () => `the picture is at ${wanted} for it is pushed ${pushed}; it is at ${last}`,
          async () => {
            const { left, top } = await desktop.canvas();
            last = [left, top];
            return left === wanted[0] && top === wanted[1];
          },
        );
        // The mouse has not moved since, but what is under it has.
        const under = { x: at.x - wanted[0], y: at.y - wanted[1] };
        await target.saw("MotionNotify", under);
        await mouse.click(100, 80);
        await target.saw("ButtonRelease", { detail: 1, x: 100 - wanted[0], y: 80 - wanted[1] });
      }
    });
    assert.deepEqual(browser.log, []);
  });
}

async function choose(desktop: DesktopPage, chosen: { scaling?: string; smoothing?: string }) {
  const { page } = desktop;
  await openSection(page, "picture");
  for (const [name, value] of Object.entries(chosen)) {
    const radio = inSection("picture", `input[name=${name}][value=${value}]`);
    await (await page.waitForSelector(radio))!.click();
  }
  await closePanel(page);
  // Away from the panel's handle, and from the edge that is looked at.
  await page.mouse.move(5, 5);
}

/** Waits until the picture is so many times as large as the desktop, in the middle of the page. */
async function placed(desktop: DesktopPage, scale: number): Promise<void> {
  let last: unknown;
  await until(
    () =>
      `the picture is ${scale} times as large, and in the middle; it is ${JSON.stringify(last)}`,
    async () => {
      const { height, left, top, width } = await desktop.canvas();
      const room = await desktop.page.evaluate(() => [innerWidth, innerHeight] as const);
      last = { height, left, room, top, width };
      return Math.abs(width - SIZE.width * scale) < 0.01 &&
        Math.abs(height - SIZE.height * scale) < 0.01 &&
        Math.abs(left + width / 2 - room[0] / 2) <= 1 &&
        Math.abs(top + height / 2 - room[1] / 2) <= 1;
    },
  );
}

/** What the browser shows around the edge, across the picture's middle. */
async function shown(desktop: DesktopPage): Promise<Picture> {
  const { height, left, top, width } = await desktop.canvas();
  const middle = { x: Math.round(left + width / 2), y: Math.round(top + height / 2) };
  return cropped(await desktop.screenshot(), {
    x: middle.x - 50,
    y: middle.y - 20,
    width: 100,
    height: 40,
  });
}

/** How many pixels are neither the dark colour nor the bright one; both must be there. */
function mixed({ rgba }: Picture): number {
  const counts = { dark: 0, bright: 0, mixed: 0 };
  for (let at = 0; at < rgba.length; at += 4) {
    const [red, green, blue] = rgba.subarray(at, at + 3) as unknown as [number, number, number];
    const [least, most] = [Math.min(red, green, blue), Math.max(red, green, blue)];
    counts[most < 25 ? "dark" : least > 230 ? "bright" : "mixed"]++;
  }
  assert.ok(counts.dark > 0 && counts.bright > 0, JSON.stringify(counts));
  return counts.mixed;
}
