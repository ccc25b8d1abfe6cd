/**
 * A real browser window is given another size, at random, again and again: how long until the page shows
 * the desktop in that size, and until that picture is sharp, which is as the X server has it.
 *
 *     deno run -A tests/bench/resize.ts [--count=50] [--output=bench-report]
 *
 * @module
 */
import type { CDPSession, Page } from "puppeteer-core";
import { VirtualDisplay } from "../../src/display/virtual_display.ts";
import type { DebugInterface } from "../../web/debug.ts";
import { TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { type HeldResources, heldResources } from "../support/held_resources.ts";
import { pictureOfDataUrl, psnr } from "../support/picture.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { loadAverage, percentile } from "../support/rig_statistics.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { expectOptions, numberOption, writeReport } from "./shared.ts";

/** Decibels from which on nobody sees a difference. */
const SHARP = 38;
/** How long a resize may take before it counts as failed, in milliseconds. */
const PATIENCE = 10_000;
/** The screen that the browser's window is on, and the least of it, in pixels. */
const SCREEN = { width: 1400, height: 1000 };
const LEAST = { width: 760, height: 620 };

const TEXT = "i=0; while [ $i -lt 60 ]; do echo line $i of the text; i=$((i+1)); done; sleep 10000";

interface Resize {
  readonly width: number;
  readonly height: number;
  /** Milliseconds until the page had a picture of the new size. */
  readonly shown: number;
  /** Milliseconds until a picture was read that is sharp: reading it is counted. */
  readonly sharp: number;
  readonly decibels: number;
}

expectOptions(["count", "output"]);
const count = numberOption("count", 50);
await using stack = new AsyncDisposableStack();
const display = stack.use(
  await VirtualDisplay.start({ server: "xvfb", ...SCREEN, command: ["sleep", "10000"] }),
);
const skerry = stack.use(
  await SkerryProcess.start({ args: ["--", "xterm", "-e", "sh", "-c", TEXT] }),
);
const browser = stack.use(
  await TestBrowser.launch("chromium", {
    display: display.display,
    env: { XAUTHORITY: display.authority },
    viewport: null,
    args: ["--window-position=0,0", `--window-size=${LEAST.width},${LEAST.height}`],
  }),
);
const desktop = await DesktopPage.open(browser, skerry.url);
const remote = stack.use(await RemoteDesktop.of(skerry.pid));
await desktop.still();
const session = await desktop.page.createCDPSession();
const { windowId } = await session.send("Browser.getWindowForTarget");

const resizes: Resize[] = [];
await resize(desktop.page, session); // The first one loads what the others have.
const before = await heldResources(skerry.pid, remote);
for (let index = 0; index < count; index++) {
  resizes.push(await resize(desktop.page, session));
  // Top-off and all: what follows is a resize of a desktop at rest.
  await desktop.still(300);
}
const after = await heldResources(skerry.pid, remote);
await report(before, after);

/** Gives the window another size, and waits for the sharp picture. */
async function resize(page: Page, session: CDPSession): Promise<Resize> {
  const at = (least: number, most: number) => least + Math.floor(Math.random() * (most - least));
  const bounds = {
    width: at(LEAST.width, SCREEN.width),
    height: at(LEAST.height, SCREEN.height),
  };
  const present = await page.evaluate(() => [innerWidth, innerHeight] as const);
  const watch = page.evaluate(watchSize, [...present], PATIENCE);
  const startedAt = performance.timeOrigin + performance.now();
  await session.send("Browser.setWindowBounds", { windowId, bounds });
  const { at: shownAt, height, width } = await watch;
  for (;;) {
    const url = await page.evaluate(() =>
      (globalThis as unknown as { skerry: DebugInterface }).skerry.capturePng()
    );
    const readAt = performance.timeOrigin + performance.now();
    const picture = pictureOfDataUrl(url);
    const screen = await remote.screenshot();
    const same = picture.width === screen.width && picture.height === screen.height;
    const decibels = same ? psnr(screen, picture) : 0;
    const right = same && picture.width === (width & ~1) && picture.height === (height & ~1);
    if (right && decibels >= SHARP) {
      return {
        width,
        height,
        shown: shownAt - startedAt,
        sharp: readAt - startedAt,
        decibels: Math.min(decibels, 99),
      };
    }
    if (readAt - startedAt > PATIENCE) {
      throw new Error(
        `The picture is wrong after ${PATIENCE} ms: ${picture.width}x${picture.height} in a window ` +
          `of ${width}x${height}, ${decibels.toFixed(1)} dB.`,
      );
    }
  }
}

/** Runs in the page: waits until its picture has its new size. Times in ms since 1970. */
async function watchSize(before: readonly number[], patience: number) {
  const { skerry } = globalThis as unknown as { skerry: DebugInterface };
  const end = performance.now() + patience;
  const even = (pixels: number) => pixels & ~1;
  for (;;) {
    const { innerHeight: height, innerWidth: width } = globalThis;
    const remote = skerry.placement()?.remote;
    const resized = width !== before[0] || height !== before[1];
    if (resized && remote?.width === even(width) && remote.height === even(height)) {
      return { at: performance.timeOrigin + performance.now(), width, height };
    }
    if (performance.now() > end) {
      throw new Error(`The picture is ${remote?.width}x${remote?.height} in ${width}x${height}.`);
    }
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

async function report(before: HeldResources, after: HeldResources): Promise<void> {
  const line = (name: string, pick: (resize: Resize) => number) => {
    const values = resizes.map(pick).sort((a, b) => a - b);
    const cells = [50, 90, 100].map((part) => percentile(values, part).toFixed(0));
    return `| ${name} | ${cells.join(" | ")} |`;
  };
  const worst = Math.min(...resizes.map(({ decibels }) => decibels));
  await writeReport("resize", [
    `# ${count} random sizes of a Chromium window on loopback, ${LEAST.width}x${LEAST.height} to ` +
    `${SCREEN.width}x${SCREEN.height}`,
    "",
    "| ms from the window's resize to | p50 | p90 | worst |",
    "|---|--:|--:|--:|",
    line("a picture of the new size", ({ shown }) => shown),
    line(`a sharp one, ${SHARP} dB, read (target p50 ≤ 400)`, ({ sharp }) => sharp),
    "",
    "| held by the server | before | after |",
    "|---|--:|--:|",
    ...(Object.keys(before) as (keyof HeldResources)[]).map((key) =>
      `| ${key}${key === "memory" ? ", MB" : ""} | ${before[key]} | ${after[key]} |`
    ),
    "",
    `Least likeness ${worst.toFixed(1)} dB. Load average ${loadAverage().toFixed(2)}.`,
  ], { resizes, before, after });
}
