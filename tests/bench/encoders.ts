/**
 * What each installed encoder takes: milliseconds a frame, and the bit rate for equal quality, for text
 * that scrolls and for motion, at 720p and 1080p.
 *
 *     deno run -A tests/bench/encoders.ts [--frames=45] [--sizes=720,1080] [--encoders=NAME,…]
 *         [--output=bench-report]
 *
 * Each scene is encoded at 30 frames a second as in a session, at one bit rate after the other, until the
 * mean quality lies on both sides of 38 dB (edge-weighted luma of what GStreamer decodes, beside the
 * source). Between them the bit rate is interpolated. Milliseconds are those of the rate next to it.
 *
 * @module
 */
import { gstreamer, VideoConverter } from "../../ffi/mod.ts";
import { encoderCatalogue, type EncoderDescription } from "../../src/media/encoder_catalogue.ts";
import { VideoEncoder } from "../../src/media/video_encoder.ts";
import { Decoder } from "../integration/encoder_rig.ts";
import { edgePsnr, rateAt } from "../support/edge_psnr.ts";
import { type EncoderScene, motion, textScroll } from "../support/encoder_scenes.ts";
import { loadAverage, percentile } from "../support/rig_statistics.ts";
import { plotEncoders } from "./encoder_plot.ts";
import { expectOptions, numberOption, textOption, writeReport } from "./shared.ts";

const WANTED_DB = 38;
const FPS = 30;
/** Where the search for both sides begins, and how far it goes; in kbit/s. */
const RATES = { start: 4000, least: 250, most: 128_000 };
/** Frames at the start that do not count: the keyframe, and getting into the scene. */
const SETTLING = 5;

interface Point {
  /** What came out, in kbit/s. */
  readonly kbit: number;
  readonly dB: number;
  /** Milliseconds a frame: median and 90th percentile. */
  readonly median: number;
  readonly high: number;
}

export interface EncoderResult {
  readonly encoder: string;
  readonly codec: string;
  readonly chroma: string;
  readonly scene: string;
  readonly height: number;
  readonly points: readonly Point[];
  /** Bit rate at {@link WANTED_DB}; undefined where that was not reached, or nothing was below. */
  readonly kbit: number | undefined;
  /** Milliseconds a frame next to it. */
  readonly median: number;
  readonly high: number;
}

async function encodeAt(
  encoder: EncoderDescription,
  scene: EncoderScene,
  { width, height }: { width: number; height: number },
  bitrateKbit: number,
  frames: number,
): Promise<Point> {
  const source = new Uint8Array(width * height * 4);
  const { format } = encoder;
  using converter = new VideoConverter({
    width,
    height,
    stride: width * 4,
    source,
    format,
    matrix: encoder.matrix?.(height),
  });
  await using opened = await VideoEncoder.open({ encoder, converter, fps: FPS, bitrateKbit });
  await using decoder = new Decoder(encoder.codec, width, height, format);
  const times: number[] = [], decibels: number[] = [];
  let octets = 0;
  for (let frame = 0; frame < frames + SETTLING; frame++) {
    const changedPixels = scene.paint(source, width, height, frame);
    await converter.convertAsync([{ x: 0, y: 0, width, height }]);
    const start = performance.now();
    const chunk = await opened.encode({
      timestampUs: Math.round(frame * 1e6 / FPS),
      keyframe: frame === 0,
      changedPixels,
    });
    const elapsed = performance.now() - start;
    const decoded = await decoder.decode(chunk);
    if (frame < SETTLING) continue;
    times.push(elapsed);
    octets += chunk.data.length - chunk.headroom;
    // A picture that is equal counts as very good, not as endlessly so.
    decibels.push(Math.min(60, edgePsnr(converter.frame.bytes, decoded, width, height)));
  }
  times.sort((a, b) => a - b);
  return {
    kbit: octets * 8 / frames * FPS / 1000,
    dB: decibels.reduce((sum, dB) => sum + dB, 0) / frames,
    median: percentile(times, 50),
    high: percentile(times, 90),
  };
}

