import assert from "node:assert/strict";
import type { Page } from "puppeteer-core";
import { BROWSERS } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { closePanel, inSection, isOpen, openSection, pressButton } from "../support/panel.ts";
import {
  ALT_GR_Q,
  COMMAND_C,
  type KeyStroke,
  openAs,
  OPTION_L,
  stroke,
} from "../support/platform_keys.ts";
import { Key, RealSeat } from "../support/real_seat.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

/** Keycodes of a US keyboard, which our own displays have. */
const { AltLeft, ControlLeft, Delete, Digit2, Escape, KeyA, KeyC, KeyL, KeyT, KeyW } = Key;
const { MetaLeft, ShiftLeft, Tab } = Key;
/** What our own displays have for AltGr. */
const ALT_GR = 92;
// Modifiers in the X protocol's masks.
const [SHIFT, CONTROL, ALT, SUPER] = [0x1, 0x4, 0x8, 0x40];

for (const browser of BROWSERS) {
  Deno.test(`keys repeat, are let go and come by menu as at a keyboard there, in ${browser}`, async (test) => {
    await using seat = await RealSeat.take({ browser, width: 900, height: 700 });
    await using skerry = await SkerryProcess.start({
      args: ["--audio", "off", "--size", "640x480", "--resize", "off", "--", "sleep", "900"],
    });
    const { page } = await DesktopPage.open(seat.browser, skerry.url);
    await using remote = await RemoteDesktop.of(skerry.pid);
    await using resources = new AsyncDisposableStack();
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

    await test.step("what is held while the computer falls asleep is let go", async () => {
      await page.bringToFront();
      await until("the keyboard is the desktop's", async () => {
        await seat.press(ShiftLeft);
        return target.events.at(-1)?.detail === ShiftLeft;
      });
      await nothingHeld();
      await hold(KeyA);
      await seat.browser.pause();
      try {
        await nothingHeld();
        await seat.release(KeyA);
      } finally {
        await seat.browser.resume();
      }
      target.events.length = 0;
      await until("keys come again", async () => {
        await seat.press(KeyT);
        return presses(KeyT) > 0;
      });
      await nothingHeld();
      assert.equal(presses(KeyA), 0);
    });

    await test.step("keys that the browser keeps come by the menu", async () => {
      await page.bringToFront();
      await openSection(page, "keyboard");
      for (
        const [label, keys] of [
          ["Ctrl + W", [ControlLeft, KeyW]],
          ["Ctrl + T", [ControlLeft, KeyT]],
          ["Ctrl + Alt + Del", [ControlLeft, AltLeft, Delete]],
        ] as const
      ) {
        target.events.length = 0;
        await pressButton(page, "keyboard", label);
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

    await test.step("Alt and Tab by the menu change the window, as there", async () => {
      const env = { DISPLAY: remote.access.display, XAUTHORITY: remote.access.authority };
      const opened: number[] = [];
      for (const count of [1, 2]) {
        const child = new Deno.Command("xterm", { env, stdout: "null", stderr: "null" }).spawn();
        resources.defer(async () => {
          child.kill();
          await child.status;
        });
        opened.push(
          await until(`${count} windows are there, and the last is active`, async () => {
            const id = await remote.activeWindow();
            return (await remote.windows()).length === count && !opened.includes(id) && id;
          }),
        );
      }
      await openSection(page, "keyboard");
      for (const id of opened) {
        await pressButton(page, "keyboard", "Alt + Tab");
        await until("the other is active", async () => await remote.activeWindow() === id);
      }
      await nothingHeld();
    });

    const pressed = async (page: Page, strokes: readonly KeyStroke[]) => {
      target.events.length = 0;
      await stroke(page, strokes);
      await target.saw("KeyRelease", {});
      await nothingHeld();
      await remote.connection.sync();
      return target.events.filter(({ name }) => name === "KeyPress")
        .map(({ detail, state }) => [detail, state] as const);
    };
    /** At-signs of a US keyboard have no AltGr: it is up for as long. */
    const at = [[ShiftLeft, 0], [Digit2, SHIFT], [ALT_GR, 0]];

    await test.step("Command is Control, and Option AltGr, unless the panel says otherwise", async () => {
      await page.close();
      const mac = await openAs("mac", seat.browser, skerry.url);
      await target.focus();
      assert.deepEqual(await pressed(mac, COMMAND_C), [[ControlLeft, 0], [KeyC, CONTROL]]);
      assert.deepEqual(await pressed(mac, OPTION_L), [[ALT_GR, 0], ...at]);
      await openSection(mac, "keyboard");
      for (const id of ["command", "option"]) {
        await (await mac.waitForSelector(inSection("keyboard", `#${id}`)))!.click();
      }
      await closePanel(mac);
      assert.deepEqual(await pressed(mac, COMMAND_C), [[MetaLeft, 0], [KeyC, SUPER]]);
      assert.deepEqual(await pressed(mac, OPTION_L), [[AltLeft, 0], [KeyL, ALT]]);
      await mac.close();
    });

    await test.step("AltGr of Windows is no Control", async () => {
      const windows = await openAs("windows", seat.browser, skerry.url);
      await target.focus();
      assert.deepEqual(await pressed(windows, ALT_GR_Q), [[ControlLeft, 0], [ALT_GR, 0], ...at]);
      await openSection(windows, "keyboard");
      assert.equal(await windows.$(inSection("keyboard", "#option")), null);
    });
    assert.deepEqual(seat.browser.log, []);
  });
}
