/**
 * What a page sees of UDP being blocked, from the start and in mid-session, and of its coming back.
 *
 *     deno task bench:failover [--runs=20] [--parts=session,start] [--browser=chromium|firefox] [--add]
 *         [--output=…]
 *
 * A relay in front of the server's UDP port drops everything, in both directions and without a word, as
 * firewalls do. On the desktop a counter moves 25 times a second and somebody types into a file. The
 * picture counts as live again at the end of the longest pause between two drawn frames, seen from the
 * moment that UDP was blocked. `--add` counts the runs of the report in the folder, too.
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
import { pick } from "./options.ts";
import { earlierData, expectOptions, numberOption, textOption, writeReport } from "./shared.ts";

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

/** What the report is made of; times in ms. */
interface Failover {
  /** UDP blocked in mid-session: until the picture was live again. */
  readonly live: number[];
  /** UDP back: until the session was on WebTransport again. */
  readonly back: number[];
  readonly first: { readonly websocket: number[]; readonly blocked: number[] };
  /** Characters typed meanwhile that are in the file, once each. */
  typed: number;
}

expectOptions(["runs", "parts", "browser", "output"], ["add"]);
const runs = numberOption("runs", 20);
const parts = pick("parts", textOption("parts") ?? "session,start", ["session", "start"] as const);
const browserName = (textOption("browser") ?? "chromium") as BrowserName;
const reportName = `failover-${browserName}`;
const found = await earlierData<Failover>(reportName) ??
  { live: [], back: [], first: { websocket: [], blocked: [] }, typed: 0 };

/** Blocks UDP in mid-session, and lets it pass again. */
async function blockInSession(skerry: RoutedSkerry, file: TypedFile): Promise<void> {
  let typed = "";
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
    found.live.push(liveAfter(blockedAt, await watching));
    await typing;
    await carriedBy(desktop, "websocket");
    skerry.udp.blocked = false;
    found.back.push(await carriedBy(desktop, "webtransport"));
    console.log(
      `run ${run + 1}: live after ${found.live.at(-1)!.toFixed(0)} ms, back after ` +
        `${found.back.at(-1)!.toFixed(0)} ms`,
    );
  }
  await file.holds(typed);
  found.typed += typed.length;
}

/** Blocks UDP before the page is opened, beside pages that do not ask for it. */
async function blockFromStart(skerry: RoutedSkerry): Promise<void> {
  const forced = new URL(skerry.url);
  forced.searchParams.set("transport", "websocket");
  const { blocked, websocket } = found.first;
  for (let run = 0; run < runs; run++) {
    skerry.udp.blocked = false;
    websocket.push(await firstPicture(browserName, forced.href));
    skerry.udp.blocked = true;
    blocked.push(await firstPicture(browserName, skerry.url));
    console.log(
      `run ${run + 1}: first picture after ${websocket.at(-1)!.toFixed(0)} ms by the WebSocket, ` +
        `${blocked.at(-1)!.toFixed(0)} without UDP`,
    );
  }
}

/** @param met whether the target is, of which the text tells; "" for none */
function row(name: string, samples: readonly number[], target = "", met = false): string[] {
  if (samples.length === 0) return [];
  const { p50, p90, worst, count } = summarize(samples);
  const verdict = target === "" ? "" : `${target}: ${met ? "met" : "**missed**"}`;
  const figures = [p50, p90, worst].map((figure) => figure.toFixed(0)).join(" | ");
  return [`| ${name} | ${figures} | ${count} | ${verdict} |`];
}

const load = loadAverage();
{
  await using file = await TypedFile.create();
  await using skerry = await RoutedSkerry.start({ args: file.command({ moving: true }) });
  if (parts.includes("session")) await blockInSession(skerry, file);
  if (parts.includes("start")) await blockFromStart(skerry);
}
const { live, back, first, typed } = found;
/** How much later the first picture is with UDP blocked than by the WebSocket alone. */
const later = first.blocked.length === 0
  ? 0
  : summarize(first.blocked).p50 - summarize(first.websocket).p50;
await writeReport(reportName, [
  `# UDP blocked, ${browserName}`,
  "",
  `Load average ${load}. Milliseconds.`,
  "",
  "| | p50 | p90 | worst | runs | target |",
  "|---|--:|--:|--:|--:|---|",
  ...row(
    "Blocked in mid-session: picture live again after",
    live,
    "median ≤ 1000",
    live.length > 0 && summarize(live).p50 <= 1000,
  ),
  ...row(
    "UDP back: on WebTransport again after",
    back,
    "worst ≤ 15000",
    back.length > 0 && summarize(back).worst <= 15_000,
  ),
  ...row("First picture with `?transport=websocket`", first.websocket),
  ...row(
    "First picture with UDP blocked from the start",
    first.blocked,
    `median ≤ 300 more (${later.toFixed(0)})`,
    later <= 300,
  ),
  "",
  ...typed > 0 ? [`All ${typed} characters typed through it arrived, once each and in order.`] : [],
], found);
