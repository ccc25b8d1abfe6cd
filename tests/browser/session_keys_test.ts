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

const STROKE_OF_T: readonly KeyStroke[] = [["down", "t", "KeyT"], ["up", "t", "KeyT"]];

/** A window of another program. */
function xterm(env: Readonly<Record<string, string>>): AsyncDisposable {
  const child = new Deno.Command("xterm", { env, stdout: "null", stderr: "null" }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill();
      await child.status;
    },
  };
}

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
      await hold(ShiftLeft, ControlLeft);
      try {
        await using _other = xterm(seat.env);
        await nothingHeld();
      } finally {
        await seat.release(ControlLeft);
        await seat.release(ShiftLeft);
      }
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
      for (let count = 0; count < 2; count++) resources.use(xterm(env));
      await until(
        "two windows are there, and one is active",
        async () => (await remote.windows()).length === 2 && await remote.activeWindow(),
      );
      await openSection(page, "keyboard");
      for (let turn = 0; turn < 2; turn++) {
        const before = await remote.activeWindow();
        await pressButton(page, "keyboard", "Alt + Tab");
        await until("the other is active", async () => {
          const active = await remote.activeWindow();
          return active !== 0 && active !== before;
        });
      }
      await nothingHeld();
    });

    const pressed = async (page: Page, strokes: readonly KeyStroke[]) => {
      target.events.length = 0;
      // A key behind them, since there is no other sign that nothing more is to come.
      await stroke(page, [...strokes, ...STROKE_OF_T]);
      await target.saw("KeyRelease", { detail: KeyT });
      await nothingHeld();
      return target.events.filter(({ name, detail }) => name === "KeyPress" && detail !== KeyT)
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
