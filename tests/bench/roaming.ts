/**
 * `deno task bench:roaming`: what a viewer sees of a NAT that gives it another port in mid-session.
 *
 *     deno run -A tests/bench/roaming.ts [--runs=20] [--browser=chromium] [--output=…]
 *
 * 40 ms RTT, and a picture that moves at 60 frames a second. In turns, nothing happens and the client's
 * port changes; what was on its way to the old port is lost, as it is with a NAT. Compared is the longest time
 * that a frame stood on the viewer's display.
 *
 * @module
 */
import type { BrowserName } from "../support/rig_browser.ts";
import { FrameCounter } from "../support/rig_frames.ts";
import { pause } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { UdpRelay } from "../support/udp_relay.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { HEIGHT, pageUrl, runProgram, type System, WIDTH } from "./systems.ts";
import { Viewer } from "./viewer.ts";

const RTT = 40;
/** How long each turn is watched; in ms. */
const WATCH_MS = 1200;

type Turn = "quiet" | "rebound";

expectOptions(["runs", "browser", "output"]);
const runs = numberOption("runs", 20);
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const progress = new Progress();

/** Skerry whose UDP goes by the relay. */
async function startBehind(relay: UdpRelay): Promise<System> {
  await using stack = new AsyncDisposableStack();
  const remote = stack.use(await startRemoteDisplay(WIDTH, HEIGHT));
  const skerry = stack.use(
    await SkerryProcess.start({
      args: ["--display", remote.display, "--webtransport-advertise", `127.0.0.1:${relay.port}`],
    }),
  );
  relay.target = Number(new URL(skerry.url).port);
  const kept = stack.move();
  return {
    name: "webtransport",
    title: "Skerry, WebTransport",
    display: remote.display,
    url: pageUrl("webtransport", skerry.url),
    serverPids: [skerry.pid],
    run: (program, ...rest) => runProgram(remote.display, program, ...rest),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
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

const stands: Record<Turn, number[]> = { quiet: [], rebound: [] };
{
  await using relay = UdpRelay.open();
  relay.delay = RTT / 2;
  await using system = await startBehind(relay);
  await using _window = await system.run("test_window");
  await using viewer = await Viewer.open(system, browser);
  await viewer.setMotion(true, "--fps=60");
  const shown: number[] = [];
  await using _counter = await FrameCounter.start(
    viewer.display,
    viewer.placement,
    (_, at) => shown.push(at),
  );
  await pause(2000);
  for (let run = 0; run < runs; run++) {
    for (const turn of ["quiet", "rebound"] satisfies Turn[]) {
      const from = performance.now();
      if (turn === "rebound") relay.rebind();
      await pause(WATCH_MS);
      stands[turn].push(longestStand(shown, from, performance.now()));
    }
    const [quiet, rebound] = [stands.quiet.at(-1)!, stands.rebound.at(-1)!];
    progress.done(`run ${run + 1} of ${runs}: ${quiet.toFixed(0)} ms, ${rebound.toFixed(0)} ms`);
  }
}

const [quiet, rebound] = [summarize(stands.quiet), summarize(stands.rebound)];
const line = (title: string, { p50, p90, worst }: typeof quiet) =>
  row([title, ...[p50, p90, worst].map((figure) => figure.toFixed(1))]);
const more = rebound.p50 - quiet.p50;
await writeReport(`roaming-${browser}`, [
  `# A NAT that gives another port, ${RTT} ms RTT, ${browser}, ${runs} runs`,
  "",
  `Load average ${
    loadAverage().toFixed(2)
  }. The longest that a frame stood in ${WATCH_MS} ms, in ms.`,
  "",
  row(["", "p50", "p90", "worst"]),
  row(["---", "--:", "--:", "--:"]),
  line("nothing happens", quiet),
  line("another port", rebound),
  "",
  `${more.toFixed(1)} ms longer at the median (target: one RTT, ${RTT}: ${
    more <= RTT ? "met" : "**missed**"
  }).`,
], stands);
