/**
 * Sound: how late a beep is heard and a flash is seen, and how many gaps a tone has.
 *
 *     deno run -A tests/bench/sound.ts [--seconds=30] [--browser=chromium]
 *         [--transport=websocket|webtransport] [--output=bench-report]
 *
 * Over a slow link, with the server in another network namespace than the bench:
 *
 *     ip netns exec CLIENT deno run -A tests/bench/sound.ts \
 *         --server-namespace=SERVER --server-address=10.77.0.1
 *
 * Times end in the page's audio graph; what the loudspeaker adds is beside them. Sound and picture are
 * measured against the X screen's own flash.
 *
 * @module
 */
import { type BrowserName, BROWSERS, TestBrowser } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import {
  FLASH_AND_BEEP,
  type FlashAndBeep,
  measureFlashAndBeep,
} from "../support/flash_and_beep.ts";
import { hear, turnSoundOn } from "../support/heard.ts";
import { Loudspeaker } from "../support/loudspeaker.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { pause } from "../support/rig_process.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { runCommand, SkerryProcess } from "../support/skerry_process.ts";
import { playTone, soundEnvironmentOf } from "../support/sound.ts";
import { numberOption, textOption, writeReport } from "./shared.ts";

const seconds = numberOption("seconds", 30);
const namespace = textOption("server-namespace");
const address = textOption("server-address") ?? "127.0.0.1";
const port = numberOption("port", 18_080);
const browsers = BROWSERS.filter((name) => name === (textOption("browser") ?? name));
const transports = ["websocket", "webtransport"]
  .filter((name) => name === (textOption("transport") ?? name));

/** How long jitter is measured before anything else is. */
const SETTLE_MS = 8000;

interface Result {
  readonly browser: BrowserName;
  readonly transport: string;
  readonly beeps: FlashAndBeep;
  readonly gaps: number;
  readonly toneSeconds: number;
  readonly buffer: number;
  readonly repaired: number;
  readonly latency: number | undefined;
}

async function start(command: readonly string[]): Promise<SkerryProcess> {
  const place = ["--listen", `${address}:${port}`];
  const args = [...place, "--webtransport-advertise", `${address}:${port}`, "--", ...command];
  const inside = namespace === undefined ? [] : ["ip", "netns", "exec", namespace];
  return await SkerryProcess.start({ args, program: [...inside, ...runCommand()] });
}

/** Browsers decode only on pages of this machine: what comes here goes to the server. */
function relay(): Deno.TcpListener {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  (async () => {
    for await (const near of listener) {
      const far = await Deno.connect({ hostname: address, port });
      for (const end of [near, far]) end.setNoDelay(true);
      near.readable.pipeTo(far.writable).catch(() => {});
      far.readable.pipeTo(near.writable).catch(() => {});
    }
  })();
  return listener;
}

async function measure(browser: BrowserName, transport: string): Promise<Result> {
  await using resources = new AsyncDisposableStack();
  const loudspeaker = resources.use(await Loudspeaker.start());
  const page = async (skerry: SkerryProcess) => {
    const listener = resources.adopt(relay(), (listener) => listener.close());
    const url = new URL(skerry.url);
    url.host = `127.0.0.1:${listener.addr.port}`;
    url.searchParams.set("transport", transport);
    const opened = resources.use(
      await TestBrowser.launch(browser, {
        env: loudspeaker.environment,
        patience: 3 * seconds * 1000 + 60_000,
      }),
    );
    const desktop = await DesktopPage.open(opened, url.href);
    await turnSoundOn(desktop);
    await pause(SETTLE_MS);
    return desktop;
  };
  let beeps: FlashAndBeep;
  {
    await using skerry = await start(FLASH_AND_BEEP);
    await using remote = await RemoteDesktop.of(skerry.pid);
    beeps = await measureFlashAndBeep(await page(skerry), remote, seconds * 1000);
  }
  await using skerry = await start(["sleep", "1000000"]);
  const environment = await soundEnvironmentOf(skerry.pid);
  await using _tone = playTone(environment);
  const desktop = await page(skerry);
  const { gaps, missing } = await hear(desktop, seconds * 1000);
  const sound = (await desktop.statistics()).sound!;
  return {
    browser,
    transport,
    beeps,
    gaps: gaps + missing,
    toneSeconds: seconds,
    buffer: sound.buffer,
    repaired: sound.repaired,
    latency: sound.latency,
  };
}

function quantile(values: readonly number[], part: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return value === undefined ? "–" : value.toFixed(0);
}

const results: Result[] = [];
for (const browser of browsers) {
  for (const transport of transports) results.push(await measure(browser, transport));
}
await writeReport("sound", [
  `# Sound, ${seconds} s each, load average ${loadAverage().toFixed(2)}`,
  "",
  "| browser | transport | beep p50 | p95 | flash p50 | p95 | apart p50 | gaps a minute | buffer | repaired | to the ear |",
  "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
  ...results.map(({ browser, transport, beeps, gaps, toneSeconds, buffer, repaired, latency }) =>
    [
      ...["", browser, transport],
      ...[quantile(beeps.heard, 0.5), quantile(beeps.heard, 0.95)],
      ...[quantile(beeps.seen, 0.5), quantile(beeps.seen, 0.95)],
      ...[quantile(beeps.apart, 0.5), (gaps * 60 / toneSeconds).toFixed(1)],
      ...[buffer.toFixed(0), `${repaired}`, latency?.toFixed(0) ?? "–", ""],
    ].join(" | ").trim()
  ),
  "",
  "Milliseconds. Beep: from the flash on the X screen to the beep in the page's audio graph; to the " +
  "ear: as the browser says, its output's delay included.",
], results);
