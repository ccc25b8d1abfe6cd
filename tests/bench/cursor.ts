/**
 * `deno task bench:cursor`: from a program's new image of the pointer to the browser's pointer that looks
 * like it, on loopback and on 10 Mbit/s with 40 ms RTT; of ours, also when the page had it.
 *
 *     deno run -A tests/bench/cursor.ts [--changes=60] [--links=loopback,10-40]
 *         [--systems=skerry,novnc] [--browser=chromium|firefox] [--size=24] [--output=…]
 *
 * The browser is on an X display of its own, which tells when its pointer has another image (XFIXES), and
 * which: all that the browser does is counted, for every system alike. Chromium's own timer is 20 ms of it.
 *
 * @module
 */
import { DisplayConnection } from "../../src/display/connection.ts";
import { CursorWatcher } from "../../src/display/cursor.ts";
import type { CursorImage } from "../../src/protocol/cursor_message.ts";
import { CursorWindow } from "../support/cursor_window.ts";
import { Link } from "../support/link.ts";
import type { BrowserName } from "../support/rig_browser.ts";
import { pause } from "../support/rig_process.ts";
import { place } from "../support/rig_scene.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import { RigDisplay } from "../support/rig_x11.ts";
import { CursorPage } from "./cursor_page.ts";
import { BENCH_LINKS, type BenchLink } from "./links.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { HEIGHT, startSystem, type SystemName, systemTitle, WIDTH } from "./systems.ts";
import { Viewer } from "./viewer.ts";

/** Over this and half a round trip the median is too late; in ms. */
const BUDGET_MS = 15;
const PATIENCE_MS = 5000;

/** In ms, until the browser's pointer looked like it. */
interface Samples {
  /** Images that were never there before. */
  readonly fresh: number[];
  /** Two images in turn, as of a program that has two states. */
  readonly known: number[];
  /** Of both, until the page gave it to the browser; empty for a system whose page is not ours. */
  readonly arrived: number[];
}

expectOptions(["changes", "size", "browser", "links", "systems", "output"]);
const changes = numberOption("changes", 60);
const size = numberOption("size", 24);
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const links = pick(
  "links",
  textOption("links") ?? "loopback,10-40",
  BENCH_LINKS.map(({ name }) => name),
).map((name) => BENCH_LINKS.find((link) => link.name === name)!);
const systems = pick<SystemName>("systems", textOption("systems") ?? "skerry,novnc", [
  "skerry",
  "webtransport",
  "websocket",
  "novnc",
]);
const progress = new Progress();

/** What waits for the pointer to have a colour, 0xRRGGBB. */
let awaited = { colour: -1, seen: () => {} };

/** @returns When the pointer has this colour, on the clock of `performance`. */
function looksLike(colour: number): Promise<number> {
  const { promise, reject, resolve } = Promise.withResolvers<number>();
  const late = setTimeout(
    () => reject(new Error(`The browser's pointer did not change within ${PATIENCE_MS} ms.`)),
    PATIENCE_MS,
  );
  awaited = {
    colour,
    seen: () => {
      clearTimeout(late);
      awaited = { colour: -1, seen: () => {} };
      resolve(performance.now());
    },
  };
  return promise;
}

function colourOf({ hotX, hotY, rgba, width }: CursorImage): number {
  const at = (hotY * width + hotX) * 4;
  return (rgba[at] ?? 0) << 16 | (rgba[at + 1] ?? 0) << 8 | (rgba[at + 2] ?? 0);
}

async function measure(name: SystemName, link: Link | undefined): Promise<Samples> {
  await using stack = new AsyncDisposableStack();
  const samples: Samples = { fresh: [], known: [], arrived: [] };
  const system = stack.use(await startSystem(name, { link, skerryArgs: ["--audio", "off"] }));
  const mark = stack.use(await system.run("test_window"));
  const viewer = stack.use(await Viewer.open(system, browser));
  await mark[Symbol.asyncDispose]();
  const remote = stack.use(await DisplayConnection.open({ display: system.display }));
  const area = stack.use(await CursorWindow.open(remote));
  const seat = stack.use(await DisplayConnection.open({ display: viewer.display }));
  stack.use(
    await CursorWatcher.open(seat, {
      oncursor: (image) => {
        if (image.width > 0 && colourOf(image) === awaited.colour) awaited.seen();
      },
    }),
  );
  const hand = stack.use(await RigDisplay.open(viewer.display));
  const middle = place(viewer.placement, WIDTH / 2, HEIGHT / 2);
  await hand.movePointer(middle.x - 20, middle.y);
  await pause(300);
  await hand.movePointer(middle.x, middle.y);
  await pause(1000);

  const page = name === "novnc" ? undefined : stack.use(await CursorPage.open(viewer.browser));

  const looks = (colour: number) => ({ colour, size, hotX: size >> 1, hotY: size >> 1 });
  const change = async (kind: "fresh" | "known", cursor: number, colour: number) => {
    const start = performance.now();
    const seen = looksLike(colour);
    await area.show(cursor);
    samples[kind].push(await seen - start);
    if (page) samples.arrived.push(await page.changedAt() - start);
    await pause(120 + Math.random() * 100);
  };
  const forget = () => Object.values(samples).forEach((list) => list.length = 0);
  for (let i = -2; i < changes; i++) {
    if (i === 0) forget();
    // Browsers and their systems may round a colour's lowest bits: none has any.
    const colour = 0xff0000 | (i & 15) << 12 | (i >> 4 & 15) << 4 | 0x0800;
    await change("fresh", area.make(looks(colour)), colour);
  }
  const two = [0x00ff00, 0x0000ff].map((colour) => ({
    colour,
    cursor: area.make(looks(colour)),
  }));
  for (let i = 0; i < changes; i++) {
    const { colour, cursor } = two[i % 2]!;
    await change("known", cursor, colour);
  }
  progress.done(`${systemTitle(name)}: done, load ${loadAverage().toFixed(2)}`);
  return samples;
}

const results: { link: BenchLink; system: SystemName; samples: Samples }[] = [];
for (const bench of links) {
  await using stack = new AsyncDisposableStack();
  const link = bench.settings && stack.use(await Link.open(bench.settings));
  using _client = link && await link.enter("client");
  for (const system of systems) {
    progress.say(`${systemTitle(system)}, ${bench.title}`);
    results.push({ link: bench, system, samples: await measure(system, link) });
  }
}
const figures = (samples: readonly number[]) => {
  if (samples.length === 0) return "–";
  const { p50, p90, worst } = summarize(samples);
  return [p50, p90, worst].map((ms) => ms.toFixed(1)).join(" / ");
};
await writeReport(`cursor-${browser}`, [
  `# A new image of the pointer, program to browser, ${browser}`,
  "",
  `Images of ${size}x${size} pixels; ${changes} changes each, p50 / p90 / worst in ms. ` +
  `Load average ${loadAverage().toFixed(2)}.`,
  "",
  row([
    "link",
    "system",
    "image never seen before",
    "two images in turn",
    "in the page",
    "target for p50 there",
  ]),
  row(["---", "---", "--:", "--:", "--:", "--:"]),
  ...results.map(({ link, samples, system }) =>
    row([
      link.title,
      systemTitle(system),
      figures(samples.fresh),
      figures(samples.known),
      figures(samples.arrived),
      `${link.rtt / 2 + BUDGET_MS}`,
    ])
  ),
], results.map(({ link, ...rest }) => ({ link: link.name, ...rest })));
