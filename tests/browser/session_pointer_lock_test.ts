import assert from "node:assert/strict";
import { BROWSERS } from "../support/browser.ts";
import { CursorWindow } from "../support/cursor_window.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import { inSection, openSection } from "../support/panel.ts";
import { RealSeat } from "../support/real_seat.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

/** What {@link noteLocks} leaves in the page. */
interface Noted {
  readonly asked: readonly unknown[];
  readonly movement: { readonly x: number; readonly y: number };
}

/** Notes in the page what pointer locks are asked for, and what the mouse has moved by meanwhile. */
function noteLocks(): void {
  const asked: unknown[] = [];
  const movement = { x: 0, y: 0 };
  Object.assign(globalThis, { asked, movement });
  addEventListener("mousemove", ({ movementX, movementY }) => {
    if (document.pointerLockElement === null) return;
    movement.x += movementX;
    movement.y += movementY;
  }, { capture: true });
  const { prototype } = Element;
  const { requestPointerLock } = prototype;
  prototype.requestPointerLock = function (options) {
    asked.push(options);
    return requestPointerLock.call(this, options);
  };
}

for (const browser of BROWSERS) {
  Deno.test(`a locked pointer moves the remote one by what the mouse moves, in ${browser}`, async () => {
    await using seat = await RealSeat.take({ browser, width: 900, height: 700 });
    await using skerry = await SkerryProcess.start({
      args: ["--size", "640x480", "--resize", "off", "--", "sleep", "900"],
    });
    const page = await seat.browser.newPage();
    await page.evaluateOnNewDocument(noteLocks);
    await page.goto(withDebug(skerry.url));
    const desktop = await DesktopPage.at(seat.browser, page);
    await using remote = await RemoteDesktop.of(skerry.pid);
    await using target = await EventWindow.open(remote.connection);
    const locked = () => page.evaluate(() => document.pointerLockElement?.id);

    await openSection(page, "picture");
    const button = await page.waitForSelector(inSection("picture", "[aria-describedby=lock-hint]"));
    const box = (await button!.boundingBox())!;
    const bars = await page.evaluate(() => outerHeight - innerHeight);
    await seat.click(Math.round(box.x + box.width / 2), bars + Math.round(box.y + box.height / 2));
    await until("the pointer is locked", async () => await locked() === "picture");
    // Without the acceleration of this side: the remote desktop has its own.
    const noted = () =>
      page.evaluate(() => {
        const { asked, movement } = globalThis as unknown as Noted;
        return { asked, movement };
      });
    assert.deepEqual((await noted()).asked[0], { unadjustedMovement: true });

    // What a browser makes of a mouse is its own affair (it puts its own pointer back into the middle
    // now and then): what it says is what has to arrive.
    const movement = async () => (await noted()).movement;
    const said = async () => JSON.stringify(await movement());
    /** Moves the mouse until the page says so: Firefox swallows what comes as it moves its own pointer. */
    const nudge = async (x: number, y: number) => {
      const before = await said();
      await until("the page has moved", async () => {
        await seat.nudge(x, y);
        const deadline = performance.now() + 500;
        let moved = false;
        while (!moved && performance.now() < deadline) moved = await said() !== before;
        return moved;
      });
    };
    // Far over the edge of the window: that stops no locked pointer. The remote one has an edge.
    await until("the remote pointer is in the corner", async () => {
      await nudge(-30, -20);
      const { x, y } = await remote.pointer();
      return x === 0 && y === 0;
    });
    // What moved it on in the corner, the corner has swallowed.
    await until("nothing is under way", async () => {
      const before = await said();
      await new Promise((resolve) => setTimeout(resolve, 300));
      return await said() === before;
    });
    const corner = await movement();
    for (let i = 0; i < 10; i++) await nudge(25, 15);
    let arrived: unknown;
    await until(
      () => `the remote pointer has followed; ${JSON.stringify(arrived)}`,
      async () => {
        const [{ x, y }, to] = [await remote.pointer(), await movement()];
        arrived = { remote: { x, y }, corner, to };
        return x > 100 && y > 60 && x === to.x - corner.x && y === to.y - corner.y;
      },
    );
    // Of the mouse's own movements, none was made longer or shorter on the way.
    const { x: right, y: down } = await remote.pointer();
    assert.deepEqual([right % 25, down], [0, right / 25 * 15]);
    // The browser shows none now: that of the program is drawn where it has come to.
    const drawn = () =>
      page.$eval("#pointer", (image) => {
        const { left, top } = image.getBoundingClientRect();
        return (image as HTMLElement).hidden ? undefined : { left, top };
      });
    const canvas = await desktop.canvas();
    let seen: Awaited<ReturnType<typeof drawn>>;
    await until(
      () => `the pointer is drawn; it is at ${JSON.stringify(seen)}`,
      async () => {
        seen = await drawn();
        const { x, y } = await remote.pointer();
        // But for its hot spot, which is the root window's arrow's.
        return seen !== undefined && Math.abs(canvas.left + x - seen.left) < 20 &&
          Math.abs(canvas.top + y - seen.top) < 20;
      },
    );
    // A click is where the pointer has come to.
    await seat.click(450, 350);
    const { x, y } = await target.saw("ButtonRelease", { detail: 1 });
    const here = await remote.pointer();
    assert.deepEqual([x, y], [here.x, here.y]);
    // As games do that turn the view by the mouse.
    await using area = await CursorWindow.open(remote.connection);
    await area.hide();
    await until("what the program hides is not drawn", async () => await drawn() === undefined);
    const before = await movement();
    await nudge(-20, -10);
    await until("it has moved", async () => {
      const [{ x, y }, to] = [await remote.pointer(), await movement()];
      return x < here.x && x === here.x + to.x - before.x && y === here.y + to.y - before.y;
    });
    assert.equal(await drawn(), undefined);
    await area.use({ colour: 0xff0000, size: 16, hotX: 0, hotY: 0 });
    await until("what it shows is drawn", async () => await drawn() !== undefined);
    await page.evaluate(() => document.exitPointerLock());
    await until("the pointer is free", async () => await locked() === undefined);
    await until("none is drawn", async () => await drawn() === undefined);
    assert.deepEqual(seat.browser.log, []);
  });
}
