/**
 * What a page sees of UDP being blocked, from the start and in mid-session, and of its coming back.
 *
 *     deno task bench:failover [--runs=20] [--browser=chromium|firefox] [--output=…]
 *
 * A relay in front of the server's UDP port drops everything, in both directions and without a word, as
 * firewalls do. On the desktop a counter moves 25 times a second and somebody types into a file. The
 * picture counts as live again at the end of the longest pause between two drawn frames, seen from the
 * moment that UDP was blocked.
 *
 * @module
 */
import { type BrowserName, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { pause } from "../support/rig_process.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import { RoutedSkerry } from "../support/routed_skerry.ts";
import { TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";
import type { DebugInterface } from "../../web/debug.ts";
import { numberOption, textOption, writeReport } from "./shared.ts";

/** How long the picture is watched from just before UDP is blocked; in ms. */
const WATCH_MS = 3000;
const BEFORE_MS = 300;
const TEXT = "abcdefghijklmnopqrstuvwxyz0123456789".repeat(3);

interface DebugWindow {
  skerry: DebugInterface;
}

const wallClock = () => performance.timeOrigin + performance.now();

/** When frames were drawn, in ms since 1970. */
function watchFrames(desktop: DesktopPage): Promise<number[]> {
  return desktop.page.evaluate(async (ms) => {
    const { skerry } = globalThis as unknown as DebugWindow;
    const times: number[] = [];
    const end = performance.now() + ms;
    for (let last = -1; performance.now() < end;) {
      const { framesDrawn } = await skerry.statistics();
      if (framesDrawn !== last) times.push(performance.timeOrigin + performance.now());
      last = framesDrawn;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return times;
  }, WATCH_MS);
}

/** How long after a moment the longest pause between frames was over; in ms. */
function liveAfter(moment: number, times: readonly number[]): number {
  let longest = { gap: 0, end: moment };
  times.forEach((end, index) => {
    const gap = end - (times[index - 1] ?? end);
    if (end > moment && gap > longest.gap) longest = { gap, end };
  });
  return longest.end - moment;
}

async function carriedBy(desktop: DesktopPage, transport: string): Promise<number> {
  const since = performance.now();
  await until(`the session is on ${transport}`, async () => {
    const statistics = await desktop.statistics();
    return statistics.transport === transport;
  }, 60_000);
  return performance.now() - since;
}

/** From the page's request to its first picture, in ms, in a profile that remembers nothing. */
async function firstPicture(browserName: BrowserName, url: string): Promise<number> {
  await using browser = await TestBrowser.launch(browserName);
  const start = performance.now();
  await DesktopPage.open(browser, url);
  return performance.now() - start;
}

const runs = numberOption("runs", 20);
const browserName = (textOption("browser") ?? "chromium") as BrowserName;
await using file = await TypedFile.create();
await using skerry = await RoutedSkerry.start({ args: file.command({ moving: true }) });
const load = loadAverage();
const live: number[] = [];
const back: number[] = [];
let typed = "";
{
  await using browser = await TestBrowser.launch(browserName);
  const desktop = await DesktopPage.open(browser, skerry.url);
  await file.ready();
  for (let run = 0; run < runs; run++) {
    await until("there is a path in reserve", async () => {
      const { routes, transport } = await desktop.statistics();
      return transport === "webtransport" && routes.some(({ state }) => state === "standby");
    }, 60_000);
    const watching = watchFrames(desktop);
    const typing = desktop.page.keyboard.type(TEXT, { delay: 15 });
    typed += TEXT;
    await pause(BEFORE_MS);
    const blockedAt = wallClock();
    skerry.udp.blocked = true;
    live.push(liveAfter(blockedAt, await watching));
    await typing;
    await carriedBy(desktop, "websocket");
    skerry.udp.blocked = false;
    back.push(await carriedBy(desktop, "webtransport"));
    console.log(
      `run ${run + 1}: live after ${live.at(-1)!.toFixed(0)} ms, back after ` +
        `${back.at(-1)!.toFixed(0)} ms`,
    );
  }
  await file.holds(typed);
}
const first = { websocket: [] as number[], blocked: [] as number[] };
const forced = new URL(skerry.url);
forced.searchParams.set("transport", "websocket");
for (let run = 0; run < runs; run++) {
  skerry.udp.blocked = false;
  first.websocket.push(await firstPicture(browserName, forced.href));
  skerry.udp.blocked = true;
  first.blocked.push(await firstPicture(browserName, skerry.url));
}
/** @param met whether the target is, of which the text tells; "" for none */
const row = (name: string, samples: readonly number[], target = "", met = false) => {
  const { p50, p90, worst } = summarize(samples);
  const verdict = target === "" ? "" : `${target}: ${met ? "met" : "**missed**"}`;
  return `| ${name} | ${p50.toFixed(0)} | ${p90.toFixed(0)} | ${worst.toFixed(0)} | ${verdict} |`;
};
/** How much later the first picture is with UDP blocked than by the WebSocket alone. */
const later = summarize(first.blocked).p50 - summarize(first.websocket).p50;
await writeReport(`failover-${browserName}`, [
  `# UDP blocked, ${browserName}, ${runs} runs`,
  "",
  `Load average ${load}. Milliseconds.`,
  "",
  "| | p50 | p90 | worst | target |",
  "|---|--:|--:|--:|---|",
  row(
    "Blocked in mid-session: picture live again after",
    live,
    "median ≤ 1000",
    summarize(live).p50 <= 1000,
  ),
  row(
    "UDP back: on WebTransport again after",
    back,
    "worst ≤ 15000",
    summarize(back).worst <= 15_000,
  ),
  row("First picture with `?transport=websocket`", first.websocket),
  row(
    "First picture with UDP blocked from the start",
    first.blocked,
    `median ≤ 300 more (${later.toFixed(0)})`,
    later <= 300,
  ),
  "",
  `All ${typed.length} characters typed through it arrived, once each and in order.`,
], { live, back, first });
