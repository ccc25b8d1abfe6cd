/**
 * What the portable file costs: its size, its start to the first picture, cold and warm, in a root with
 * nothing but busybox; many starts at once; and starts after unpacking was killed.
 *
 *     deno run -A tests/bench/portable.ts [--runs=5] [--kills=200] [--root=FOLDER] [--file=FILE] [--output=…]
 *
 * With `--root`, that root (another Debian's, say) is used in place of busybox's, as the user 1000. With
 * `--file`, that portable file is measured, and none is made.
 *
 * @module
 */
import { TestBrowser } from "../support/browser.ts";
import { BusyboxRoot } from "../support/busybox_root.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { buildPortable, outcome } from "../support/portable_file.ts";
import { loadAverage, summarize } from "../support/rig_statistics.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";

const SKERRY = "/bin/skerry";
/** Unpacking takes about this long on this machine and more; in ms. */
const UNPACKING_MS = 2500;

expectOptions(["runs", "kills", "root", "file", "output"]);
const runs = numberOption("runs", 5);
const kills = numberOption("kills", 200);
const folder = textOption("root");

/** From the start of the program to the picture in a page that is open already, in ms. */
async function firstPicture(root: BusyboxRoot, browser: TestBrowser): Promise<number> {
  const page = await browser.newPage();
  const start = performance.now();
  await using skerry = await SkerryProcess.start({
    program: root.enter([SKERRY]),
    args: ["--", "sh", "-c", "while true; do sleep 1; done"],
    timeout: 60_000,
  });
  await page.goto(withDebug(skerry.url));
  await DesktopPage.of(page, browser).live();
  const taken = performance.now() - start;
  await page.close();
  return taken;
}

async function killAtRandom(root: BusyboxRoot): Promise<{ whole: number }> {
  let whole = 0;
  for (let kill = 0; kill < kills; kill++) {
    // Every kill meets a start that unpacks.
    await forget(root);
    const [program, ...args] = root.enter([SKERRY, "--version"]);
    const child = new Deno.Command(program!, { args, stdin: "null", stdout: "null" }).spawn();
    const timer = setTimeout(() => child.kill("SIGKILL"), Math.random() * UNPACKING_MS);
    await child.status;
    clearTimeout(timer);
    if ((await outcome(root.enter([SKERRY, "--version"]))).code === 0) whole++;
    if (kill % 20 === 19) console.error(`${kill + 1} of ${kills} killed`);
  }
  return { whole };
}

async function forget(root: BusyboxRoot): Promise<void> {
  await Deno.remove(root.home(".cache"), { recursive: true }).catch(() => {});
}

await using stack = new AsyncDisposableStack();
const work = await Deno.makeTempDir();
stack.defer(() => Deno.remove(work, { recursive: true }));
const file = textOption("file") ?? `${work}/skerry-portable`;
if (textOption("file") === undefined) await buildPortable(file, []);
const { size } = await Deno.stat(file);
const root = stack.use(folder === undefined ? await BusyboxRoot.make() : BusyboxRoot.at(folder));
await root.put(file, SKERRY);
const browser = stack.use(await TestBrowser.launch("chromium"));

const cold: number[] = [];
const warm: number[] = [];
for (let run = 0; run < runs; run++) {
  await forget(root);
  cold.push(await firstPicture(root, browser));
  // Nobody starts it again while the disk still writes what was unpacked.
  await new Deno.Command("sync").output();
  warm.push(await firstPicture(root, browser));
  console.error(
    `start ${run + 1} of ${runs}: ${cold.at(-1)?.toFixed(0)}, ${warm.at(-1)?.toFixed(0)} ms`,
  );
}
await forget(root);
const begun = performance.now();
const many = await Promise.all(
  Array.from({ length: 20 }, () => outcome(root.enter([SKERRY, "--version"]))),
);
const atOnce = {
  started: many.filter(({ code }) => code === 0).length,
  ms: performance.now() - begun,
};
const { whole } = await killAtRandom(root);

const row = (name: string, values: readonly number[]) => {
  const { p50, p90 } = summarize(values);
  const max = Math.max(...values);
  return `| ${name} | ${p50.toFixed(0)} | ${p90.toFixed(0)} | ${max.toFixed(0)} |`;
};
await writeReport("portable", [
  `# The portable file: ${(size / 1e6).toFixed(1)} MB`,
  "",
  `Load average ${loadAverage()}. Start to the first picture in Chromium, in ms, ${runs} runs.`,
  "",
  "| start | p50 | p90 | worst |",
  "|---|---|---|---|",
  row("cold (unpacks)", cold),
  row("warm", warm),
  "",
  `Twenty started at once, cold: ${atOnce.started} ran, in ${atOnce.ms.toFixed(0)} ms.`,
  `Killed ${kills} times at random moments of the start: ${whole} of the starts after it ran.`,
], { size, cold, warm, atOnce, kills, whole });
