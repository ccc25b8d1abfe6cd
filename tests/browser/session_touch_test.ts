import assert from "node:assert/strict";
import type { CDPSession, Page, Touchscreen } from "puppeteer-core";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { EventWindow, type RemoteEvent } from "../support/event_window.ts";
import { closePanel, inSection, openSection } from "../support/panel.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";

const PHONE = { width: 400, height: 700, hasTouch: true, isMobile: true, deviceScaleFactor: 2 };
/** The X protocol's mask of the first button. */
const BUTTON_1 = 0x100;

for (const name of BROWSERS) {
  Deno.test(`fingers click, click right and drag, in ${name}`, async (test) => {
    await using skerry = await SkerryProcess.start({
      args: ["--size", "800x600", "--resize", "off", "--", "sleep", "900"],
    });
    await using browser = await TestBrowser.launch(name, {
      viewport: name === "chromium" ? PHONE : { width: 400, height: 700 },
      preferences: { "dom.w3c_touch_events.enabled": 1 },
    });
    const desktop = await DesktopPage.open(browser, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    await using target = await EventWindow.open(remote.connection);
    const { touchscreen } = desktop.page;

    await test.step("a tap is a click", async () => {
      const point = await desktop.point(200, 150);
      await touchscreen.tap(point.x, point.y);
      const { x, y } = await target.saw("ButtonRelease", { detail: 1 });
      assert.ok(Math.abs(x - 200) <= 2 && Math.abs(y - 150) <= 2, `${x}, ${y}`);
    });

    await test.step("a long press is a right click", async () => {
      const point = await desktop.point(300, 250);
      const finger = await touchscreen.touchStart(point.x, point.y);
      const { x, y } = await target.saw("ButtonRelease", { detail: 3 });
      assert.ok(Math.abs(x - 300) <= 2 && Math.abs(y - 250) <= 2, `${x}, ${y}`);
      await finger.end();
    });

    await test.step("a finger drags", async () => {
      target.events.length = 0;
      const from = await desktop.point(100, 100);
      const to = await desktop.point(400, 300);
      const finger = await touchscreen.touchStart(from.x, from.y);
      for (let part = 0.25; part <= 1; part += 0.25) {
        await finger.move(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part);
      }
      await finger.end();
      const press = await target.saw("ButtonPress", { detail: 1 });
      const release = await target.saw("ButtonRelease", { detail: 1 });
      assert.ok(
        Math.abs(press.x - 100) <= 2 && Math.abs(press.y - 100) <= 2,
        JSON.stringify(press),
      );
      assert.ok(Math.abs(release.x - 400) <= 2, JSON.stringify(release));
    });

    // Fingers of a slow machine may be too late for what they are to mean: people try again, too.
    await test.step("a tap of two fingers is a right click", async () => {
      target.events.length = 0;
      const points = [await desktop.point(500, 200), await desktop.point(560, 210)];
      await until("it is clicked", async () => {
        await tapAll(touchscreen, points);
        return target.events.some(({ detail, name }) => name === "ButtonRelease" && detail === 3);
      });
      const { x, y } = await target.saw("ButtonPress", { detail: 3 });
      assert.ok(Math.abs(x - 500) <= 2 && Math.abs(y - 200) <= 2, `${x}, ${y}`);
      assert.ok(target.events.every(({ detail }) => detail === 0 || detail === 3));
    });

    await test.step("two taps are a double click on one pixel", async () => {
      const point = await desktop.point(600, 300);
      await until(() => `they are; there were ${JSON.stringify(target.events)}`, async () => {
        target.events.length = 0;
        await touchscreen.tap(point.x, point.y);
        await touchscreen.tap(point.x + 6, point.y + 6);
        // One that was held for too long is no tap, and clicks otherwise.
        const both = until("both have come", () => releases(target).length === 2, 2000);
        if (!await both.then(() => true, () => false)) return false;
        const [first, second] = releases(target);
        return first!.x === second!.x && first!.y === second!.y;
      });
    });

    await test.step("a tap of three fingers asks for the keyboard", async () => {
      const points = await Promise.all([100, 200, 300].map((x) => desktop.point(x, 400)));
      target.events.length = 0;
      await until("there are the keys that on-screen keyboards lack", async () => {
        await tapAll(touchscreen, points);
        const bar = desktop.page.waitForSelector("skerry-shell >>> skerry-key-bar", {
          timeout: 2000,
        });
        return await bar.then(() => true, () => false);
      });
      const mode = await desktop.page.evaluate(() =>
        (document.activeElement as HTMLElement).inputMode
      );
      assert.equal(mode, "text");
      assert.ok(target.events.every(({ detail }) => detail === 0));
    });

    await test.step("and nothing is left held down", async () => {
      assert.equal((await remote.pointer()).mask, 0);
    });
    assert.deepEqual(browser.log, []);
  });
}

Deno.test("two fingers scroll and zoom, and one moves the pointer of a trackpad", async (test) => {
  await using skerry = await SkerryProcess.start({
    args: ["--size", "800x600", "--resize", "off", "--", "sleep", "900"],
  });
  await using browser = await TestBrowser.launch("chromium");
  const page = await phonePage(browser, skerry.url);
  const desktop = await DesktopPage.at(browser, page);
  await using remote = await RemoteDesktop.of(skerry.pid);
  await using target = await EventWindow.open(remote.connection);
  const fingers = await page.createCDPSession();

  await test.step("two that move together turn the wheel", async () => {
    await slide(fingers, [[200, 400], [240, 400]], [[200, 300], [240, 300]]);
    await target.saw("ButtonPress", { detail: 5 });
    assert.equal(target.events.some(({ detail }) => detail === 4), false);
    await slide(fingers, [[200, 300], [240, 300]], [[200, 400], [240, 400]]);
    await target.saw("ButtonPress", { detail: 4 });
  });

  await test.step("two that go apart make the picture larger, and taps still hit what is seen", async () => {
    const { width } = await desktop.canvas();
    await slide(fingers, [[190, 350], [210, 350]], [[100, 350], [300, 350]]);
    await until("it is larger", async () => (await desktop.canvas()).width > 2.5 * width);
    const { left } = await desktop.canvas();
    await slide(fingers, [[200, 350], [240, 350]], [[260, 350], [300, 350]]);
    await until("it has moved", async () => (await desktop.canvas()).left > left + 30);
    target.events.length = 0;
    const point = await desktop.point(400, 300);
    await page.touchscreen.tap(point.x, point.y);
    const { x, y } = await target.saw("ButtonRelease", { detail: 1 });
    assert.ok(Math.abs(x - 400) <= 1 && Math.abs(y - 300) <= 1, `${x}, ${y}`);
    await slide(fingers, [[50, 350], [350, 350]], [[190, 350], [210, 350]]);
    await until("it is whole", async () => Math.abs((await desktop.canvas()).width - width) < 1);
  });

  await test.step("a trackpad's pointer moves by as much as the finger, and clicks where it is", async () => {
    await openSection(page, "picture");
    await (await page.waitForSelector(inSection("picture", "#trackpad")))!.click();
    await closePanel(page);
    target.events.length = 0;
    await slide(fingers, [[200, 600]], [[230, 620]]);
    await page.touchscreen.tap(300, 650);
    const { x, y } = await target.saw("ButtonRelease", { detail: 1 });
    const moved = target.events.filter(({ name }) => name === "MotionNotify");
    assert.ok(moved.some((motion) => motion.x === x && motion.y === y));
    // From the click before, to the right and down by three remote pixels for two of the page's.
    assert.ok(x > 430 && x < 540 && y > 315 && y < 400, `${x}, ${y}`);
    await page.waitForSelector("#pointer:not([hidden])");
  });

  await test.step("and drags, after a tap", async () => {
    await until(() => `it drags; there were ${JSON.stringify(target.events)}`, async () => {
      target.events.length = 0;
      await page.touchscreen.tap(200, 600);
      await slide(fingers, [[200, 600]], [[160, 590]]);
      await target.saw("ButtonRelease", { detail: 1 });
      const held = target.events.filter(({ name, state }) =>
        name === "MotionNotify" && (state & BUTTON_1) !== 0
      );
      return held.length > 1 && held[0]!.x > held.at(-1)!.x;
    });
    await until("it has let go", async () => (await remote.pointer()).mask === 0);
  });
  assert.deepEqual(browser.log, []);
});

Deno.test("phone keyboards type, correct and delete, with modifiers from the key bar", async (test) => {
  await using typed = await TypedFile.create();
  await using skerry = await SkerryProcess.start({ args: typed.command() });
  await using browser = await TestBrowser.launch("chromium");
  const page = await phonePage(browser, skerry.url);
  await DesktopPage.at(browser, page);
  await typed.ready();
  await using remote = await RemoteDesktop.of(skerry.pid);
  await remote.window();
  const keyboard = await page.createCDPSession();
  const compose = (text: string) =>
    keyboard.send("Input.imeSetComposition", {
      text,
      selectionStart: text.length,
      selectionEnd: text.length,
    });
  const commit = (text: string) => keyboard.send("Input.insertText", { text });

  await test.step("the panel shows the keyboard, and a row of keys with it", async () => {
    await openSection(page, "keyboard");
    const [button] = await page.$$(inSection("keyboard", "[aria-describedby=on-screen-hint]"));
    await button!.click();
    await page.waitForSelector("skerry-shell >>> skerry-key-bar");
    const mode = await page.evaluate(() => (document.activeElement as HTMLElement).inputMode);
    assert.equal(mode, "text");
  });

  await test.step("words appear as they are typed", async () => {
    for (const text of ["h", "he", "hel"]) await compose(text);
    await typed.holds("hel");
    await compose("help");
    await commit("help ");
    await typed.holds("help ");
  });

  await test.step("a corrected word is replaced", async () => {
    await compose("teh");
    await typed.holds("help teh");
    await commit("the ");
    await typed.holds("help teh\x7f\x7fhe ");
  });

  await test.step("the Backspace key deletes, also before all that was typed", async () => {
    const before = await typed.read();
    for (let i = 0; i < 40; i++) await page.keyboard.press("Backspace");
    await typed.holds(before + "\x7f".repeat(40));
  });

  await test.step("text that is composed comes when it is done", async () => {
    const before = await typed.read();
    for (const text of ["に", "にほ", "にほん"]) await compose(text);
    await compose("日本");
    await commit("日本");
    await typed.holds(`${before}日本`);
  });

  await test.step("a modifier of the key bar goes with the next key", async () => {
    const before = await typed.read();
    const [control] = await page.$$("skerry-shell >>> skerry-key-bar >>> button");
    await control!.click();
    await commit("a");
    await commit("b");
    await typed.holds(`${before}\x01b`);
  });
  assert.deepEqual(browser.log, []);
});

function releases({ events }: EventWindow): RemoteEvent[] {
  return events.filter(({ name }) => name === "ButtonRelease");
}

/** Puts a finger on each point, and lifts them. */
async function tapAll(
  touchscreen: Touchscreen,
  points: readonly { readonly x: number; readonly y: number }[],
): Promise<void> {
  const fingers = [];
  for (const { x, y } of points) fingers.push(await touchscreen.touchStart(x, y));
  for (const finger of fingers) await finger.end();
}

async function phonePage(browser: TestBrowser, url: string): Promise<Page> {
  const page = await browser.newPage();
  await page.setViewport(PHONE);
  await page.goto(withDebug(url));
  return page;
}

type Points = readonly (readonly [x: number, y: number])[];

/** Puts fingers down, moves them to other places and lifts them. */
async function slide(session: CDPSession, from: Points, to: Points): Promise<void> {
  const send = (type: "touchStart" | "touchMove" | "touchEnd", points: Points) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  await send("touchStart", from);
  for (let step = 1; step <= 10; step++) {
    const at = (start: number, end: number) => start + (end - start) * step / 10;
    await send("touchMove", from.map(([x, y], i) => [at(x, to[i]![0]), at(y, to[i]![1])]));
  }
  await send("touchEnd", []);
}
