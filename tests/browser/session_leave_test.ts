import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { setViewport } from "../support/viewport.ts";

const SIZE = { width: 800, height: 600 };
const OTHER = { width: 720, height: 520 };

for (const name of BROWSERS) {
  Deno.test(`a page says goodbye when it is left, in ${name}`, async (t) => {
    await using skerry = await SkerryProcess.start({
      args: ["--base-path", "/desk/ada", "--", "xterm"],
    });
    await using browser = await TestBrowser.launch(name, { viewport: SIZE });
    const { page } = await DesktopPage.open(browser, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    const size = ({ height, width }: typeof SIZE) =>
      until(`the screen has ${width}x${height}`, async () => {
        const screen = await remote.screenshot();
        return screen.width === width && screen.height === height;
      });
    const listed = async (page: Page, count: number) => {
      // Where it is hidden, nothing slides.
      await page.bringToFront();
      await openSection(page, "viewers");
      const rows = inSection("viewers", "li");
      let now = 0;
      await until(
        () => `${count} are listed; there are ${now}\n${skerry.stderr}`,
        async () => (now = (await page.$$(rows)).length) === count,
      );
      await closePanel(page);
    };
    await size(SIZE);
    const { id } = await remote.window();

    await t.step("a window that is closed is not listed any more", async () => {
      const address = new URL(withDebug(page.url()));
      // Whose end is not seen without a goodbye: it might come back.
      address.searchParams.set("transport", "webtransport");
      const other = await DesktopPage.open(browser, address.href);
      await listed(page, 2);
      await other.page.close();
      await listed(page, 1);
    });

    await t.step("a reload goes on, as one viewer, with the same windows", async () => {
      await page.reload();
      await DesktopPage.at(browser, page);
      await listed(page, 1);
      await size(SIZE);
      assert.equal((await remote.window()).id, id);
    });

    await t.step("a page that comes back with another size gets that", async () => {
      const address = page.url();
      await page.goto("about:blank");
      await setViewport(page, OTHER);
      await page.goto(address);
      await DesktopPage.at(browser, page);
      await size(OTHER);
      await listed(page, 1);
    });

    // Chromium has kept it as it was, Firefox loads it anew.
    await t.step("and one that is gone back to goes on", async () => {
      await page.goto("about:blank");
      await page.goBack();
      await DesktopPage.at(browser, page);
      await listed(page, 1);
      assert.equal((await remote.window()).id, id);
    });
    assert.deepEqual(browser.log, []);
  });
}
