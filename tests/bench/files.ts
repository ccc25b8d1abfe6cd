/**
 * A large upload that is cut five times: whether it arrives whole, and how long it takes.
 *
 *     deno run -A tests/bench/files.ts [--mebibytes=1024] [--cuts=5] [--browser=…] [--output=…]
 *
 * The file is on the browser's disk, and goes through a relay that breaks all connections and refuses
 * new ones for a second each time. Hashes are of the files on both disks.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage, withDebug } from "../support/desktop_page.ts";
import { fileChooser, filesState } from "../support/files_panel.ts";
import { openSection } from "../support/panel.ts";
import { pause } from "../support/rig_process.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TcpRelay } from "../support/tcp_relay.ts";
import { until } from "../support/until.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";

const MIB = 1024 * 1024;
/** How long nothing gets through; in ms. */
const OUTAGE = 1000;
/** For all of it; in ms. */
const LIMIT = 20 * 60_000;

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const octets of file.readable) hash.update(octets);
  return hash.digest("hex");
}

/** A file of noise: no two pieces are the same, and none can be made smaller. */
async function writeNoise(path: string, octets: number): Promise<void> {
  using file = await Deno.create(path);
  const piece = new Uint8Array(65_536);
  for (let left = octets; left > 0; left -= piece.length) {
    crypto.getRandomValues(piece);
    await file.write(left < piece.length ? piece.subarray(0, left) : piece);
  }
}

expectOptions(["mebibytes", "cuts", "folder", "browser", "output"]);
const size = numberOption("mebibytes", 1024) * MIB;
const cuts = numberOption("cuts", 5);
const folder = await Deno.makeTempDir({ prefix: "skerry-bench-", dir: textOption("folder") });
const results: { browser: string; seconds: number; whole: boolean; back: number[] }[] = [];
try {
  const local = `${folder}/large.bin`;
  await writeNoise(local, size);
  const wanted = await hashOf(local);
  for (const name of BROWSERS.filter((each) => each === (textOption("browser") ?? each))) {
    const shared = `${folder}/${name}`;
    await using skerry = await SkerryProcess.start({
      args: ["--files", shared, "--", "sleep", "7200"],
    });
    await using relay = TcpRelay.open(Number(new URL(skerry.url).port));
    await using browser = await TestBrowser.launch(name);
    const url = new URL(withDebug(skerry.url));
    url.port = `${relay.port}`;
    // Only what goes through the relay can be cut.
    url.searchParams.set("transport", "websocket");
    const { page } = await DesktopPage.open(browser, url.href);
    await openSection(page, "files");
    const started = performance.now();
    await (await fileChooser(page)).uploadFile(local);
    const transfer = async () => (await filesState(page)).transfers[0];
    const back: number[] = [];
    for (let cut = 1; cut <= cuts; cut++) {
      await until(
        `part ${cut} of ${cuts + 1} has come`,
        async () => ((await transfer())?.stored ?? 0) >= size * cut / (cuts + 1),
        LIMIT,
      );
      relay.cut();
      await pause(OUTAGE);
      const before = (await transfer())!.stored;
      relay.restore();
      const restored = performance.now();
      await until("it goes on", async () => ((await transfer())?.stored ?? 0) > before, LIMIT);
      back.push(performance.now() - restored);
    }
    await until("it is done", async () => (await transfer())?.phase === "done", LIMIT);
    const seconds = (performance.now() - started) / 1000;
    const whole = await hashOf(`${shared}/large.bin`) === wanted;
    results.push({ browser: name, seconds, whole, back });
    await Deno.remove(`${shared}/large.bin`);
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}

await writeReport("files", [
  `# Upload of ${size / MIB} MiB, cut ${cuts} times for ${OUTAGE} ms each`,
  "",
  "| browser | SHA-256 is the same | seconds | MB/s | ms until it goes on, after each outage |",
  "|---|---|--:|--:|---|",
  ...results.map(({ back, browser, seconds, whole }) =>
    `| ${browser} | ${whole ? "yes" : "NO"} | ${seconds.toFixed(1)} | ` +
    `${(size / 1e6 / seconds).toFixed(1)} | ${back.map((ms) => ms.toFixed(0)).join(", ")} |`
  ),
  "",
  `Load average ${loadAverage().toFixed(2)}.`,
], { results });
if (results.some(({ whole }) => !whole)) Deno.exitCode = 1;
