/**
 * `deno task bench:roaming`: what a viewer sees of a NAT that gives it another port in mid-session.
 *
 *     deno run -A tests/bench/roaming.ts [--runs=20] [--browser=chromium] [--output=…]
 *         [--transports=skerry,webtransport]
 *
 * 40 ms RTT by UDP and TCP, and a picture that moves at 60 frames a second. In turns, nothing happens and
 * the client's UDP port changes; what was on its way to the old port is lost, as it is with a NAT. Compared
 * is the longest time that a frame stood on the viewer's display, until the session is on WebTransport
 * again. Beside it, the same where WebTransport is all there is.
 *
 * @module
 */
import type { BrowserName } from "../support/rig_browser.ts";
import { FrameCounter } from "../support/rig_frames.ts";
import { pause } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import { RoutedSkerry } from "../support/routed_skerry.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import {
  HEIGHT,
  pageUrl,
  runProgram,
  type SkerryName,
  type System,
  systemTitle,
  WIDTH,
} from "./systems.ts";
import { Viewer } from "./viewer.ts";

const RTT = 40;
/** How long each turn is watched; in ms. The way back is in it. */
const WATCH_MS = 2000;

type Turn = "quiet" | "rebound";

expectOptions(["runs", "browser", "transports", "output"]);
const runs = numberOption("runs", 20);
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const transports = pick(
  "transports",
  textOption("transports") ?? "skerry,webtransport",
  ["skerry", "webtransport"] as const,
);
const progress = new Progress();

/** Skerry behind a network that is as far away for UDP as it is for TCP. */
async function startRouted(
  transport: SkerryName,
): Promise<{ system: System; skerry: RoutedSkerry }> {
  await using stack = new AsyncDisposableStack();
  const remote = stack.use(await startRemoteDisplay(WIDTH, HEIGHT));
  const skerry = stack.use(await RoutedSkerry.start({ args: ["--display", remote.display] }));
  skerry.udp.delay = skerry.tcp.delay = RTT / 2;
  const kept = stack.move();
  return {
    skerry,
    system: {
      name: transport,
      title: systemTitle(transport),
      display: remote.display,
      url: pageUrl(transport, skerry.url),
      serverPids: [skerry.skerry.pid],
      run: (program, ...rest) => runProgram(remote.display, program, ...rest),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    },
  };
}

/** The longest that a frame stood between two moments, in ms. */
function longestStand(shown: readonly number[], from: number, to: number): number {
  let longest = 0, last = from;
  for (const at of [...shown.filter((at) => at > from && at < to), to]) {
    longest = Math.max(longest, at - last);
    last = at;
  }
  return longest;
}

/** How long frames stood in each turn, in ms. */
async function measure(transport: SkerryName): Promise<Record<Turn, number[]>> {
  const stands: Record<Turn, number[]> = { quiet: [], rebound: [] };
  const { skerry, system } = await startRouted(transport);
  await using _system = system;
  await using _window = await system.run("test_window");
  await using viewer = await Viewer.open(system, browser);
  await viewer.setMotion(true, "--fps=60");
  const shown: number[] = [];
  await using _counter = await FrameCounter.start(
    viewer.display,
    viewer.placement,
    (_, at) => shown.push(at),
  );
  // Until there is a path in reserve.
  await pause(3000);
  for (let run = 0; run < runs; run++) {
    for (const turn of ["quiet", "rebound"] satisfies Turn[]) {
      const from = performance.now();
      if (turn === "rebound") skerry.udp.rebind();
      await pause(WATCH_MS);
      stands[turn].push(longestStand(shown, from, performance.now()));
    }
    const [quiet, rebound] = [stands.quiet.at(-1)!, stands.rebound.at(-1)!];
    progress.done(`run ${run + 1} of ${runs}: ${quiet.toFixed(0)} ms, ${rebound.toFixed(0)} ms`);
  }
  return stands;
}

const found: Partial<Record<SkerryName, Record<Turn, number[]>>> = {};
const lines: string[] = [];
for (const transport of transports) {
  const stands = found[transport] = await measure(transport);
  const [quiet, rebound] = [summarize(stands.quiet), summarize(stands.rebound)];
  const line = (title: string, { p50, p90, worst }: typeof quiet) =>
    row([title, ...[p50, p90, worst].map((figure) => figure.toFixed(1))]);
  const more = rebound.p50 - quiet.p50;
  const verdict = `${more.toFixed(1)} ms longer at the median`;
  lines.push(
    `## ${systemTitle(transport)}${transport === "skerry" ? "" : " alone"}`,
    "",
    row(["", "p50", "p90", "worst"]),
    row(["---", "--:", "--:", "--:"]),
    line("nothing happens", quiet),
    line("another port", rebound),
    "",
    transport !== "skerry"
      ? `${verdict}.`
      : `${verdict} (target: one RTT, ${RTT}: ${more <= RTT ? "met" : "**missed**"}).`,
    "",
  );
}
await writeReport(`roaming-${browser}`, [
  `# A NAT that gives another port, ${RTT} ms RTT, ${browser}, ${runs} runs`,
  "",
  `Load average ${
    loadAverage().toFixed(2)
  }. The longest that a frame stood in ${WATCH_MS} ms, in ms.`,
  "",
  ...lines,
], found);
