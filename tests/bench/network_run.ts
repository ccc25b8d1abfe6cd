/**
 * Measures click to photon on slow links: all systems are up at once, and take turns.
 *
 * @module
 */
import { addCounts } from "../support/rig_frames.ts";
import { Link, type LinkReport } from "../support/link.ts";
import { pause } from "../support/rig_process.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { RigDisplayError } from "../support/rig_x11.ts";
import { BENCH_LINKS, type BenchLink } from "./links.ts";
import { openLinkedViewers } from "./linked_viewers.ts";
import type { NetworkOptions } from "./network_options.ts";
import type { Progress } from "./run.ts";
import { readSplit, type Split } from "./split.ts";
import { isSkerry, type SystemName } from "./systems.ts";
import { type Measured, nothingMeasured, type Viewer } from "./viewer.ts";

/** What one system did on one link. */
export interface NetworkMeasured extends Measured {
  /** What the link carried to the browser, and in what time. */
  octets: number;
  ms: number;
  /** The bottleneck's longest queue towards the browser, in ms. */
  longestQueue: number;
  /** Presses that were not answered in {@link PATIENCE_MS}. */
  unanswered: number;
  /** Of the last turn. */
  split?: Split;
}

export interface NetworkResult {
  readonly link: BenchLink;
  readonly systems: ReadonlyMap<SystemName, NetworkMeasured>;
  readonly load: number;
  /** The latest that a packet was handed over, in ms; undefined without a link. */
  late: { p99: number; worst: number } | undefined;
}

const PATIENCE_MS = 8000;
/** A slow system is pressed less often, not for longer. */
const ROUND_MS = 12_000;
const PAUSE_MS = [120, 300] as const;
/** For a system's rate control, with the picture moving, before its first turn on a link. */
const SETTLE_MS = 3000;

function empty(): NetworkMeasured {
  return { ...nothingMeasured(), octets: 0, ms: 0, longestQueue: 0, unanswered: 0 };
}

function sum(a: NetworkMeasured, b: NetworkMeasured): NetworkMeasured {
  return {
    latencies: [...a.latencies, ...b.latencies],
    looks: a.looks + b.looks,
    frames: addCounts(a.frames, b.frames),
    octets: a.octets + b.octets,
    ms: a.ms + b.ms,
    longestQueue: Math.max(a.longestQueue, b.longestQueue),
    unanswered: a.unanswered + b.unanswered,
    ...b.split ?? a.split ? { split: (b.split ?? a.split)! } : {},
  };
}

/** Of two runs, in the order of {@link BENCH_LINKS}. */
export function addResults(
  earlier: readonly NetworkResult[],
  later: readonly NetworkResult[],
): NetworkResult[] {
  return BENCH_LINKS.flatMap(({ name }) => {
    const [a, b] = [earlier, later].map((run) => run.find(({ link }) => link.name === name));
    if (!a || !b) return a ?? b ?? [];
    const systems = new Map(a.systems);
    for (const [system, measured] of b.systems) {
      systems.set(system, sum(systems.get(system) ?? empty(), measured));
    }
    const late = a.late && b.late && {
      p99: Math.max(a.late.p99, b.late.p99),
      worst: Math.max(a.late.worst, b.late.worst),
    };
    return { link: b.link, systems, load: Math.max(a.load, b.load), late };
  });
}

/** One system's turn. */
async function takeTurn(
  viewer: Viewer,
  into: NetworkMeasured,
  presses: number,
  link: Link | undefined,
  onPress: (ms: number) => void,
): Promise<LinkReport | undefined> {
  await link?.report();
  const start = performance.now();
  try {
    await viewer.press(presses, "motion", into, onPress, {
      patienceMs: PATIENCE_MS,
      roundMs: ROUND_MS,
      pauseMs: PAUSE_MS,
    });
  } catch (error) {
    if (!(error instanceof RigDisplayError)) throw error;
    into.unanswered++;
  }
  const report = await link?.report();
  if (report) {
    into.ms += performance.now() - start;
    into.octets += report.down.octets;
    into.longestQueue = Math.max(into.longestQueue, report.down.longestQueue);
  }
  return report;
}

async function measureLink(
  viewers: readonly Viewer[],
  benchLink: BenchLink,
  link: Link | undefined,
  options: NetworkOptions,
  progress: Progress,
): Promise<NetworkResult> {
  const systems = new Map(viewers.map(({ system }) => [system.name, empty()]));
  let late = link && { p99: 0, worst: 0 };
  for (let round = 0; round < options.rounds; round++) {
    for (const viewer of round % 2 === 0 ? viewers : viewers.toReversed()) {
      const into = systems.get(viewer.system.name)!;
      await viewer.setMotion(true);
      if (round === 0) await pause(SETTLE_MS);
      const report = await takeTurn(viewer, into, options.presses, link, (ms) => {
        const at = `${into.latencies.length}/${options.rounds * options.presses}`;
        progress.say(`${benchLink.title}, ${viewer.system.title} ${at}: ${ms.toFixed(0)} ms`);
      });
      if (options.split && isSkerry(viewer.system.name)) {
        into.split = await readSplit(viewer.browser);
      }
      await viewer.setMotion(false);
      if (late && report) {
        const { p99, worst } = report.late;
        late = { p99: Math.max(late.p99, p99), worst: Math.max(late.worst, worst) };
      }
    }
  }
  return { link: benchLink, systems, load: loadAverage(), late };
}

/** Runs all that was asked for. */
export async function runNetwork(
  options: NetworkOptions,
  progress: Progress,
): Promise<NetworkResult[]> {
  const results: NetworkResult[] = [];
  const measure = async (links: readonly BenchLink[], link: Link | undefined) => {
    if (links.length === 0) return;
    await using stack = new AsyncDisposableStack();
    progress.say(`starting ${options.systems.join(", ")}`);
    const viewers = await openLinkedViewers({ ...options, debug: options.split, link }, stack);
    for (const benchLink of links) {
      if (link) {
        await link.set(benchLink.settings!);
        // A connection that was opened on another link would have to find out that it has changed.
        for (const viewer of viewers) await viewer.reload();
      }
      const result = await measureLink(viewers, benchLink, link, options, progress);
      results.push(result);
      progress.done(`${benchLink.title}: done, load ${result.load.toFixed(2)}`);
    }
  };
  await measure(options.links.filter(({ settings }) => settings === undefined), undefined);
  const slow = options.links.filter(({ settings }) => settings !== undefined);
  if (slow.length === 0) return results;
  await using link = await Link.open({}, options.congestionControl);
  using _client = await link.enter("client");
  await measure(slow, link);
  return results;
}
