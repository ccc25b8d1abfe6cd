/**
 * One run of the bench: both systems up at once, taking turns block by block.
 *
 * @module
 */
import type { BrowserName } from "../support/rig_browser.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import type { BenchOptions } from "./options.ts";
import { readSplit, type Split } from "./split.ts";
import { debugUrl, startSystem, type System, type SystemName } from "./systems.ts";
import { type Measured, nothingMeasured, type Scene, Viewer } from "./viewer.ts";

/** Presses from which the split is read; the page keeps more. */
const SPLIT_PRESSES = 40;

/** All that was measured in one browser and scene. */
export interface SceneResult {
  readonly browser: BrowserName;
  readonly scene: Scene;
  readonly systems: ReadonlyMap<SystemName, Measured>;
  /** The machine's load over a minute at the end, the rig's own polling included. */
  readonly load: number;
  split?: Split & { readonly clickToPhoton: number };
}

/** Says what goes on, on stderr, over itself on a terminal. */
export class Progress {
  readonly #terminal = Deno.stderr.isTerminal();

  say(text: string): void {
    if (this.#terminal) this.#write(`\r\x1b[K${text}`);
  }

  done(text: string): void {
    this.#write(this.#terminal ? `\r\x1b[K${text}\n` : `${text}\n`);
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}

async function openViewers(
  systems: readonly System[],
  browser: BrowserName,
  stack: AsyncDisposableStack,
): Promise<Viewer[]> {
  const viewers: Viewer[] = [];
  for (const system of systems) viewers.push(stack.use(await Viewer.open(system, browser)));
  return viewers;
}

/** Runs one scene, system by system in blocks; the order turns round from block to block. */
async function runScene(
  viewers: readonly Viewer[],
  browser: BrowserName,
  scene: Scene,
  options: BenchOptions,
  progress: Progress,
): Promise<SceneResult> {
  const measured = new Map(viewers.map(({ system }) => [system.name, nothingMeasured()]));
  const blocks = Math.ceil(options.presses / options.block);
  for (let block = 0; block < blocks; block++) {
    const order = block % 2 === 0 ? viewers : viewers.toReversed();
    for (const viewer of order) {
      const record = measured.get(viewer.system.name);
      if (!record) continue;
      const times = Math.min(options.block, options.presses - record.latencies.length);
      if (scene === "motion") await viewer.setMotion(true);
      await viewer.press(times, scene, record, (ms) => {
        const at = `${record.latencies.length}/${options.presses}`;
        progress.say(`${browser}, ${scene}, ${viewer.system.title} ${at}: ${ms.toFixed(1)} ms`);
      });
      if (scene === "motion") await viewer.setMotion(false);
    }
  }
  return { browser, scene, systems: measured, load: loadAverage() };
}

/** Opens Skerry's page with its debug hook, presses again, and reads the split; not in the figures. */
async function addSplits(
  system: System,
  browser: BrowserName,
  results: readonly SceneResult[],
  progress: Progress,
): Promise<void> {
  for (const result of results) {
    progress.say(`${browser}, ${result.scene}: reading where the milliseconds go`);
    await using viewer = await Viewer.open(system, browser, debugUrl(system.url));
    if (result.scene === "motion") await viewer.setMotion(true);
    const measured = nothingMeasured();
    await viewer.press(SPLIT_PRESSES, "still", measured);
    const clickToPhoton = summarize(measured.latencies).p50;
    result.split = { ...await readSplit(viewer.browser), clickToPhoton };
  }
}

/** Runs everything that was asked for in one browser. */
export async function runBrowser(
  browser: BrowserName,
  options: BenchOptions,
  progress: Progress,
): Promise<SceneResult[]> {
  await using stack = new AsyncDisposableStack();
  progress.say(`${browser}: starting ${options.systems.join(" and ")}`);
  const systems: System[] = [];
  for (const name of options.systems) {
    const system = stack.use(await startSystem(name, options));
    stack.use(await system.run("test_window"));
    systems.push(system);
  }
  const results: SceneResult[] = [];
  {
    await using browsers = new AsyncDisposableStack();
    const viewers = await openViewers(systems, browser, browsers);
    for (const scene of options.scenes) {
      results.push(await runScene(viewers, browser, scene, options, progress));
      progress.done(`${browser}, ${scene}: done, load ${loadAverage().toFixed(2)}`);
    }
  }
  const skerry = systems.find(({ name }) => name === "skerry");
  if (skerry && options.split) await addSplits(skerry, browser, results, progress);
  return results;
}
