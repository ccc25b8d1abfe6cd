/**
 * From the WebSocket's opening to the first picture on the display.
 *
 *     deno run -A tests/bench/first_picture.ts [--runs=20] [--browser=chromium|firefox] [--output=…]
 *
 * A relay in front of the server sees the upgrade's answer pass, which is when the page's WebSocket
 * opens; the picture is there when the test window's frame is seen on the browser's own display.
 * Between runs the browser shows an empty page.
 *
 * @module
 */
import { type BrowserName, displaySizeFor, startKioskBrowser } from "../support/rig_browser.ts";
import { locateTestWindow } from "../support/rig_press.ts";
import { pause } from "../support/rig_process.ts";
import { place, TestWindow } from "../support/rig_scene.ts";
import { startRemoteDisplay, startViewerDisplay } from "../support/rig_server.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import { RigDisplay } from "../support/rig_x11.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { connectDebugger } from "./split.ts";
import { HEIGHT, runProgram, WIDTH } from "./systems.ts";
import { UpgradeRelay } from "./upgrade_relay.ts";

/** Whether the pixel has the colour of the test window's frame. */
async function isMagenta(display: RigDisplay, x: number, y: number): Promise<boolean> {
  const { data } = await display.picture(x, y, 1, 1);
  return (data[0] ?? 0) > 180 && (data[1] ?? 0) < 80 && (data[2] ?? 0) > 180;
}

async function waitForMagenta(
  display: RigDisplay,
  at: { x: number; y: number },
  wanted: boolean,
  stepMs: number,
): Promise<number> {
  const end = performance.now() + 20_000;
  while (performance.now() < end) {
    if (await isMagenta(display, at.x, at.y) === wanted) return performance.now();
    if (stepMs > 0) await pause(stepMs);
  }
  throw new Error(`The test window did not ${wanted ? "appear" : "go"} within 20 s.`);
}

expectOptions(["runs", "browser", "output"]);
const runs = numberOption("runs", 20);
const browserName = (textOption("browser") ?? "chromium") as BrowserName;
await using stack = new AsyncDisposableStack();
const remote = stack.use(await startRemoteDisplay(WIDTH, HEIGHT));
stack.use(await runProgram(remote.display, "test_window"));
const skerry = stack.use(
  await SkerryProcess.start({ args: ["--display", remote.display, "--transport", "websocket"] }),
);
const relay = stack.use(UpgradeRelay.open(Number(new URL(skerry.url).port)));
const url = new URL(skerry.url);
url.port = String(relay.port);
const screen = displaySizeFor(browserName, WIDTH, HEIGHT);
const viewer = stack.use(await startViewerDisplay(screen.width, screen.height));
const kiosk = stack.use(
  await startKioskBrowser(browserName, url.href, viewer.display, WIDTH, HEIGHT),
);
const display = stack.use(await RigDisplay.open(viewer.display));
const placement = await locateTestWindow(display, 60_000);
const corner = place(placement, TestWindow.x + 8, TestWindow.y + 8);
await pause(2000);

const page = new URL("/", url); // signed in by its cookie now
const samples: number[] = [];
{
  await using debug = await connectDebugger(kiosk);
  for (let run = 0; run < runs; run++) {
    // Browsers show the old page until the new one has something: be sure that it is gone.
    await debug.page.goto("about:blank");
    await waitForMagenta(display, corner, false, 10);
    await pause(500);
    const opened = relay.nextUpgrade();
    const loading = debug.page.goto(page.href, { waitUntil: "domcontentloaded" });
    const openedAt = await opened;
    samples.push(await waitForMagenta(display, corner, true, 0) - openedAt);
    await loading;
    await pause(700);
  }
}
const { p50, p90, worst } = summarize(samples);
await writeReport(`first-picture-${browserName}`, [
  `# WebSocket open to first picture on the display, ${browserName}, ${runs} runs`,
  "",
  "| median, ms | p90 | worst | target for the median |",
  "|--:|--:|--:|--:|",
  `| ${p50.toFixed(0)} | ${p90.toFixed(0)} | ${worst.toFixed(0)} | 300 |`,
  "",
  `Load average ${loadAverage().toFixed(2)}.`,
], { samples });
