/**
 * `deno task bench:text`: how soon small coloured text is sharp after a page has been turned, and what
 * scrolling it costs, on 3 Mbit/s with 80 ms RTT.
 *
 *     deno run -A tests/bench/text.ts [--flips=6] [--scroll=20] [--systems=420,444,novnc]
 *         [--transport=webtransport|websocket] [--browser=chromium] [--save=FOLDER] [--add] [--output=…]
 *
 * `--add` keeps what the report in the folder says of other systems.
 * What the browser's display shows is held against the X screen, where there is text.
 *
 * @module
 */
import { encodePng } from "../../web/input/png.ts";
import { Link } from "../support/link.ts";
import type { BrowserName } from "../support/rig_browser.ts";
import { displayedRate, type FrameCount, FrameCounter } from "../support/rig_frames.ts";
import { pause, type RigProcess } from "../support/rig_process.ts";
import { place } from "../support/rig_scene.ts";
import { edgePsnr, textSsim } from "../support/rig_sharpness.ts";
import { loadAverage } from "../support/rig_statistics.ts";
import { type Picture, rgbaOf, RigDisplay } from "../support/rig_x11.ts";
import { pick } from "./options.ts";
import { row } from "./report.ts";
import { Progress } from "./run.ts";
import { earlierData, expectOptions, numberOption, textOption, writeReport } from "./shared.ts";
import { HEIGHT, startSystem, type SystemName, WIDTH } from "./systems.ts";
import { Viewer } from "./viewer.ts";

/** When the display is looked at after a page was turned, in ms. */
const LOOKS = [100, 500, 2000] as const;
/** What is left out at both sides: there the clients have handles of their own. In pixels. */
const MARGIN = 48;

const VARIANTS = {
  "420": { title: "Skerry, 4:2:0", args: ["--chroma", "420"] },
  "444": { title: "Skerry, 4:4:4", args: ["--chroma", "444"] },
  novnc: { title: "noVNC with TigerVNC", args: [] },
} as const;
type Variant = keyof typeof VARIANTS;

interface Look {
  /** Edge-weighted, in dB; 99 for no difference. */
  readonly psnr: number;
  readonly ssim: number;
  /** Over the link since the page was turned. */
  readonly octets: number;
}

interface Result {
  /** For each of {@link LOOKS}, those of each page. */
  readonly looks: readonly Look[][];
  readonly scroll: {
    readonly octets: number;
    readonly seconds: number;
    readonly frames: FrameCount;
  };
}

expectOptions(["flips", "scroll", "browser", "systems", "transport", "save", "output"], ["add"]);
const flips = numberOption("flips", 6), scrollSeconds = numberOption("scroll", 20);
const browser = (textOption("browser") ?? "chromium") as BrowserName;
const names = Object.keys(VARIANTS) as Variant[];
const variants = pick("systems", textOption("systems") ?? names.join(","), names);
const transport = pick(
  "transport",
  textOption("transport") ?? "webtransport",
  ["webtransport", "websocket"] as const satisfies SystemName[],
)[0]!;
const saveTo = textOption("save");
const progress = new Progress();

async function save(name: string, { data, height, width }: Picture): Promise<void> {
  if (saveTo === undefined) return;
  await Deno.mkdir(saveTo, { recursive: true });
  await Deno.writeFile(`${saveTo}/${name}.png`, encodePng(width, height, rgbaOf(data)));
}

/** Turns a page, and looks at what comes of it. */
async function turn(
  variant: Variant,
  viewer: Viewer,
  text: RigProcess,
  link: Link,
): Promise<Look[]> {
  await using remote = await RigDisplay.open(viewer.system.display);
  await using seen = await RigDisplay.open(viewer.display);
  const corner = place(viewer.placement, MARGIN, 0);
  const size = [WIDTH - 2 * MARGIN, HEIGHT] as const;
  await link.report();
  const start = performance.now();
  text.signal("SIGUSR1");
  const pictures: { picture: Picture; octets: number }[] = [];
  let octets = 0;
  for (const look of LOOKS) {
    await pause(Math.max(0, start + look - performance.now()));
    const picture = await seen.picture(corner.x, corner.y, ...size);
    octets += (await link.report()).down.octets;
    pictures.push({ picture, octets });
  }
  const original = await remote.picture(MARGIN, 0, ...size);
  await save(`${variant}-original`, original);
  const looks: Look[] = [];
  for (const [i, { octets, picture }] of pictures.entries()) {
    await save(`${variant}-${LOOKS[i]}`, picture);
    const psnr = Math.min(99, edgePsnr(original, picture));
    looks.push({ psnr, ssim: textSsim(original, picture), octets });
  }
  return looks;
}

