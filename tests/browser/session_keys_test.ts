import assert from "node:assert/strict";
import { BROWSERS } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { closePanel, inSection, isOpen, openSection, pressButton } from "../support/panel.ts";
import { Key, RealSeat } from "../support/real_seat.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

/** Keycodes of a US keyboard, which our own displays have. */
const { AltLeft, ControlLeft, Delete, Escape, KeyA, KeyT, KeyW, ShiftLeft, Tab } = Key;

for (const browser of BROWSERS) {
  Deno.test(`keys repeat, are let go and come by menu as at a keyboard there, in ${browser}`, async (test) => {
    await using seat = await RealSeat.take({ browser, width: 900, height: 700 });
    await using skerry = await SkerryProcess.start({
      args: ["--audio", "off", "--size", "640x480", "--resize", "off", "--", "sleep", "900"],
    });
    const { page } = await DesktopPage.open(seat.browser, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    await using target = await EventWindow.open(remote.connection);
    const presses = (key: number) =>
      target.events.filter(({ detail, name }) => name === "KeyPress" && detail === key).length;
    const nothingHeld = () =>
      until("no key is down", async () => (await remote.heldKeys()).length === 0);
    const hold = async (...keys: number[]) => {
      for (const key of keys) await seat.hold(key);
      await until(
        "they are down",
        async () => (await remote.heldKeys()).join() === keys.toSorted((a, b) => a - b).join(),
      );
    };

    await test.step("a held key repeats, until it is let go", async () => {
      await hold(KeyA);
      await until("it has repeated", () => presses(KeyA) >= 5);
      await seat.release(KeyA);
      await nothingHeld();
      const count = presses(KeyA);
      await seat.press(ControlLeft);
      await target.saw("KeyRelease", { detail: ControlLeft });
      assert.equal(presses(KeyA), count);
    });

    await test.step("what is held is let go when another window gets the keyboard", async () => {
      // Neither repeats: should the window manager give the browser the keyboard back, they stay up.
      await hold(ShiftLeft, ControlLeft);
      await using _other = await EventWindow.open(seat.connection);
      await nothingHeld();
      await seat.release(ControlLeft);
      await seat.release(ShiftLeft);
    });

    await test.step("keys that the browser keeps come by the menu", async () => {
      await page.bringToFront();
      await openSection(page, "keyboard");
      for (
        const [label, keys] of [
          ["Ctrl + W", [ControlLeft, KeyW]],
          // Alt + Tab is the window manager's there.
          ["Ctrl + T", [ControlLeft, KeyT]],
          ["Ctrl + Alt + Del", [ControlLeft, AltLeft, Delete]],
        ] as const
      ) {
        target.events.length = 0;
        const selector = inSection("keyboard", "[aria-labelledby=kept] button");
        for (const button of await page.$$(selector)) {
          const text = await button.evaluate((element) => element.textContent?.trim());
          if (text === label) await button.click();
        }
        await target.saw("KeyRelease", { detail: keys[0] });
        const pressed = target.events.filter(({ name }) => name === "KeyPress");
        assert.deepEqual(pressed.map(({ detail }) => detail), keys);
      }
      await nothingHeld();
      await closePanel(page);
    });

    const isFull = () => page.evaluate(() => document.fullscreenElement !== null);
    const fullScreen = async (label: string) => {
      await openSection(page, "picture");
      await pressButton(page, "picture", label);
    };
    const enter = async () => {
      await fullScreen("Full screen");
      // With that the panel closes by itself.
      await until("it is full", async () => await isFull() && !await isOpen(page));
    };

    await test.step("full screen is entered and left by the panel", async () => {
      await enter();
      await fullScreen("Leave full screen");
      await until("it is left", async () => !await isFull());
      await closePanel(page);
    });

    if (browser === "firefox") {
      await test.step("nothing is promised about keys that the browser cannot give away", async () => {
        await openSection(page, "keyboard");
        await page.waitForSelector(inSection("keyboard", "[aria-labelledby=kept]"));
        assert.equal(await page.$(inSection("keyboard", "#lock")), null);
      });
    } else {
      await test.step("in full screen, the browser's own keys go to the desktop", async () => {
        await enter();
        target.events.length = 0;
        await until("Escape has come", async () => {
          await seat.press(Escape);
          return presses(Escape) > 0;
        });
        assert.ok(await isFull());
        await seat.press(ControlLeft, KeyW);
        await target.saw("KeyRelease", { detail: KeyW });
        await hold(AltLeft, Tab);
        await seat.release(Tab);
        await seat.release(AltLeft);
        await nothingHeld();
        assert.ok(await isFull());
      });

      await test.step("unless they are not wanted there: then Escape leaves it", async () => {
        await openSection(page, "keyboard");
        await (await page.waitForSelector(inSection("keyboard", "#lock")))!.click();
        await closePanel(page);
        await seat.press(Escape);
        await until("it is left", async () => !await isFull());
        await enter();
        await seat.press(Escape);
        await until("it is left again", async () => !await isFull());
      });
    }
    assert.deepEqual(seat.browser.log, []);
  });
}
