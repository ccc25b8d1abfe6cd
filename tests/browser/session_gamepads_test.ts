import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { plugFakeGamepad } from "../support/fake_gamepad.ts";
import { inSection, openSection } from "../support/panel.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";
import { probeGamepads } from "../../src/gamepads/virtual_gamepad.ts";

const ARGS = ["--audio", "off", "--size", "640x480", "--", "sleep", "900"];
const NAME = "Microsoft X-Box 360 pad";

/** The event file of the kernel's newest gamepad of ours; undefined without one. */
async function kernelPad(): Promise<string | undefined> {
  const devices = (await Deno.readTextFile("/proc/bus/input/devices").catch(() => ""))
    .split("\n\n");
  const device = devices.findLast((text) => text.includes(`Name="${NAME}"`));
  return /\bevent\d+/.exec(device ?? "")?.[0];
}

for (const name of BROWSERS) {
  Deno.test(`the panel says what becomes of gamepads, and plugs them in where that is possible, in ${name}`, async (test) => {
    const support = probeGamepads();
    await using browser = await TestBrowser.launch(name);

    await test.step(`where this system's uinput is ${support}`, async () => {
      await using skerry = await SkerryProcess.start({ args: ARGS });
      const page = await browser.newPage();
      await page.evaluateOnNewDocument(plugFakeGamepad);
      await page.goto(withDebug(skerry.url));
      await DesktopPage.at(browser, page);
      await page.evaluate(() => dispatchEvent(new Event("gamepadconnected")));
      await openSection(page, "gamepads");
      const status = await page.waitForSelector(inSection("gamepads", "[role=status]"));
      const says = () => status!.evaluate((element) => element.textContent ?? "");
      const words = { ready: /Plugged in/, missing: /no uinput/, denied: /may not write/ }[support];
      await until("it is said", async () => words.test(await says()));
      // Which there are is shown in any case.
      const item = await page.waitForSelector(inSection("gamepads", "li"));
      assert.equal(await item!.evaluate((li) => li.textContent), "1: A pad of the test");
      if (support === "ready") {
        await until("the kernel has it", async () => await kernelPad() !== undefined);
      } else {
        assert.equal(await kernelPad(), undefined);
      }
      await page.close();
      if (support === "ready") {
        await until("the kernel has none", async () => await kernelPad() === undefined);
      }
    });

    await test.step("where they are not wanted", async () => {
      await using skerry = await SkerryProcess.start({ args: ["--gamepads", "off", ...ARGS] });
      const { page } = await DesktopPage.open(browser, skerry.url);
      await openSection(page, "gamepads");
      const status = await page.waitForSelector(inSection("gamepads", "[role=status]"));
      await until(
        "it is said",
        async () => /gives its programs no/.test((await status!.evaluate((e) => e.textContent))!),
      );
      await page.close();
    });
    assert.deepEqual(browser.log, []);
  });
}
