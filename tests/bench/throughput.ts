/**
 * Full-screen motion: what Skerry delivers and costs, against the same elements in a bare GStreamer
 * pipeline.
 *
 *     deno run -A tests/bench/throughput.ts [--seconds=60] [--fps=60] [--output=bench-report]
 *
 * Both look at one display with a picture of 1280x720 on it that changes everywhere at each frame. The
 * pipeline is `ximagesrc ! videoconvert ! ENCODER ! fakesink`, the encoder and its settings from
 * Skerry's own catalogue; it runs before and after, and the better of both counts.
 *
 * @module
 */
import { encoderCatalogue } from "../../src/media/encoder_catalogue.ts";
import { cpuTime, residentMemory } from "../support/rig_proc.ts";
import { pause } from "../support/rig_process.ts";
import { startRemoteDisplay } from "../support/rig_server.ts";
import { loadAverage, percentile } from "../support/rig_statistics.ts";
import { StreamViewer } from "../support/rig_stream_viewer.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { HEIGHT, runProgram, WIDTH } from "./systems.ts";
import { expectOptions, numberOption, writeReport } from "./shared.ts";

/** What one of both reached. */
interface Throughput {
  readonly framesPerSecond: number;
  readonly cpuMsPerFrame: number;
}

const decoder = new TextDecoder();

/** Runs the pipeline for a number of frames and reads its children's CPU time from the shell. */
async function runPipeline(display: string, encoder: string, frames: number, fps: number) {
  const pipeline = `ximagesrc show-pointer=false num-buffers=${frames} ! ` +
    `video/x-raw,framerate=${fps}/1 ! videoconvert ! video/x-raw,format=I420 ! ${encoder} ! ` +
    "fakesink sync=false";
  const started = performance.now();
  const output = await new Deno.Command("bash", {
    args: ["-c", "gst-launch-1.0 -q $0 >&2; status=$?; times; exit $status", ""].with(2, pipeline),
    env: { DISPLAY: display },
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!output.success) throw new Error(`The pipeline failed: ${decoder.decode(output.stderr)}`);
  // The second line is the children's: "0m1.234s 0m0.567s".
  const line = decoder.decode(output.stdout).trim().split("\n")[1] ?? "";
  const cpuMs = [...line.matchAll(/(\d+)m([\d.]+)s/g)]
    .reduce(
      (sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
      0,
    );
  return { elapsedMs: performance.now() - started, cpuMs };
}

/** The bare pipeline's figures, its start-up taken off by a run of one frame. */
async function measurePipeline(
  display: string,
  encoder: string,
  seconds: number,
  fps: number,
): Promise<Throughput> {
  const frames = seconds * fps;
  const once = await runPipeline(display, encoder, 1, fps);
  const all = await runPipeline(display, encoder, frames + 1, fps);
  return {
    framesPerSecond: frames * 1000 / (all.elapsedMs - once.elapsedMs),
    cpuMsPerFrame: (all.cpuMs - once.cpuMs) / frames,
  };
}

/** Skerry's figures, with its memory looked at each second. */
async function measureSkerry(
  viewer: StreamViewer,
  pid: number,
  seconds: number,
): Promise<Throughput & { memory: number[]; gaps: number[] }> {
  const memory: number[] = [];
  const first = viewer.frames.length, cpu = await cpuTime(pid), start = performance.now();
  for (let second = 1; second <= seconds; second++) {
    await pause(Math.max(0, start + second * 1000 - performance.now()));
    memory.push(await residentMemory(pid));
  }
  const spent = await cpuTime(pid) - cpu, elapsed = performance.now() - start;
  const frames = viewer.frames.slice(first);
  const gaps = frames.slice(1).map(({ at }, i) => at - (frames[i]?.at ?? at));
  return {
    framesPerSecond: frames.length * 1000 / elapsed,
    cpuMsPerFrame: spent / frames.length,
    memory,
    gaps: gaps.toSorted((a, b) => a - b),
  };
}

function mean(list: readonly number[]): number {
  return list.reduce((sum, x) => sum + x, 0) / list.length;
}

expectOptions(["seconds", "fps", "threads", "output"]);
const seconds = numberOption("seconds", 60), fps = numberOption("fps", 60);
await using stack = new AsyncDisposableStack();
const remote = stack.use(await startRemoteDisplay(WIDTH, HEIGHT));
stack.use(
  await runProgram(
    remote.display,
    "motion_window",
    `--size=${WIDTH}x${HEIGHT}`,
    "--at=0,0",
    `--fps=${fps}`,
  ),
);

let measured: Awaited<ReturnType<typeof measureSkerry>>;
let encoderName: string;
{
  console.error(`Skerry, ${seconds} s`);
  await using skerry = await SkerryProcess.start({
    args: ["--display", remote.display, "--fps", String(fps)],
  });
  await using viewer = await StreamViewer.connect(skerry.url);
  await pause(3000);
  encoderName = viewer.encoder;
  measured = await measureSkerry(viewer, skerry.pid, seconds);
}

const description = encoderCatalogue.find(({ name }) => name === encoderName);
if (!description) throw new Error(`The catalogue has no encoder "${encoderName}".`);
const launch = description.launch({
  fps,
  bitrateKbit: 8000,
  threads: Math.min(navigator.hardwareConcurrency, numberOption("threads", 2)),
});
const bare: Throughput[] = [];
for (let run = 0; run < 2; run++) {
  console.error(`bare pipeline, run ${run + 1} of 2`);
  bare.push(await measurePipeline(remote.display, launch, Math.ceil(seconds / 3), fps));
}
const best: Throughput = {
  framesPerSecond: Math.max(...bare.map((run) => run.framesPerSecond)),
  cpuMsPerFrame: Math.min(...bare.map((run) => run.cpuMsPerFrame)),
};

const quarter = Math.max(1, Math.floor(measured.memory.length / 4));
const early = mean(measured.memory.slice(0, quarter)), late = mean(measured.memory.slice(-quarter));
const frameRatio = measured.framesPerSecond / best.framesPerSecond;
const cpuRatio = measured.cpuMsPerFrame / best.cpuMsPerFrame;
await writeReport("throughput", [
  `# Full-screen motion, ${WIDTH}x${HEIGHT}, ${seconds} s at ${fps} frames a second`,
  "",
  `| ${encoderName} | frames/s | CPU ms a frame |`,
  "|---|--:|--:|",
  `| Skerry, delivered to a viewer | ${measured.framesPerSecond.toFixed(1)} | ${
    measured.cpuMsPerFrame.toFixed(2)
  } |`,
  `| bare pipeline | ${best.framesPerSecond.toFixed(1)} | ${best.cpuMsPerFrame.toFixed(2)} |`,
  `| Skerry / pipeline (target: ≥ 0.90, ≤ 1.25) | ${frameRatio.toFixed(2)} | ${
    cpuRatio.toFixed(2)
  } |`,
  "",
  `Gaps between frames, ms: p50 ${percentile(measured.gaps, 50).toFixed(1)}, p99 ${
    percentile(measured.gaps, 99).toFixed(1)
  }, worst ${percentile(measured.gaps, 100).toFixed(1)}.`,
  `Resident memory, MiB: ${early.toFixed(1)} in the first quarter, ${
    late.toFixed(1)
  } in the last, ` +
  `most ${Math.max(...measured.memory).toFixed(1)}.`,
  `Load average ${loadAverage().toFixed(2)}.`,
], { measured, bare, encoderName, launch });
