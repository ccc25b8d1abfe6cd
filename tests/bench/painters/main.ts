/**
 * Which way of painting a decoded picture reaches the screen first, in this browser, on this machine?
 *
 *     deno run -A tests/bench/painters/main.ts [--browser=chromium|firefox] [--presses=40]
 *         [--variants=worker:2d-frame,...] [--echo] [--pump] [--gpu] [--blocks=4]
 *
 * Each variant is a local page that flips a block at pointerdown; variants take turns in blocks. With
 * `--echo`, each click goes to a local WebSocket and back first, as a remote desktop's does.
 *
 * @module
 */
import { type BrowserName, displaySizeFor, startKioskBrowser } from "../../support/rig_browser.ts";
import { aim, locateTestWindow, measurePress, randomPause } from "../../support/rig_press.ts";
import { startViewerDisplay } from "../../support/rig_server.ts";
import { loadAverage, summarize } from "../../support/rig_statistics.ts";
import { RigDisplay } from "../../support/rig_x11.ts";
import { pause } from "../../support/rig_process.ts";
import { startPainterServer } from "./server.ts";

const ALL = [
  "main:dom",
  "main:2d-fill",
  "main:2d-desync-fill",
  "main:2d-frame",
  "main:2d-frame-rect",
  "main:2d-desync-frame",
  "main:2d-copy-rect",
  "main:webgl-frame",
  "main:bitmap-frame",
  "main:video",
  "worker:2d-fill",
  "worker:2d-desync-fill",
  "worker:2d-frame",
  "worker:2d-frame-rect",
  "worker:2d-desync-frame",
  "worker:2d-desync-frame-rect",
  "worker:2d-frame-raf",
  "worker:2d-copy-rect",
  "worker:2d-copy-wide",
  "worker:2d-copy-whole",
  "worker:2d-desync-copy-rect",
  "worker:2d-crop-rect",
  "worker:2d-crop-wide",
  "worker:2d-cut-rect",
  "worker:2d-cut-wide",
  "worker:webgl-frame",
  "worker:webgl-desync-frame",
  "worker:bitmap-frame",
  "worker:video",
  "worker:handed-over",
  "worker:handed-over-rect",
];

function option(name: string): string | undefined {
  const prefix = `--${name}=`;
  return Deno.args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
}

const browserName = (option("browser") ?? "chromium") as BrowserName;
const variants = option("variants")?.split(",") ?? ALL;
const presses = Number(option("presses") ?? 40), blocks = Number(option("blocks") ?? 4);
const suffix = (Deno.args.includes("--echo") ? "&echo" : "") +
  (Deno.args.includes("--pump") ? "&pump" : "");

await using stack = new AsyncDisposableStack();
const server = stack.use(startPainterServer());
const screen = displaySizeFor(browserName, 1280, 720);
const viewer = stack.use(await startViewerDisplay(screen.width, screen.height));
stack.use(
  await startKioskBrowser(browserName, server.url, viewer.display, 1280, 720, {
    gpu: Deno.args.includes("--gpu"),
  }),
);
const display = stack.use(await RigDisplay.open(viewer.display));
await server.ready(30_000);
await pause(1500);

const samples = new Map<string, number[]>(variants.map((variant) => [variant, []]));
const failed = new Map<string, string>();
for (let block = 0; block < blocks; block++) {
  for (const variant of variants) {
    if (failed.has(variant)) continue;
    try {
      await server.show(`variant=${variant}${suffix}`);
      const placement = await locateTestWindow(display, 8000);
      await aim(display, placement);
      await measurePress(display, placement); // the first press pays for what is made lazily
      for (let i = 0; i < Math.ceil(presses / blocks); i++) {
        await randomPause();
        samples.get(variant)?.push((await measurePress(display, placement)).latencyMs);
      }
    } catch (error) {
      failed.set(variant, error instanceof Error ? error.message : String(error));
    }
  }
  console.error(
    `${browserName}: block ${block + 1} of ${blocks}, load ${loadAverage().toFixed(2)}`,
  );
}

console.log(`| ${browserName}${suffix.replaceAll("&", " ")} | p50 | p90 | p99 | worst | mean |`);
console.log("|---|---|---|---|---|---|");
for (const variant of variants) {
  const list = samples.get(variant) ?? [];
  if (failed.has(variant) || list.length === 0) {
    console.log(`| ${variant} | ${failed.get(variant)} |`);
    continue;
  }
  const { p50, p90, p99, worst, mean } = summarize(list);
  const cells = [p50, p90, p99, worst, mean].map((ms) => ms.toFixed(1));
  console.log(`| ${variant} | ${cells.join(" | ")} |`);
}
