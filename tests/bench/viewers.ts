/**
 * `deno task bench:viewers`: many viewers of one session.
 *
 *     deno run -A tests/bench/viewers.ts [--parts=slow,crowd] [--rounds=3] [--presses=20] [--seconds=10]
 *         [--viewers=20] [--transport=websocket|webtransport] [--browser=chromium] [--add] [--output=…]
 *
 * First a browser on the server's machine that is pressed, alone and beside a viewer behind 1 Mbit/s
 * with 40 ms RTT, in turns. Then one viewer and many on the server's machine, and what the server
 * takes for each. Viewers other than the pressed one have no browser: they take and acknowledge. `--add`
 * counts the presses of the report in the folder, too.
 *
 * @module
 */
import { Link } from "../support/link.ts";
import type { BrowserName } from "../support/rig_browser.ts";
import { addCounts, displayedRate } from "../support/rig_frames.ts";
import { cpuTime } from "../support/rig_proc.ts";
import { pause, RigProcess } from "../support/rig_process.ts";
import { loadAverage, percentile, summarize } from "../support/rig_statistics.ts";
import type { ViewerCount } from "../support/rig_stream_viewers.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { earlierData, expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { startSystem, type System, type SystemName } from "./systems.ts";
import { type Measured, nothingMeasured, Viewer } from "./viewer.ts";

expectOptions([
  "rounds",
  "presses",
  "seconds",
  "viewers",
  "browser",
  "transport",
  "parts",
  "output",
], ["add"]);
const rounds = numberOption("rounds", 3), presses = numberOption("presses", 20);
const seconds = numberOption("seconds", 10), many = numberOption("viewers", 20);
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const transport = pick(
  "transport",
  textOption("transport") ?? "webtransport",
  ["websocket", "webtransport"] as const satisfies SystemName[],
)[0]!;
const parts = pick("parts", textOption("parts") ?? "slow,crowd", ["slow", "crowd"] as const);
const reportName = `viewers-${transport}`;
const progress = new Progress();

/** Viewers as a process of their own; its last line are their counts. */
function startViewers(
  url: string,
  options: readonly string[],
  place: (command: readonly string[]) => readonly string[] = (command) => command,
): RigProcess {
  const program = new URL("../support/rig_stream_viewers.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  return RigProcess.start(
    place([
      Deno.execPath(),
      "run",
      "--no-check",
      "-A",
      `--config=${config}`,
      program,
      url,
      ...options,
    ]),
  );
}

async function countsOf(viewers: RigProcess, timeoutMs: number): Promise<ViewerCount[]> {
  const [line] = await viewers.waitFor(/^\[.*\]$/m, timeoutMs);
  return JSON.parse(line) as ViewerCount[];
}

interface Beside {
  readonly alone: Measured;
  readonly together: Measured;
  readonly slow: ViewerCount[];
  /** How long each of them was there. */
  readonly slowSeconds: number[];
}

/** Presses a viewer on the server's machine, with and without one behind a slow link. */
async function besideSlow(): Promise<Beside> {
  const alone = nothingMeasured(), together = nothingMeasured();
  const slow: ViewerCount[] = [], slowSeconds: number[] = [];
  await using link = await Link.open({ down: 1, up: 1, delay: 20 });
  using _place = await link.enter("server");
  const listen = ["--listen", `${link.address("server")}:0`];
  await using system = await startSystem(transport, { skerryArgs: listen });
  await using _window = await system.run("test_window");
  await using viewer = await Viewer.open(system, browser);
  await viewer.setMotion(true);
  const press = (into: Measured, who: string) =>
    viewer.press(presses, "motion", into, (ms) => progress.say(`${who}: ${ms.toFixed(1)} ms`));
  // A press and its pause take some 0.35 s.
  const stay = Math.ceil(presses * 0.35);
  for (let round = 0; round < rounds; round++) {
    await press(alone, "alone");
    await using other = startViewers(
      system.url,
      [`--seconds=${stay}`],
      (command) => link.command("client", command),
    );
    await other.waitFor(/^ready$/m, 30_000);
    await pause(2000);
    await press(together, "beside a slow viewer");
    slow.push(...await countsOf(other, 60_000));
    slowSeconds.push(stay);
    progress.done(`round ${round + 1} of ${rounds} beside a slow viewer`);
  }
  return { alone, together, slow, slowSeconds };
}

function sum(a: Beside | undefined, b: Beside): Beside {
  const measured = (key: "alone" | "together"): Measured => {
    const [first, second] = [a?.[key] ?? nothingMeasured(), b[key]];
    return {
      latencies: [...first.latencies, ...second.latencies],
      looks: first.looks + second.looks,
      frames: addCounts(first.frames, second.frames),
    };
  };
  return {
    alone: measured("alone"),
    together: measured("together"),
    slow: [...a?.slow ?? [], ...b.slow],
    slowSeconds: [...a?.slowSeconds ?? [], ...b.slowSeconds],
  };
}

interface Crowd {
  readonly counts: ViewerCount[];
  /** The server's CPU time, in % of one core. */
  readonly cpu: number;
}

