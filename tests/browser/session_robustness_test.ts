import assert from "node:assert/strict";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { psnr } from "../support/picture.ts";
import { RemoteDesktop, xServerOf } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TcpRelay } from "../support/tcp_relay.ts";
import { until } from "../support/until.ts";

/** A terminal whose program writes what is typed into a file of the folder. */
function terminal(folder: string): string[] {
  const script = `echo > ${folder}/ready; exec cat >> ${folder}/text`;
  return ["--", "xterm", "-geometry", "80x24", "-e", "sh", "-c", script];
}

for (const name of BROWSERS) {
  Deno.test(`the page gets its desktop back, whatever breaks, in ${name}`, async (test) => {
    const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
    await using resources = new AsyncDisposableStack();
    resources.defer(() => Deno.remove(folder, { recursive: true }));
    const skerry = resources.use(await SkerryProcess.start({ args: terminal(folder) }));
    const relay = resources.use(TcpRelay.open(Number(new URL(skerry.url).port)));
    const browser = resources.use(await TestBrowser.launch(name));
    const url = new URL(withDebug(skerry.url));
    url.port = `${relay.port}`;
    // Only what goes through the relay can be cut.
    url.searchParams.set("transport", "websocket");
    const desktop = await DesktopPage.open(browser, url.href);
    const { page } = desktop;
    await page.evaluate(() => Object.assign(globalThis, { loadedOnce: true }));

    const ready = () =>
      until("the terminal is ready", async () => {
        await using remote = await RemoteDesktop.of(skerry.pid);
        return (await remote.windows()).length > 0 &&
          await Deno.stat(`${folder}/ready`).then(() => true, () => false);
      });
    let typed = "";
    /** Types a line and sees it arrive, in the terminal and in the picture. */
    const works = async (line: string) => {
      await page.keyboard.type(`${line}\n`);
      typed += `${line}\n`;
      let text = "";
      await until(
        () => `"${line}" has arrived; there is ${JSON.stringify(text)}`,
        async () => (text = await Deno.readTextFile(`${folder}/text`).catch(() => "")) === typed,
      );
      await using remote = await RemoteDesktop.of(skerry.pid);
      await until(
        "the page shows the screen",
        async () => psnr(await remote.screenshot(), await desktop.picture()) > 30,
      );
      await until("no key is down", async () => (await remote.heldKeys()).length === 0);
      assert.equal((await remote.pointer()).mask, 0);
      assert.equal(await page.evaluate(() => "loadedOnce" in globalThis), true, "It was reloaded.");
    };
    await ready();
    await works("before anything broke");

    await test.step("a connection that is cut, with a key and a button held down", async () => {
      await using remote = await RemoteDesktop.of(skerry.pid);
      const { x, y } = await remote.window();
      await desktop.moveTo(x + 50, y + 50);
      await page.mouse.down();
      await page.keyboard.down("ShiftLeft");
      await until(
        "both are down",
        async () =>
          (await remote.heldKeys()).length === 1 && ((await remote.pointer()).mask & 0x100) !== 0,
      );
      relay.cut();
      await desktop.phase("waiting");
      assert.match(await text(desktop), /cannot be reached|was lost|closed the connection/);
      await until(
        "nothing is held down",
        async () => (await remote.heldKeys()).length === 0 && (await remote.pointer()).mask === 0,
      );
      relay.restore();
      await desktop.live();
      await page.keyboard.up("ShiftLeft");
      await page.mouse.up();
      await works("after the cut");
    });

    await test.step("a network that lets nothing pass and says nothing", async () => {
      await using remote = await RemoteDesktop.of(skerry.pid);
      await page.keyboard.down("ControlLeft");
      await until("the key is down", async () => (await remote.heldKeys()).length === 1);
      relay.stall();
      await until("the key is let go", async () => (await remote.heldKeys()).length === 0);
      await until(
        "the page says that nothing comes",
        async () => (await desktop.state())?.phase !== "live",
        30_000,
      );
      relay.restore();
      await desktop.live();
      await page.keyboard.up("ControlLeft");
      await works("after the silence");
    });

    await test.step("an X server that is killed", async () => {
      await Deno.remove(`${folder}/ready`);
      Deno.kill(await xServerOf(skerry.pid), "SIGKILL");
      const lost = await desktop.phase("no-picture");
      assert.match(lost.state, /^(display-lost|starting-display)$/);
      assert.match(await text(desktop), /display|desktop/i);
      await desktop.live();
      await ready();
      await works("after the X server");
    });

    await test.step("a server that is replaced, and knows this page no more", async () => {
      await skerry.stop();
      await desktop.phase("waiting");
      await using second = await SkerryProcess.start();
      relay.target = Number(new URL(second.url).port);
      await desktop.phase("sign-in");
      await page.keyboard.type(second.token);
      await page.keyboard.press("Enter");
      await desktop.live();
      assert.equal(await page.evaluate(() => "loadedOnce" in globalThis), true);
    });
  });
}

/** What the page says beside the picture. */
async function text({ page }: DesktopPage): Promise<string> {
  return await page.evaluate(() => {
    const shell = document.querySelector("skerry-shell");
    const status = shell?.shadowRoot?.querySelector("skerry-status");
    return status?.shadowRoot?.textContent ?? "";
  });
}