async function measure(
  encoder: EncoderDescription,
  scene: EncoderScene,
  height: number,
  frames: number,
): Promise<EncoderResult> {
  const size = { width: height * 16 / 9, height };
  const points: Point[] = [];
  const at = async (kbit: number) => {
    const point = await encodeAt(encoder, scene, size, kbit, frames);
    points.push(point);
    return point;
  };
  let target = RATES.start * (height / 720) ** 2;
  const up = (await at(target)).dB < WANTED_DB;
  // To the other side of the wanted quality.
  while (target >= RATES.least && target <= RATES.most) {
    target *= up ? 2 : 0.5;
    const { dB } = await at(target);
    if (up ? dB >= WANTED_DB : dB <= WANTED_DB) break;
  }
  const next = points.toSorted((a, b) => Math.abs(a.dB - WANTED_DB) - Math.abs(b.dB - WANTED_DB));
  const { median, high } = next[0]!;
  const kbit = rateAt(points, WANTED_DB);
  const { name, codec, chroma } = encoder;
  return { encoder: name, codec, chroma, scene: scene.name, height, points, kbit, median, high };
}

function table(results: readonly EncoderResult[], scene: string, height: number): string[] {
  const rows = results.filter((row) => row.scene === scene && row.height === height);
  const base = rows.find(({ encoder, chroma }) => encoder === "x264enc" && chroma === "420")?.kbit;
  return [
    `## ${scene}, ${height}p`,
    "",
    `| encoder | colour | ms a frame, p50 / p90 | kbit/s at ${WANTED_DB} dB | beside x264enc |`,
    "| --- | --- | ---: | ---: | ---: |",
    ...rows.map(({ encoder, chroma, median, high, kbit }) =>
      `| ${encoder} | ${[...chroma].join(":")} | ${median.toFixed(1)} / ${high.toFixed(1)} | ` +
      `${kbit === undefined ? "not reached" : kbit.toFixed(0)} | ` +
      `${kbit === undefined || base === undefined ? "" : (kbit / base).toFixed(2)} |`
    ),
    "",
  ];
}

expectOptions(["frames", "sizes", "encoders", "output"]);
const frames = numberOption("frames", 45);
const sizes = (textOption("sizes") ?? "720,1080").split(",").map(Number);
const names = textOption("encoders")?.split(",");
const installed = encoderCatalogue.filter(({ name, format }) =>
  gstreamer().hasElement(name) && (names?.includes(name) ?? true) && format !== "NV12"
);
const load = loadAverage();
const results: EncoderResult[] = [];
/** Encoders that gave no frame, for the report: x265enc does that now and then. */
const stalls: string[] = [];
for (const height of sizes) {
  for (const scene of [textScroll, motion]) {
    for (const encoder of installed) {
      console.error(`${encoder.name} ${encoder.chroma}, ${scene.name}, ${height}p`);
      try {
        results.push(await measure(encoder, scene, height, frames));
      } catch (error) {
        if (!(error instanceof DOMException) || error.name !== "TimeoutError") throw error;
        stalls.push(`${encoder.name} gave no frame: ${scene.name}, ${height}p. Measured anew.`);
        results.push(await measure(encoder, scene, height, frames));
      }
    }
  }
}
const { version } = gstreamer();
const lines = [
  "# Encoders",
  "",
  `${version}, ${navigator.hardwareConcurrency} processors, load before ` +
  `${load.toFixed(2)}, ${frames} frames at ${FPS} a second each.`,
  "",
  "![Milliseconds and bit rates](encoders.svg)",
  "",
  ...stalls.flatMap((stall) => [stall, ""]),
  ...sizes.flatMap((height) =>
    [textScroll, motion].flatMap(({ name }) => table(results, name, height))
  ),
];
await writeReport("encoders", lines, results);
const folder = textOption("output") ?? "bench-report";
await Deno.writeTextFile(`${folder}/encoders.svg`, plotEncoders(results));
