/**
 * `deno task bench:sound`: how late a beep is heard and a flash is seen, and how many gaps a tone has.
 *
 *     deno task bench:sound [--seconds=30] [--links=loopback,10-40-1%] [--browser=chromium|firefox]
 *         [--transport=websocket|webtransport] [--add] [--output=bench-report]
 *
 * A program plays to a sound server and flashes on a display, and Skerry takes both on. Times end in the
 * page's audio graph; what the loudspeaker adds is beside them, as the browser says or is known to have
 * it. Sound and picture are measured against the X screen's own flash. Links need root. `--add` counts
 * the rows of the report in the folder, too.
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
import { Link } from "../support/link.ts";
import { Loudspeaker } from "../support/loudspeaker.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { pause, RigProcess } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { runCommand, SkerryProcess } from "../support/skerry_process.ts";
import { playTone } from "../support/sound.ts";
import { BENCH_LINKS, type BenchLink } from "./links.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { soundTargetTable } from "./sound_targets.ts";
import { earlierData, expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { HEIGHT, WIDTH } from "./systems.ts";

const TRANSPORTS = ["webtransport", "websocket"] as const;

expectOptions(["seconds", "links", "browser", "transport", "output"], ["add"]);
const seconds = numberOption("seconds", 30);
const names = pick(
  "links",
  textOption("links") ?? "loopback,10-40-1%",
  BENCH_LINKS.map(({ name }) => name),
);
const browsers = pick("browser", textOption("browser") ?? BROWSERS.join(","), BROWSERS);
const transports = pick("transport", textOption("transport") ?? TRANSPORTS.join(","), TRANSPORTS);

/** No window manager moves the program's window out of the corner. */
const FLASH = { x: 160, y: 120 };
/** How long jitter is measured before anything else is. */
const SETTLE_MS = 8000;

interface Result {
  readonly link: string;
  readonly browser: BrowserName;
  readonly transport: string;
  readonly beeps: FlashAndBeep;
  readonly gaps: number;
  readonly toneSeconds: number;
  readonly sound: {
    readonly buffer: number;
    readonly jitter: number;
    readonly repaired: number;
    readonly losses: number;
    readonly underruns: number;
    readonly kilobitsPerSecond: number;
    readonly latency?: number | undefined;
  };
  readonly load: number;
}

async function measure(
  { name, settings, title }: BenchLink,
  browser: BrowserName,
  transport: string,
): Promise<Result> {
  await using resources = new AsyncDisposableStack();
  const loudspeaker = resources.use(await Loudspeaker.start());
  const sounds = resources.use(await Loudspeaker.start());
  const remote = resources.use(await startRemoteDisplay(WIDTH, HEIGHT));
  const desktop = resources.use(
    await RemoteDesktop.open({ display: remote.display, authority: "" }),
  );
  const link = settings && resources.use(await Link.open(settings));
  if (link) resources.use(await link.enter("client"));
  const { PULSE_SERVER, PULSE_COOKIE } = sounds.environment as Record<string, string>;
  const skerry = resources.use(
    await SkerryProcess.start({
      args: [
        ...link ? ["--listen", `${link.address("server")}:0`] : [],
        ...["--display", remote.display, "--audio", `pulse:${PULSE_SERVER}`],
      ],
      env: { PULSE_COOKIE: PULSE_COOKIE! },
      ...link ? { program: link.command("server", runCommand()) } : {},
    }),
  );
  const opened = resources.use(
    await TestBrowser.launch(browser, {
      env: loudspeaker.environment,
      patience: 3 * seconds * 1000 + 60_000,
    }),
  );
  const url = new URL(skerry.url);
  url.searchParams.set("transport", transport);
  const page = await DesktopPage.open(opened, url.href);
  await turnSoundOn(page);
  let beeps: FlashAndBeep;
  {
    await using _program = RigProcess.start(FLASH_AND_BEEP, {
      env: { ...sounds.environment, DISPLAY: remote.display },
    });
    await pause(SETTLE_MS);
    beeps = await measureFlashAndBeep(page, desktop, seconds * 1000, FLASH);
  }
  await using _tone = playTone(sounds.environment);
  await pause(2000);
  const { gaps, missing } = await hear(page, seconds * 1000);
  const sound = (await page.statistics()).sound!;
  console.error(`${title}, ${browser}, ${transport}: done`);
  return {
    ...{ link: name, browser, transport, beeps, sound },
    gaps: gaps + missing,
    toneSeconds: seconds,
    load: loadAverage(),
  };
}

function quantile(values: readonly number[], part: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  return value === undefined ? "–" : value.toFixed(0);
}

const results: Result[] = await earlierData<Result[]>("sound") ?? [];
for (const link of BENCH_LINKS.filter(({ name }) => names.includes(name))) {
  for (const browser of browsers) {
    for (const transport of transports) results.push(await measure(link, browser, transport));
  }
}
await writeReport("sound", [
  "# Sound",
  "",
  row([
    ...["link", "browser", "transport", "beeps", "beep p50", "p95", "flash p50", "p95"],
    ...["beep after flash p50", "p95", "gaps a minute", "buffer", "repaired", "underruns"],
    ...["to the ear", "load"],
  ]),
  row(["---", "---", "---", ...Array.from({ length: 13 }, () => "--:")]),
  ...results.map(({ beeps, browser, gaps, link, load, sound, toneSeconds, transport }) =>
    row([
      ...[link, browser, transport, `${beeps.heard.length}`],
      ...[quantile(beeps.heard, 0.5), quantile(beeps.heard, 0.95)],
      ...[quantile(beeps.seen, 0.5), quantile(beeps.seen, 0.95)],
      ...[quantile(beeps.apart, 0.5), quantile(beeps.apart, 0.95)],
      ...[(gaps * 60 / toneSeconds).toFixed(1), sound.buffer.toFixed(0)],
      ...[`${sound.repaired}`, `${sound.underruns}`],
      ...[sound.latency?.toFixed(0) ?? "–", load.toFixed(2)],
    ])
  ),
  "",
  `Milliseconds; a tone of ${seconds} s. Beep: from the flash on the X screen to the beep in the page's ` +
  "audio graph; to the ear: with the output's delay, while the tone plays.",
  "",
  soundTargetTable(results, BENCH_LINKS),
], results);
