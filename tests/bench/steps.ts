/**
 * `deno task bench:steps`: what a sudden change of the link does to the age of the picture.
 *
 *     deno run -A tests/bench/steps.ts [--runs=20] [--outages=20] [--outage=drop|hold] [--add]
 *         [--systems=webtransport,websocket,skerry,novnc] [--browser=chromium] [--output=…]
 *
 * 40 ms RTT, a picture that moves at 30 frames a second and wants all of 10 Mbit/s: from 10 to 2 Mbit/s and back, and
 * ten seconds in which nothing passes. A frame's age is counted from when its program drew it to its
 * being on the browser's display. `--add` counts the runs of the report in the folder, too; `--outages=0` leaves
 * outages out.
 *
 * @module
 */
import { Link } from "../support/link.ts";
import type { BrowserName } from "../support/rig_browser.ts";
import { FrameAges, type SeenFrame, worstAge, youngAfter } from "../support/rig_frame_ages.ts";
import { pause } from "../support/rig_process.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { openLinkedViewers } from "./linked_viewers.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { earlierData, expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { type SystemName, systemTitle } from "./systems.ts";
import type { Viewer } from "./viewer.ts";

const FAST = 10, SLOW = 2, RTT = 40, OUTAGE_MS = 10_000;
/** The oldest that a frame is when it appears while all is well; in ms. */
const YOUNG = RTT + 80;
/** What the picture takes of the link again after 2 → 10; in Mbit/s. */
const FULL = 7;
/** Its pixels, beside the test window, and a grain that makes it want more than the link has. */
const PICTURE = ["--size=840x520", "--at=420,180", "--grain=3"];
/** More than the link has, so that the link is what limits it; in kbit/s. */
const BITRATE = ["--bitrate", "12000"];
/** Runs of one system before the next one's turn. */
const BLOCK = 2;

/** Of one system; times in ms, Infinity for what never came in the time it was given. */
interface Steps {
  readonly downWorst: number[];
  readonly downYoung: number[];
  readonly upFull: number[];
  readonly upMost: number[];
  readonly outageYoung: number[];
}

expectOptions(["runs", "outages", "outage", "browser", "systems", "output"], ["add"]);
const runs = numberOption("runs", 20);
const outages = Number(textOption("outages") ?? runs);
const outage = pick("outage", textOption("outage") ?? "drop", ["drop", "hold"] as const)[0]!;
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const systems = pick(
  "systems",
  textOption("systems") ?? "webtransport,websocket",
  ["webtransport", "websocket", "skerry", "novnc"] as const satisfies SystemName[],
);

const wallClock = () => performance.timeOrigin + performance.now();

/** Watches until the picture is young again and a least time has passed, at most for `most` ms. */
async function watch(
  ages: FrameAges,
  from: number,
  least: number,
  most: number,
): Promise<{ frames: SeenFrame[]; to: number; young: number }> {
  for (;;) {
    await pause(250);
    const to = wallClock();
    const frames = await ages.frames();
    const young = youngAfter(frames, from, to, YOUNG);
    const settled = young < to - from - 1000;
    if (to - from >= most || to - from >= least && settled) return { frames, to, young };
  }
}

/** The first moment from which the link carries {@link FULL} for half a second; in ms, and the most. */
async function carriesFully(link: Link, ms: number): Promise<{ after: number; most: number }> {
  const start = performance.now();
  let after = Infinity, most = 0, before = 0, last = start;
  while (performance.now() - start < ms) {
    await pause(250);
    const { octets } = (await link.report()).down;
    const now = performance.now();
    const rate = octets * 8 / 1000 / (now - last);
    if (Math.min(rate, before) >= FULL && after === Infinity) after = last - start;
    most = Math.max(most, Math.min(rate, before));
    [before, last] = [rate, now];
  }
  return { after, most };
}

async function run(
  viewer: Viewer,
  link: Link,
  times: string,
  withOutage: boolean,
  into: Steps,
): Promise<void> {
  await using ages = await FrameAges.start(viewer.display, viewer.placement, times);
  await pause(1500);
  let from = wallClock();
  await link.set({ down: SLOW, up: SLOW });
  const slow = await watch(ages, from, 3000, 5000);
  into.downWorst.push(worstAge(slow.frames, from, slow.to));
  into.downYoung.push(slow.young);
  await link.set({ down: FAST, up: FAST });
  const { after, most } = await carriesFully(link, 4500);
  into.upFull.push(after);
  into.upMost.push(most);
  if (!withOutage) return;
  await link.set({ outage });
  await pause(OUTAGE_MS);
  await link.set({ outage: undefined });
  from = wallClock();
  into.outageYoung.push((await watch(ages, from, 2000, 12_000)).young);
}

const progress = new Progress();
const earlier = await earlierData<Partial<Record<SystemName, Steps>>>("steps") ?? {};
const results = new Map(Object.entries(earlier) as [SystemName, Steps][]);
{
  await using stack = new AsyncDisposableStack();
  const link = stack.use(await Link.open({ down: FAST, up: FAST, delay: RTT / 2 }));
  stack.use(await link.enter("client"));
  progress.say(`starting ${systems.join(", ")}`);
  const folder = stack.adopt(
    await Deno.makeTempDir({ prefix: "skerry-bench-" }),
    (path) => Deno.remove(path, { recursive: true }),
  );
  const viewers = await openLinkedViewers(
    { systems, browser, link, skerryArgs: BITRATE },
    stack,
  );
  for (let done = 0; done < runs; done += BLOCK) {
    for (const viewer of viewers) {
      const { name, title } = viewer.system;
      const into = results.get(name) ??
        { downWorst: [], downYoung: [], upFull: [], upMost: [], outageYoung: [] };
      results.set(name, into);
      const times = `${folder}/${name}`;
      await viewer.setMotion(true, `--times=${times}`, ...PICTURE);
      for (let i = done; i < Math.min(done + BLOCK, runs); i++) {
        const withOutage = Math.floor(outages * (i + 1) / runs) > Math.floor(outages * i / runs);
        await run(viewer, link, times, withOutage, into);
        const said = [into.downWorst, into.downYoung, into.upFull].map((list) => list.at(-1)!);
        progress.done(
          `${title}, run ${i + 1} of ${runs}: worst age ${said[0]!.toFixed(0)} ms, ` +
            `young after ${said[1]!.toFixed(0)}, full after ${said[2]!.toFixed(0)}`,
        );
      }
      await viewer.setMotion(false);
    }
  }
}

const LINES: readonly (readonly [keyof Steps, string, number, boolean])[] = [
  ["downWorst", "10 → 2 Mbit/s: worst age of the picture, ms", 600, true],
  ["downYoung", `10 → 2 Mbit/s: frames under ${YOUNG} ms again after, ms`, 1500, true],
  ["upFull", `2 → 10 Mbit/s: ${FULL} Mbit/s carried after, ms`, 4000, true],
  ["upMost", "2 → 10 Mbit/s: the most carried for half a second, Mbit/s", FULL, false],
  ["outageYoung", `10 s outage: frames under ${YOUNG} ms after its end, ms`, 1000, true],
];

function line(name: SystemName, [key, title, target, most]: typeof LINES[number]): string[] {
  const samples = results.get(name)?.[key] ?? [];
  if (samples.length === 0) return [];
  const digits = most ? 0 : 1;
  const sorted = samples.toSorted((a, b) => most ? a - b : b - a);
  const [middle, extreme] = [sorted[sorted.length >> 1], sorted.at(-1)];
  const met = most ? extreme! <= target : extreme! >= target;
  const text = (value: number) => Number.isFinite(value) ? value.toFixed(digits) : "never";
  return [row([
    title,
    systemTitle(name),
    text(middle!),
    text(extreme!),
    `${most ? "≤" : "≥"} ${target}`,
    met
      ? "met"
      : (most ? middle! <= target : middle! >= target)
      ? "met by the median"
      : "**missed**",
    `${samples.length}`,
  ])];
}

await writeReport("steps", [
  `# Steps of the link, ${RTT} ms RTT, ${browser}`,
  "",
  `Load average ${loadAverage().toFixed(2)}. In the outage, the network ${
    outage === "drop" ? "loses all that is sent" : "keeps what fits its queue"
  }.`,
  "",
  row(["", "system", "median", "worst", "target", "", "runs"]),
  row(["---", "---", "--:", "--:", "--:", "---", "--:"]),
  ...LINES.flatMap((entry) => [...results.keys()].flatMap((name) => line(name, entry))),
], Object.fromEntries(results));
