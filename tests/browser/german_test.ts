import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { de } from "../../web/strings/de.ts";
import { accessibilityFaults } from "../support/accessibility.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { closePanel, openSection, sectionIds } from "../support/panel.ts";
import { settled } from "../support/settled.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

/** Waits for the card over the picture to say something, and gives all that it says. */
async function card(page: Page, title: string): Promise<string> {
  let said = "";
  return await until(() => `the page says "${title}"; it says "${said}"`, async () => {
    const card = await page.$("skerry-shell >>> skerry-status >>> .card");
    said = await card?.evaluate((element) => element.textContent ?? "") ?? "";
    return said.includes(title) && said.replaceAll(/\s+/g, " ");
  }, 30_000);
}

for (const name of BROWSERS) {
  Deno.test(`a browser in German has the page in German, and what is wrong, in ${name}`, async (t) => {
    const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
    await using resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    const program = `until [ -e ${folder}/end ]; do sleep 0.1; done`;
    const skerry = resources.use(
      await SkerryProcess.start({ args: ["--transport", "websocket", "--", "sh", "-c", program] }),
    );
    const browser = resources.use(
      await TestBrowser.launch(name, {
        args: ["--lang=de", "--accept-lang=de"],
        preferences: { "intl.accept_languages": "de" },
      }),
    );
    const { page } = await DesktopPage.open(browser, skerry.url);

    await t.step("its sections have German names, and axe finds nothing wrong", async () => {
      assert.equal(await page.evaluate(() => document.documentElement.lang), "de");
      await openSection(page, "files");
      const titles: Readonly<Record<string, string>> = Object.fromEntries(
        Object.entries(de).flatMap(([id, words]) =>
          typeof words === "object" && "title" in words ? [[id, words.title]] : []
        ),
      );
      const ids = await sectionIds(page);
      assert.ok(ids.includes("picture") && ids.includes("viewers"), ids.join());
      const names = await page.$$eval(
        "skerry-shell >>> skerry-panel >>> [data-section]",
        (tabs) =>
          tabs.map((tab) => tab.getAttribute("aria-label") ?? tab.textContent?.trim() ?? ""),
      );
      assert.deepEqual(names, ids.map((id) => titles[id]));
      await settled(page);
      assert.deepEqual(await accessibilityFaults(page), []);
      await closePanel(page);
    });

    await t.step("a transport that is not offered is told with what to do", async () => {
      const address = new URL(withDebug(skerry.url));
      address.searchParams.set("transport", "webtransport");
      const other = await browser.open(address.href);
      const said = await card(other, de.failure["transport-not-offered"]!);
      assert.ok(said.includes(de.help["transport-not-offered"]!), said);
      const button = await other.waitForSelector("skerry-shell >>> skerry-status >>> button");
      await Promise.all([other.waitForNavigation(), button!.click()]);
      await DesktopPage.at(browser, other);
      await other.close();
    });

    assert.deepEqual(browser.log, []);

    await t.step(
      "the end of the program is told as the session's, also while nobody answers",
      async () => {
        await page.evaluate(() => {
          const status = document.querySelector("skerry-shell")!.shadowRoot!
            .querySelector("skerry-status")!.shadowRoot!;
          const said: string[] = [];
          Object.assign(globalThis, { said });
          new MutationObserver(() =>
            said.push(status.querySelector('[role="status"]')?.textContent ?? "")
          ).observe(status, { subtree: true, childList: true, characterData: true });
        });
        await Deno.writeTextFile(`${folder}/end`, "");
        const said = await card(page, de.failure.ended);
        assert.ok(said.includes(de.help.ended), said);
        await skerry.exited;
        const after = await until("the page has tried to reach it again, twice", async () => {
          const texts = await page.evaluate(() =>
            (globalThis as unknown as { said: string[] }).said
          );
          const tries = texts.filter((text) => text.includes(de.status.reconnecting)).length;
          return tries >= 3 && texts;
        }, 30_000);
        assert.ok(!after.some((text) => text.includes(de.failure.unreachable)), after.join("\n"));
        await card(page, de.failure.ended);
      },
    );
  });
}
