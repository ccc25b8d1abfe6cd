/**
 * `deno task bench:floods`: what an honest viewer sees of somebody who floods the server's UDP port, and what
 * the server keeps of it.
 *
 *     deno run -A tests/bench/floods.ts [--floods=half-open,tickets,datagrams,streams] [--seconds=5]
 *         [--browser=chromium] [--output=…]
 *
 * 1,000 half-open connections, 1,000 with a wrong ticket, 10,000 datagrams and 10,000 streams of garbage,
 * each spread over the seconds. The viewer's picture moves at 30 frames a second.
 *
 * @module
 */
import type { BrowserName } from "../support/rig_browser.ts";
import { type Flood, FLOODS } from "../support/rig_flood.ts";
import { displayedRate, type FrameCount, FrameCounter } from "../support/rig_frames.ts";
import { residentMemory } from "../support/rig_proc.ts";
import { pause, RigProcess } from "../support/rig_process.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { startSystem } from "./systems.ts";
import { Viewer } from "./viewer.ts";

const COUNTS: Record<Flood, number> = {
  "half-open": 1000,
  tickets: 1000,
  datagrams: 10_000,
  streams: 10_000,
};
/** The part of its frame rate that a viewer is to keep. */
const LEAST = 0.9;

interface Found {
  readonly flood: Flood;
  readonly before: FrameCount;
  readonly during: FrameCount;
  readonly after: FrameCount;
  readonly ms: number;
  /** Of the server, in MiB. */
  readonly residentBefore: number;
  readonly residentAfter: number;
}

expectOptions(["seconds", "browser", "floods", "output"]);
const seconds = numberOption("seconds", 5);
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const floods = pick("floods", textOption("floods") ?? FLOODS.join(","), FLOODS);
const progress = new Progress();
const results: Found[] = [];

function startFlood(url: string, flood: Flood): RigProcess {
  const program = new URL("../support/rig_flood.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  const args = [url, flood, String(COUNTS[flood]), `--seconds=${seconds}`];
  return RigProcess.start([
    ...[Deno.execPath(), "run", "--no-check", "-A", `--config=${config}`, program, ...args],
  ]);
}

{
  await using system = await startSystem("webtransport");
  await using _window = await system.run("test_window");
  await using viewer = await Viewer.open(system, browser);
  await viewer.setMotion(true);
  const framesWhile = async (work: Promise<unknown>) => {
    await using counter = await FrameCounter.start(viewer.display, viewer.placement);
    await work;
    return counter.count;
  };
  const pid = system.serverPids[0]!;
  for (const flood of floods) {
    const before = await framesWhile(pause(seconds * 1000));
    const residentBefore = await residentMemory(pid);
    await using flooding = startFlood(system.url, flood);
    await flooding.waitFor(/^begin$/m, 30_000);
    const start = performance.now();
    const during = await framesWhile(flooding.waitFor(/^done$/m, 120_000));
    const ms = performance.now() - start;
    await pause(6000); // longer than a handshake may take
    const after = await framesWhile(pause(seconds * 1000));
    const residentAfter = await residentMemory(pid);
    results.push({ flood, before, during, after, ms, residentBefore, residentAfter });
    const rates = [before, during, after].map((count) => displayedRate(count).toFixed(1));
    progress.done(`${flood}: ${rates.join(", ")} frames a second`);
  }
}

await writeReport("floods", [
  `# Floods beside a viewer, ${browser} over WebTransport`,
  "",
  `Load average ${
    loadAverage().toFixed(2)
  }. Frames a second displayed; the server's memory in MiB.`,
  "",
  row([
    ...["", "in, s", "before", "meanwhile", "afterwards", "longest stand, ms", `kept ≥ ${LEAST}`],
    ...["memory before", "after"],
  ]),
  row(["---", ...Array(5).fill("--:"), "---", "--:", "--:"]),
  ...results.map(({ after, before, during, flood, ms, residentAfter, residentBefore }) => {
    const kept = displayedRate(during) / displayedRate(before);
    return row([
      `${COUNTS[flood].toLocaleString("en")} ${flood}`,
      (ms / 1000).toFixed(1),
      ...[before, during, after].map((count) => displayedRate(count).toFixed(1)),
      during.longestMs.toFixed(0),
      `${kept.toFixed(2)}: ${kept >= LEAST ? "met" : "**missed**"}`,
      residentBefore.toFixed(0),
      residentAfter.toFixed(0),
    ]);
  }),
], results);