/** So many viewers at once, and what the server takes for them. */
async function crowd(system: System, count: number): Promise<Crowd> {
  await using viewers = startViewers(system.url, [`--count=${count}`, `--seconds=${seconds}`]);
  await viewers.waitFor(/^ready$/m, 60_000);
  await pause(2000);
  const pid = system.serverPids[0]!;
  const before = await cpuTime(pid), start = performance.now();
  await pause(seconds * 1000 - 500);
  const cpu = (await cpuTime(pid) - before) * 100 / (performance.now() - start);
  return { counts: await countsOf(viewers, seconds * 1000 + 30_000), cpu };
}

interface Crowds {
  readonly one: Crowd;
  readonly all: Crowd;
}

/** What the report is made of. */
interface Found {
  beside?: Beside;
  crowds?: Crowds;
}

async function crowds(): Promise<Crowds> {
  await using system = await startSystem("skerry");
  await using _motion = await system.run("motion_window");
  const one = await crowd(system, 1);
  progress.done(`one viewer: ${one.cpu.toFixed(0)} % of a core`);
  const all = await crowd(system, many);
  progress.done(`${many} viewers: ${all.cpu.toFixed(0)} % of a core`);
  return { one, all };
}

/** The part of the report that is about one slow viewer. */
function besideReport({ alone, together, slow, slowSeconds }: Beside): string[] {
  const rows = (["p50", "p99", "frames"] as const).map((key) => {
    const [own, other] = [figures(alone)[key], figures(together)[key]];
    const ratio = other / own;
    const met = key === "frames" ? ratio >= 0.9 : ratio <= 1.1;
    const title = key === "frames" ? "frames/s" : `click to photon ${key}, ms`;
    return row([title, own.toFixed(1), other.toFixed(1), ratio.toFixed(2), verdict(met)]);
  });
  const ages = slow.flatMap(({ age }) => age ?? []);
  const most = (key: "p50" | "p99") => Math.max(...ages.map((age) => age[key])).toFixed(0);
  const oldest = Math.max(...slow.map(({ oldest }) => oldest));
  const rate = slow.reduce((sum, { frames }) => sum + frames, 0) /
    slowSeconds.reduce((sum, seconds) => sum + seconds, 0);
  return [
    `## Beside a viewer behind 1 Mbit/s, 40 ms RTT (${alone.latencies.length} presses each)`,
    "",
    row(["", "alone", "beside it", "ratio", "within 10 %"]),
    row(["---", "--:", "--:", "--:", "---"]),
    ...rows,
    "",
    ages.length === 0
      ? "The slow viewer got no frame: **missed**."
      : `The slow viewer got ${rate.toFixed(1)} frames a second, ${most("p50")} ms old when they ` +
        `arrived at the median, ${most("p99")} at p99. Its picture was ${
          oldest.toFixed(0)
        } ms old at ` +
        `worst, just before the next one came (target: 1000, ${verdict(oldest <= 1000)}).`,
    "",
  ];
}

/** The part of the report that is about many viewers. */
function crowdReport({ one, all }: Crowds): string[] {
  const shares = all.counts.map(({ encoded, frames }) => frames / encoded)
    .toSorted((a, b) => a - b);
  const rate = ({ counts }: Crowd) =>
    percentile(counts.map(({ frames }) => frames / seconds).toSorted((a, b) => a - b), 50);
  const encodedRate = ({ counts }: Crowd) => (counts[0]?.encoded ?? NaN) / seconds;
  return [
    `## ${all.counts.length} viewers on loopback, 1280x720`,
    "",
    row(["", "1 viewer", `${all.counts.length} viewers`]),
    row(["---", "--:", "--:"]),
    row(["CPU of the server, % of one core", one.cpu.toFixed(0), all.cpu.toFixed(0)]),
    row(["frames/s encoded, for all", encodedRate(one).toFixed(1), encodedRate(all).toFixed(1)]),
    row(["frames/s of a viewer", rate(one).toFixed(1), rate(all).toFixed(1)]),
    "",
    `Of the frames encoded, the viewers got ${
      (percentile(shares, 50) * 100).toFixed(0)
    } % at the ` +
    `median, ${(shares[0]! * 100).toFixed(0)} % at least (target: 90, ${
      verdict(shares[0]! >= 0.9)
    }).`,
  ];
}

const verdict = (met: boolean) => met ? "met" : "**missed**";
const figures = ({ latencies, frames }: Measured) => {
  const { p50, p99 } = summarize(latencies);
  return { p50, p99, frames: displayedRate(frames) };
};
const found = await earlierData<Found>(reportName) ?? {};
if (parts.includes("slow")) found.beside = sum(found.beside, await besideSlow());
if (parts.includes("crowd")) found.crowds = await crowds();
await writeReport(reportName, [
  `# Many viewers, ${browser} over ${transport}`,
  "",
  `Load average ${loadAverage().toFixed(2)}.`,
  "",
  ...found.beside ? besideReport(found.beside) : [],
  ...found.crowds ? crowdReport(found.crowds) : [],
], found);
