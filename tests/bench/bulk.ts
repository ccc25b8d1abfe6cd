/**
 * `deno task bench:bulk`: click to photon beside a download and an upload of a large file on 10 Mbit/s
 * with 40 ms RTT.
 *
 *     deno run -A tests/bench/bulk.ts [--rounds=3] [--presses=30] [--megabytes=100]
 *         [--systems=webtransport,websocket] [--scene=motion|still] [--browser=chromium] [--add] [--output=…]
 *
 * Alone, download and upload take turns, beside a picture that moves at 30 frames a second. A transfer
 * goes on for as long as presses do. `--add` counts the presses of the report in the folder, too.
 *
 * @module
 */
import { bundle } from "../support/browser_bundle.ts";
import { Link } from "../support/link.ts";
import type { BrowserName } from "../support/rig_browser.ts";
import { addCounts, displayedRate } from "../support/rig_frames.ts";
import { pause } from "../support/rig_process.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import type { BulkPage } from "./bulk_page.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { earlierData, expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { connectDebugger, type DebuggerConnection } from "./split.ts";
import { startSystem, type SystemName, systemTitle } from "./systems.ts";
import { type Measured, nothingMeasured, type Scene, SCENES, Viewer } from "./viewer.ts";

const WAYS = ["alone", "download", "upload"] as const;
type Way = typeof WAYS[number];

interface Beside extends Measured {
  /** Of files. */
  octets: number;
  ms: number;
}

expectOptions(["rounds", "presses", "megabytes", "browser", "scene", "systems", "output"], ["add"]);
const rounds = numberOption("rounds", 3), presses = numberOption("presses", 30);
const size = numberOption("megabytes", 100) * 1_000_000;
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const scene: Scene = pick("scene", textOption("scene") ?? "motion", SCENES)[0]!;
const systems = pick(
  "systems",
  textOption("systems") ?? "webtransport,websocket",
  ["webtransport", "websocket"] as const satisfies SystemName[],
);
/** What p99 may rise by, in ms. */
const MOST_RISE = 30;
const progress = new Progress();

type BulkScope = { bulk: BulkPage };

/** Octets of files so far. */
async function octetsOf({ page }: DebuggerConnection): Promise<number> {
  const { failure, octets } = await page.evaluate(() => {
    const { bulk } = globalThis as unknown as BulkScope;
    return { failure: bulk.failure(), octets: bulk.octets() };
  });
  if (failure !== undefined) throw new Error(`The transfer failed: ${failure}`);
  return octets;
}

async function begin({ page }: DebuggerConnection, way: Way, name: string): Promise<void> {
  await page.evaluate(
    (way, name, size) => {
      const { bulk } = globalThis as unknown as BulkScope;
      if (way === "download") bulk.download("download.bin");
      else if (way === "upload") bulk.upload(name, size);
    },
    way,
    name,
    size,
  );
}

async function measure(
  name: SystemName,
  folder: string,
  script: string,
): Promise<Map<Way, Beside>> {
  await using link = await Link.open({ down: 10, up: 10, delay: 20 });
  using _client = await link.enter("client");
  await using system = await startSystem(name, { link, skerryArgs: ["--files", folder] });
  await using _window = await system.run("test_window");
  await using viewer = await Viewer.open(system, browser);
  await using debug = await connectDebugger(viewer.browser);
  await debug.page.evaluateOnNewDocument(script);
  await viewer.reload();
  await viewer.setMotion(scene === "motion");
  const results = new Map(
    WAYS.map((way): [Way, Beside] => [way, { ...nothingMeasured(), octets: 0, ms: 0 }]),
  );
  for (let round = 0; round < rounds; round++) {
    for (const way of WAYS) {
      const into = results.get(way)!;
      if (way !== "alone") await begin(debug, way, `${name}-${round}.bin`);
      await pause(2000);
      const before = await octetsOf(debug), start = performance.now();
      await viewer.press(presses, scene, into, (ms) => progress.say(`${name}, ${way}: ${ms}`));
      into.octets += await octetsOf(debug) - before;
      into.ms += performance.now() - start;
      if (way !== "alone") {
        await debug.page.evaluate(() => (globalThis as unknown as BulkScope).bulk.stop());
      }
      await pause(1000);
    }
    progress.done(`${systemTitle(name)}, round ${round + 1} of ${rounds}: done`);
  }
  return results;
}

type StoredResult = { readonly name: SystemName } & Record<Way, Beside>;

function sum(a: Beside | undefined, b: Beside): Beside {
  return a === undefined ? b : {
    latencies: [...a.latencies, ...b.latencies],
    looks: a.looks + b.looks,
    frames: addCounts(a.frames, b.frames),
    octets: a.octets + b.octets,
    ms: a.ms + b.ms,
  };
}

const folder = await Deno.makeTempDir({ prefix: "skerry-bench-" });
const results = new Map(
  (await earlierData<StoredResult[]>("bulk") ?? []).map((stored) => [
    stored.name,
    new Map(WAYS.map((way) => [way, stored[way]])),
  ]),
);
try {
  using file = await Deno.create(`${folder}/download.bin`);
  const octets = new Uint8Array(50_000);
  for (let at = 0; at < size; at += octets.length) await file.write(crypto.getRandomValues(octets));
  const script = await bundle(new URL("bulk_page.ts", import.meta.url));
  for (const name of systems) {
    const before = results.get(name);
    const found = await measure(name, folder, script);
    results.set(name, new Map([...found].map(([way, own]) => [way, sum(before?.get(way), own)])));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

const lines = [...results].flatMap(([name, ways]) =>
  WAYS.map((way) => {
    const { frames, latencies, ms, octets } = ways.get(way)!;
    const { p50, p99, worst, count } = summarize(latencies);
    const rise = p99 - summarize(ways.get("alone")!.latencies).p99;
    return row([
      systemTitle(name),
      way,
      ...[p50, p99, worst].map((figure) => figure.toFixed(1)),
      way === "alone" ? "" : rise.toFixed(1),
      way === "alone" ? "" : rise <= MOST_RISE ? "met" : "**missed**",
      scene === "motion" ? displayedRate(frames).toFixed(1) : "–",
      way === "alone" ? "" : (octets * 8 / 1000 / ms).toFixed(2),
      `${count}`,
    ]);
  })
);
await writeReport("bulk", [
  `# Click to photon beside a large file, 10 Mbit/s, 40 ms RTT, ${browser}`,
  "",
  `Load average ${loadAverage().toFixed(2)}.`,
  "",
  row([
    ...["", "", "p50, ms", "p99", "worst", "p99 rises by", `target: ${MOST_RISE}`],
    ...["frames/s", "file, Mbit/s", "presses"],
  ]),
  row(["---", "---", "--:", "--:", "--:", "--:", "---", "--:", "--:", "--:"]),
  ...lines,
], [...results].map(([name, ways]) => ({ name, ...Object.fromEntries(ways) })));
