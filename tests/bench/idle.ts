/**
 * A still screen with one viewer: frames encoded after the top-off, and the server's own CPU time.
 *
 *     deno run -A tests/bench/idle.ts [--seconds=10] [--browser=chromium] [--output=bench-report]
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import type { DebugInterface } from "../../web/debug.ts";
import { type BrowserName, TestBrowser } from "../support/browser.ts";
import { cpuTime } from "../support/rig_proc.ts";
import { pause } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { debugUrl, HEIGHT, runProgram, WIDTH } from "./systems.ts";

/** Frames that the page has got, which is all that the server has encoded for its one viewer. */
async function framesReceived(page: Page): Promise<number> {
  const statistics = await page.evaluate(() =>
    (globalThis as unknown as { skerry: DebugInterface }).skerry.statistics()
  );
  return statistics.framesReceived;
}

/** Waits until no frame has come for two seconds: the top-off is over. */
async function settle(page: Page, timeoutMs = 30_000): Promise<void> {
  const end = performance.now() + timeoutMs;
  let last = -1;
  while (performance.now() < end) {
    const frames = await framesReceived(page);
    if (frames > 0 && frames === last) return;
    last = frames;
    await pause(2000);
  }
  throw new Error(`Frames still come after ${timeoutMs} ms of a still screen.`);
}

expectOptions(["seconds", "browser", "output"]);
const seconds = numberOption("seconds", 10);
const browserName = (textOption("browser") ?? "chromium") as BrowserName;
await using stack = new AsyncDisposableStack();
const remote = stack.use(await startRemoteDisplay(WIDTH, HEIGHT));
stack.use(await runProgram(remote.display, "test_window"));
const skerry = stack.use(await SkerryProcess.start({ args: ["--display", remote.display] }));
const browser = stack.use(await TestBrowser.launch(browserName));
const page = await browser.open(debugUrl(skerry.url));
await page.waitForFunction("globalThis.skerry?.state()?.phase === 'live'");
await settle(page);

const frames = await framesReceived(page), cpu = await cpuTime(skerry.pid);
await pause(seconds * 1000);
const spent = await cpuTime(skerry.pid) - cpu;
const encoded = await framesReceived(page) - frames;
const share = spent / (seconds * 10);
await writeReport("idle", [
  `# Still screen, one viewer (${browserName}), ${seconds} s after the top-off`,
  "",
  "| | measured | target |",
  "|---|--:|--:|",
  `| frames encoded | ${encoded} | 0 |`,
  `| CPU of the server process, % of one core | ${share.toFixed(2)} | < 1 |`,
  "",
  `CPU time is counted in steps of 10 ms: ${spent.toFixed(0)} ms in ${seconds} s. ` +
  `Load average ${loadAverage().toFixed(2)}.`,
], { encoded, cpuMs: spent, seconds });