async function measure(variant: Variant, link: Link): Promise<Result> {
  const { args, title } = VARIANTS[variant];
  progress.say(`${title}: starting`);
  await using system = await startSystem(
    variant === "novnc" ? "novnc" : transport,
    { link, skerryArgs: args },
  );
  await using stack = new AsyncDisposableStack();
  const mark = stack.use(await system.run("test_window"));
  const viewer = stack.use(await Viewer.open(system, browser));
  await mark[Symbol.asyncDispose]();
  const text = stack.use(await system.run("text_window"));
  await pause(4000);
  const looks: Look[][] = LOOKS.map(() => []);
  for (let flip = 0; flip < flips; flip++) {
    (await turn(variant, viewer, text, link)).forEach((look, i) => looks[i]!.push(look));
    progress.say(`${title}, page ${flip + 1} of ${flips}`);
    await pause(500 + Math.random() * 100);
  }
  await link.report();
  const counter = stack.use(await FrameCounter.start(viewer.display, viewer.placement));
  const start = performance.now();
  text.signal("SIGUSR2");
  await pause(scrollSeconds * 1000);
  const frames = counter.count;
  const { octets } = (await link.report()).down;
  const seconds = (performance.now() - start) / 1000;
  text.signal("SIGUSR2");
  progress.done(`${title}: done, load ${loadAverage().toFixed(2)}`);
  return { looks, scroll: { octets, seconds, frames } };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

const earlier = await earlierData<Partial<Record<Variant, Result>>>("text") ?? {};
const results = new Map(Object.entries(earlier) as [Variant, Result][]);
{
  await using link = await Link.open({ down: 3, up: 3, delay: 40 });
  using _client = await link.enter("client");
  for (const variant of variants) results.set(variant, await measure(variant, link));
}

const head = LOOKS.flatMap((ms) => [`${ms} ms: PSNR, dB`, "SSIM", "kB"]);
await writeReport("text", [
  `# Text, 3 Mbit/s, 80 ms RTT, ${browser} over ${transport}`,
  "",
  `${WIDTH}x${HEIGHT}, 10 pt in eight colours on a dark background. Medians of ${flips} pages after ` +
  "they were turned: edge-weighted PSNR of the colours, SSIM of the brightness where there is text, " +
  `and what the link has carried. Load average ${loadAverage().toFixed(2)}.`,
  "",
  row(["", ...head]),
  row(["---", ...head.map(() => "--:")]),
  ...[...results].map(([variant, { looks }]) =>
    row([
      VARIANTS[variant].title,
      ...looks.flatMap((list) => [
        median(list.map(({ psnr }) => psnr)).toFixed(1),
        median(list.map(({ ssim }) => ssim)).toFixed(3),
        (median(list.map(({ octets }) => octets)) / 1000).toFixed(0),
      ]),
    ])
  ),
  "",
  `Scrolling by a line 30 times a second for ${scrollSeconds} s:`,
  "",
  row(["", "displayed frames/s", "longest stand, ms", "MB", "Mbit/s"]),
  row(["---", "--:", "--:", "--:", "--:"]),
  ...[...results].map(([variant, { scroll }]) =>
    row([
      VARIANTS[variant].title,
      displayedRate(scroll.frames).toFixed(1),
      scroll.frames.longestMs.toFixed(0),
      (scroll.octets / 1e6).toFixed(2),
      (scroll.octets * 8 / 1e6 / scroll.seconds).toFixed(2),
    ])
  ),
], Object.fromEntries(results));
