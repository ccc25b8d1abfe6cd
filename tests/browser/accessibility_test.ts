import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { accessibilityFaults } from "../support/accessibility.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { connectionScenes, desktopScenes, signInScenes } from "../support/page_scenes.ts";
import { isOpen, openSection, sectionIds } from "../support/panel.ts";
import { settled } from "../support/settled.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

const SIZES = {
  desktop: { width: 1024, height: 768 },
  phone: { width: 360, height: 640, hasTouch: true, isMobile: true },
} as const;

Deno.test("axe finds nothing wrong with anything that the page can look like, light or dark, large or small", async (test) => {
  const shared = await Deno.makeTempDir({ prefix: "skerry-test-" });
  await using resources = new AsyncDisposableStack();
  resources.defer(() => Deno.remove(shared, { recursive: true }));
  await Deno.mkdir(`${shared}/directory`);
  await Deno.writeTextFile(`${shared}/file.txt`, "text");
  await using skerry = await SkerryProcess.start({ args: ["--files", shared, "--", "xterm"] });
  await using browser = await TestBrowser.launch("chromium");
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const scheme of ["light", "dark"]) {
      await test.step(`${scheme}, ${size}`, async () => {
        const page = await browser.newPage();
        await page.setViewport(viewport);
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await page.goto(withDebug(skerry.url));
        await DesktopPage.at(browser, page);
        const scenes = desktopScenes();
        // What a failure looks like hangs together neither with the size nor with the scheme.
        if ((scheme === "light") === (size === "desktop")) {
          scenes.push(...connectionScenes(), ...signInScenes());
        }
        for (const { name, show } of scenes) {
          await show(page);
          await settled(page);
          assert.deepEqual(await accessibilityFaults(page), [], name);
        }
        await page.reload();
        await DesktopPage.at(browser, page);
        await openSection(page, "picture");
        const names = scenes.map(({ name }) => name.split("-")[0]);
        assert.deepEqual((await sectionIds(page)).filter((id) => !names.includes(id)), []);
        await page.evaluate(() => localStorage.clear());
        await page.close();
      });
    }
  }
  await test.step("and nothing moves for those who want it so", async () => {
    const page = await browser.newPage();
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    await page.goto(withDebug(skerry.url));
    await DesktopPage.at(browser, page);
    await openSection(page, "picture");
    assert.deepEqual(await longestMotions(page), []);
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "no-preference" }]);
    assert.notDeepEqual(await longestMotions(page), [], "There is some otherwise.");
    await page.close();
  });
  await test.step("nor with signing in", async () => {
    const context = await browser.browser.createBrowserContext();
    const page = await context.newPage();
    await page.goto(skerry.origin);
    await page.waitForSelector("skerry-shell >>> skerry-sign-in >>> #token");
    assert.deepEqual(await accessibilityFaults(page), []);
    await context.close();
  });
  assert.deepEqual(browser.log.filter((line) => !/status of 401/.test(line)), []);
});

for (const name of BROWSERS) {
  Deno.test(`the panel works by the keyboard alone, in ${name}`, async (test) => {
    await using skerry = await SkerryProcess.start({ args: ["--", "xterm"] });
    await using browser = await TestBrowser.launch(name);
    const { page } = await DesktopPage.open(browser, skerry.url);
    const { keyboard } = page;
    const shortcut = async () => {
      for (const key of ["ControlLeft", "AltLeft", "ShiftLeft"] as const) await keyboard.down(key);
      await keyboard.press("KeyS");
      for (const key of ["ShiftLeft", "AltLeft", "ControlLeft"] as const) await keyboard.up(key);
    };

    await test.step("the shortcut opens it, and the arrow keys go from section to section", async () => {
      await shortcut();
      await until("the panel is open", () => isOpen(page));
      const ids = await sectionIds(page);
      await until("the panel has the focus", async () => await focused(page) === "dialog");
      await keyboard.press("Tab");
      await keyboard.press("Tab");
      assert.equal(await focused(page), `tab ${ids[0]}`);
      for (const id of [...ids.slice(1), ids[0]]) {
        await keyboard.press("ArrowRight");
        await until(`${id} is shown`, async () => await focused(page) === `tab ${id}`);
      }
      await keyboard.press("End");
      await until("the last is shown", async () => await focused(page) === `tab ${ids.at(-1)}`);
    });

    await test.step("the Tab key goes round in it", async () => {
      const stops = new Set<string>();
      for (let i = 0; i < 60; i++) {
        await keyboard.press("Tab");
        const stop = await focused(page);
        assert.notEqual(stop, "remote desktop");
        stops.add(stop);
      }
      assert.ok(stops.size >= 3, [...stops].join(", "));
      await keyboard.down("ShiftLeft");
      for (let i = 0; i < 10; i++) await keyboard.press("Tab");
      await keyboard.up("ShiftLeft");
      assert.notEqual(await focused(page), "remote desktop");
    });

    await test.step("Escape closes it, and the keyboard is the desktop's again", async () => {
      await keyboard.press("Escape");
      await until("the panel is closed", async () => !await isOpen(page));
      await until("keys go to it", async () => await focused(page) === "remote desktop");
      await shortcut();
      await until("the panel is open", () => isOpen(page));
      await shortcut();
      await until("the panel is closed", async () => !await isOpen(page));
      assert.equal(await focused(page), "remote desktop");
    });
    assert.deepEqual(browser.log, []);
  });
}

/** What has the focus, in a word. */
async function focused(page: Page): Promise<string> {
  return await page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (element?.id === "keyboard") return "remote desktop";
    const role = element?.getAttribute("role");
    if (role === "tab") return `tab ${element!.getAttribute("data-section")}`;
    return role ?? `${element?.localName} ${element?.id || element?.textContent?.trim()}`;
  });
}

/** What moves, or would if it changed, for longer than anybody sees. */
async function longestMotions(page: Page): Promise<string[]> {
  return await page.evaluate(() => {
    const all = (root: ParentNode): Element[] =>
      [...root.querySelectorAll("*")].flatMap((element) => [
        element,
        ...element.shadowRoot ? all(element.shadowRoot) : [],
      ]);
    const longest = (durations: string) =>
      Math.max(
        ...durations.split(",").map((each) => parseFloat(each) * (/ms$/.test(each) ? 1 : 1e3)),
      );
    return all(document).filter((element) => {
      const { animationDuration, animationName, transitionDuration } = getComputedStyle(element);
      return longest(transitionDuration) > 10 ||
        animationName !== "none" && longest(animationDuration) > 10;
    }).map(({ className, localName }) => `${localName}.${className}`);
  });
}
