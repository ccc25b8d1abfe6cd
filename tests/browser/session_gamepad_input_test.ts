import assert from "node:assert/strict";
import type { InputChange } from "../../ffi/mod.ts";
import { VirtualGamepad } from "../../src/gamepads/virtual_gamepad.ts";
import { createApp } from "../../src/http/app.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { HttpServer } from "../../src/http/server.ts";
import { GamepadFeature } from "../../src/session/gamepad_feature.ts";
import type { Session } from "../../src/session/session.ts";
import { WebSocketTransport } from "../../src/transport/websocket.ts";
import { SessionRig } from "../integration/session_rig.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { plugFakeGamepad, setFakeGamepad } from "../support/fake_gamepad.ts";
import { until } from "../support/until.ts";

const TOKEN = "of the test";
// linux/input-event-codes.h
const BTN_A = 0x130, BTN_START = 0x13b, ABS_X = 0, ABS_RY = 4, ABS_RZ = 5, ABS_HAT0X = 0x10;

/** The kernel's part, which not every machine that runs tests has: it notes what it is told. */
class NotingDevice {
  readonly changes: InputChange[] = [];
  unplugged = false;

  send(changes: readonly InputChange[]): void {
    this.changes.push(...changes);
  }

  /** What was told since the last call. */
  take(): InputChange[] {
    return this.changes.splice(0);
  }

  [Symbol.dispose](): void {
    this.unplugged = true;
  }
}

/** Serves the page and the WebSocket of a session, as the program does. */
async function serve(session: Session): Promise<{ url: string } & AsyncDisposable> {
  const stop = new AbortController();
  const folder = new URL("../../web/dist/", import.meta.url);
  const app = createApp({
    client: await ClientFiles.load(folder),
    auth: new TokenAuthentication(TOKEN),
    onViewer: (socket) => session.addViewer(new WebSocketTransport(socket), { role: "control" }),
    health: () => ({ healthy: true, state: session.state, viewers: session.viewers.size }),
    signal: stop.signal,
  });
  const server = HttpServer.listen({ hostname: "127.0.0.1", port: 0, app });
  return {
    url: `${server.url}#token=${encodeURIComponent(TOKEN)}`,
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.close();
    },
  };
}

for (const name of BROWSERS) {
  Deno.test(`what is done on a gamepad is done on the desktop's, in ${name}`, async (test) => {
    const devices: NotingDevice[] = [];
    const feature = new GamepadFeature({
      enabled: true,
      probe: () => "ready",
      plug: () => {
        const device = new NotingDevice();
        devices.push(device);
        return new VirtualGamepad(device);
      },
    });
    await using rig = await SessionRig.open({ features: [feature] });
    await using server = await serve(rig.session);
    await using browser = await TestBrowser.launch(name);
    const page = await browser.newPage();
    await page.evaluateOnNewDocument(plugFakeGamepad);
    await page.goto(withDebug(server.url));
    await DesktopPage.at(browser, page);
    await page.bringToFront();
    await page.evaluate(() => dispatchEvent(new Event("gamepadconnected")));
    await until("it is plugged in", () => devices.length > 0);
    const [device] = devices as [NotingDevice];
    const told = async (wanted: InputChange[]) => {
      const all: InputChange[] = [];
      await until(
        () => `${JSON.stringify(wanted)} is told; it was ${JSON.stringify(all)}`,
        () => all.push(...device.take()) >= wanted.length,
      );
      assert.deepEqual(all, wanted);
    };

    await test.step("buttons, the hat and triggers", async () => {
      await page.evaluate(setFakeGamepad, { buttons: { 0: 1, 7: 0.6, 9: 1, 14: 1 } });
      await told([
        { type: "key", code: BTN_A, value: 1 },
        { type: "key", code: BTN_START, value: 1 },
        { type: "axis", code: ABS_RZ, value: 153 },
        { type: "axis", code: ABS_HAT0X, value: -1 },
      ]);
      await page.evaluate(setFakeGamepad, { buttons: { 7: 0.6 } });
      await told([
        { type: "key", code: BTN_A, value: 0 },
        { type: "key", code: BTN_START, value: 0 },
        { type: "axis", code: ABS_HAT0X, value: 0 },
      ]);
    });

    await test.step("and sticks, which are as they are left", async () => {
      await page.evaluate(setFakeGamepad, { axes: [-1, 0, 0, 0.5] });
      await told([
        { type: "axis", code: ABS_X, value: -32768 },
        { type: "axis", code: ABS_RY, value: 16384 },
        { type: "axis", code: ABS_RZ, value: 0 },
      ]);
      await page.evaluate(setFakeGamepad, {});
      await told([
        { type: "axis", code: ABS_X, value: 0 },
        { type: "axis", code: ABS_RY, value: 0 },
      ]);
    });

    await test.step("it goes when it is unplugged, and another comes", async () => {
      await page.evaluate(setFakeGamepad, { connected: false });
      await until("it is gone", () => device.unplugged);
      await page.evaluate(setFakeGamepad, {});
      await page.evaluate(() => dispatchEvent(new Event("gamepadconnected")));
      await until("another is there", () => devices.length === 2);
      await page.close();
      await until("it has gone with its page", () => devices[1]!.unplugged, 30_000);
    });
    assert.deepEqual(browser.log, []);
  });
}
