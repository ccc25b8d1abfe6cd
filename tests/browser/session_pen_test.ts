import assert from "node:assert/strict";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";

/** The X protocol's mask of the first button. */
const BUTTON_1 = 0x100;

Deno.test("a pen draws as the pointer does, and it is said that its pressure is lost", async (test) => {
  await using skerry = await SkerryProcess.start({
    args: ["--audio", "off", "--size", "640x480", "--resize", "off", "--", "sleep", "900"],
  });
  // Firefox's driver has no pens.
  await using browser = await TestBrowser.launch("chromium");
  const desktop = await DesktopPage.open(browser, skerry.url);
  const { page } = desktop;
  await using remote = await RemoteDesktop.of(skerry.pid);
  await using target = await EventWindow.open(remote.connection);
  const session = await page.createCDPSession();
  const pen = async (type: "mousePressed" | "mouseMoved" | "mouseReleased", at: number) => {
    const { x, y } = await desktop.point(at, 100 + at / 2);
    const down = type !== "mouseReleased";
    await session.send("Input.dispatchMouseEvent", {
      type,
      x,
      y,
      button: "left",
      buttons: down ? 1 : 0,
      clickCount: 1,
      pointerType: "pen",
      force: down ? 0.3 : 0,
    });
  };

  await test.step("nothing is said of it to those who have none", async () => {
    await desktop.click(50, 50);
    await target.saw("ButtonRelease", { detail: 1 });
    await openSection(page, "picture");
    await page.waitForSelector(inSection("picture", "[data-full-screen]"));
    assert.equal(await page.$(inSection("picture", "#pen")), null);
    await closePanel(page);
  });

  await test.step("it presses the first button, draws and lets go", async () => {
    target.events.length = 0;
    await pen("mousePressed", 100);
    await target.saw("ButtonPress", { detail: 1, x: 100, y: 150 });
    await pen("mouseMoved", 200);
    await target.saw("MotionNotify", { x: 200, y: 200, state: BUTTON_1 });
    await pen("mouseReleased", 200);
    await target.saw("ButtonRelease", { detail: 1, x: 200, y: 200 });
  });

  await test.step("the panel says then why its pressure is lost", async () => {
    await openSection(page, "picture");
    const hint = await page.waitForSelector(inSection("picture", "#pen"));
    assert.match(await hint!.evaluate((element) => element.textContent ?? ""), /pressure/);
  });
  assert.deepEqual(browser.log, []);
});
