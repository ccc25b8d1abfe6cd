import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { closePanel, inSection, openSection, sectionIds } from "../support/panel.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";

for (const name of BROWSERS) {
  Deno.test(`a desktop is shared by a link, handed over and taken back, in ${name}`, async (test) => {
    await using typed = await TypedFile.create();
    await using skerry = await SkerryProcess.start({
      args: ["--files", "off", ...typed.command()],
    });
    await using browser = await TestBrowser.launch(name);
    const owner = await DesktopPage.open(browser, skerry.url);
    await typed.ready();
    await using remote = await RemoteDesktop.of(skerry.pid);
    await remote.window();
    const press = async (page: Page, selector: string) => {
      await (await page.waitForSelector(inSection("viewers", selector)))!.click();
    };
    await using guestBrowser = await TestBrowser.launch(name);

    await openSection(owner.page, "viewers");
    await press(owner.page, "[data-invite=view]");
    const field = await owner.page.waitForSelector(inSection("viewers", "input[readonly]"));
    const link = await field!.evaluate((element) => (element as HTMLInputElement).value);
    assert.notEqual(link, skerry.url);
    const guest = await DesktopPage.at(guestBrowser, await guestBrowser.open(withDebug(link)));

    await test.step("who comes by the link watches", async () => {
      assert.equal((await guest.phase("live")).role, "view");
      await guest.click(100, 100);
      await guest.page.keyboard.type("not me");
      await closePanel(owner.page);
      await owner.page.keyboard.type("a");
      await typed.holds("a");
      await openSection(guest.page, "viewers");
      await guest.page.waitForSelector(inSection("viewers", "li:nth-child(2)"));
      assert.equal(await guest.page.$(inSection("viewers", "button")), null);
      await closePanel(guest.page);
    });

    const give = async (role: "control" | "view") => {
      await openSection(owner.page, "viewers");
      await press(owner.page, "li:nth-child(2) button[data-viewer]");
      await until(
        `the guest may ${role}`,
        async () => (await guest.phase("live")).role === role,
      );
      await closePanel(owner.page);
    };

    await test.step("with the control, it types; what it typed before does not come", async () => {
      await give("control");
      await guest.page.keyboard.type("b");
      await typed.holds("ab");
    });

    await test.step("without it, it does not", async () => {
      await give("view");
      await guest.page.keyboard.type("not me");
      await owner.page.keyboard.type("c");
      await typed.holds("abc");
    });

    await test.step("and is out once the link is taken back", async () => {
      await openSection(owner.page, "viewers");
      await press(owner.page, "[data-revoke]");
      await guest.phase("sign-in");
      await until(
        "only one is left",
        async () => (await owner.page.$$(inSection("viewers", "[data-viewer]"))).length === 1,
      );
      await closePanel(owner.page);
      await owner.page.keyboard.type("d");
      await typed.holds("abcd");
    });

    await test.step("who comes by a link to control types at once, and is listed with how", async () => {
      await openSection(owner.page, "viewers");
      await press(owner.page, "[data-invite=control]");
      const field = await owner.page.waitForSelector(inSection("viewers", "input[readonly]"));
      const link = await field!.evaluate((element) => (element as HTMLInputElement).value);
      const helper = await DesktopPage.at(guestBrowser, await guestBrowser.open(withDebug(link)));
      assert.equal((await helper.phase("live")).role, "control");
      await helper.page.keyboard.type("e");
      await typed.holds("abcde");
      let details = "";
      await until(
        () => `it is listed with all that there is to say; there is "${details}"`,
        async () => {
          const row = await owner.page.$(inSection("viewers", "li:nth-child(2) .hint"));
          details = (await row?.evaluate((element) => element.textContent ?? "") ?? "")
            .replaceAll("\u00a0", " ");
          return /^controls · (WebSocket|WebTransport) · [\d.]+ ms · by link \S+$/.test(details);
        },
      );
      await helper.page.close();
    });

    await test.step("the owner gives the own control up, and takes it back", async () => {
      const own = async (role: "control" | "view") => {
        await openSection(owner.page, "viewers");
        const label = role === "view" ? "Give control up" : "Take control";
        await press(owner.page, `li:nth-child(1) button[aria-label^="${label}"]`);
        await until(
          `the owner may ${role}`,
          async () => (await owner.phase("live")).role === role,
        );
        await closePanel(owner.page);
      };
      await own("view");
      await owner.page.keyboard.type("not me");
      await own("control");
      await owner.page.keyboard.type("f");
      await typed.holds("abcdef");
    });

    await test.step("without a directory for files, there is nothing about them", async () => {
      await openSection(owner.page, "viewers");
      const ids = await sectionIds(owner.page);
      assert.ok(ids.includes("viewers") && !ids.includes("files"), ids.join());
    });
    assert.deepEqual(browser.log, []);
  });
}
