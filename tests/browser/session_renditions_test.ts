import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { withDecoder } from "../support/insecure_page.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { psnr } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

const COLOURS = [0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0x00ffff, 0xff00ff, 0x808080, 0xffffff];
/** Decibels from which on nobody sees a difference. */
const WANTED = 35;

/** How a page decodes, and of what kind its pictures are. */
const PAGES = [
  { decoder: "webcodecs", codec: /^(avc1|vp|av01)/ },
  { decoder: "wasm", codec: /^avc1\.42c/ },
  { decoder: "jpeg", codec: /^jpeg$/ },
] as const;

for (const name of BROWSERS) {
  Deno.test(`pages that decode different things show the same desktop at once, in ${name}`, async () => {
    const args = ["--audio", "off", "--size", "640x400", "--", "sleep", "1000"];
    await using skerry = await SkerryProcess.start({ args });
    await using browser = await TestBrowser.launch(name);
    await using remote = await RemoteDesktop.of(skerry.pid);
    const pages: DesktopPage[] = [];
    for (const { decoder } of PAGES) {
      pages.push(await DesktopPage.open(browser, withDecoder(skerry.url, decoder)));
    }
    await using areas = await EventWindow.open(remote.connection);
    for (const colours of [COLOURS, COLOURS.toReversed()]) {
      await areas.fill(colours);
      const screen = await remote.screenshot();
      for (const [index, { decoder, codec }] of PAGES.entries()) {
        const page = pages[index]!;
        let seen = "";
        await until(() => `${decoder} shows the screen: ${seen}`, async () => {
          const decibels = psnr(screen, await page.picture());
          const statistics = await page.statistics();
          seen = `${statistics.codec}, ${decibels.toFixed(1)} dB`;
          return codec.test(statistics.codec ?? "") && decibels >= WANTED;
        });
        // A click lands where it is made; Firefox takes whole CSS pixels.
        areas.events.length = 0;
        await page.click(123, 45);
        const { x, y } = await areas.saw("ButtonPress", { detail: 1 });
        assert.ok(Math.abs(x - 123) <= 1 && Math.abs(y - 45) <= 1, `${decoder}: ${x},${y}`);
      }
    }
    const states = await Promise.all(pages.map((page) => page.state()));
    assert.deepEqual(states.map((state) => state?.phase), ["live", "live", "live"]);
    // Each has signed in, and all tabs share the last one's cookie.
    for (const page of pages) {
      await until("each page has a path in reserve", async () => {
        const { routes } = await page.statistics();
        return routes.some(({ state }) => state === "standby");
      });
    }
  });

  Deno.test(`codec and bit rate change from the page's settings in mid-session, in ${name}`, async () => {
    const args = ["--audio", "off", "--size", "640x400", "--", "sleep", "1000"];
    await using skerry = await SkerryProcess.start({ args });
    await using browser = await TestBrowser.launch(name);
    await using remote = await RemoteDesktop.of(skerry.pid);
    const desktop = await DesktopPage.open(browser, skerry.url);
    const { page } = desktop;
    await page.evaluate(() => Object.assign(globalThis, { loadedOnce: true }));
    await using areas = await EventWindow.open(remote.connection);
    const choose = async (id: string, value: string) => {
      const option = inSection("picture", `#${id} option[value="${value}"]`);
      // The server says what may be chosen.
      await page.waitForSelector(option);
      await (await page.$(inSection("picture", `#${id}`)))!.select(value);
    };
    for (const [codec, bitrate, string] of [["vp8", "2000", "vp8"], ["h264", "4000", "avc1"]]) {
      await openSection(page, "picture");
      await choose("codec", codec!);
      await choose("bitrate", bitrate!);
      await until("the page says what is encoded", () =>
        page.$eval(
          inSection("picture", ".group ~ .hint[role=status]"),
          (hint, rate) => hint.textContent.includes(rate),
          `up to ${(Number(bitrate) / 1000).toFixed(1)} Mbit/s`,
        ));
      await closePanel(page);
      await areas.fill(codec === "vp8" ? COLOURS : COLOURS.toReversed());
      const screen = await remote.screenshot();
      let seen = "";
      await until(() => `it shows the screen by ${codec}: ${seen}`, async () => {
        const decibels = psnr(screen, await desktop.picture());
        const statistics = await desktop.statistics();
        seen = `${statistics.codec}, ${decibels.toFixed(1)} dB`;
        return statistics.codec?.startsWith(string!) && decibels >= WANTED;
      });
    }
    assert.equal(await page.evaluate(() => "loadedOnce" in globalThis), true, "It was reloaded.");
    assert.equal((await desktop.state())?.phase, "live");
  });
}
