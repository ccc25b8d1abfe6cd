/**
 * A program that is many viewers without a browser, or one: it takes the streams and counts.
 *
 *     deno run -A tests/support/rig_stream_viewers.ts URL [--count=20] [--seconds=10]
 *
 * It writes "ready" when all have their first frame, and after the seconds a line of JSON.
 *
 * @module
 */
import { pause } from "./rig_process.ts";
import { summarize, type Summary } from "./rig_statistics.ts";
import { StreamViewer } from "./rig_stream_viewer.ts";

/** What one viewer got in the time. */
export interface ViewerCount {
  readonly frames: number;
  readonly octets: number;
  readonly keyframes: number;
  /** How old frames were when they had arrived, in ms; undefined of none. */
  readonly age: Summary | undefined;
  /** The oldest that the picture was, up to the moment that the next one came; in ms. */
  readonly oldest: number;
  /** What the server says that it has encoded meanwhile, for all. */
  readonly encoded: number;
}

function option(name: string, otherwise: number): number {
  const prefix = `--${name}=`;
  return Number(Deno.args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length) ?? otherwise);
}

/** Of frames from one on, up to a moment: a picture that stands grows older. In ms. */
function oldestPicture(viewer: StreamViewer, first: number, end: number): number {
  let oldest = 0;
  for (let i = first; i <= viewer.frames.length; i++) {
    const shown = viewer.frames[i - 1];
    if (shown) oldest = Math.max(oldest, viewer.ageAt(shown, viewer.frames[i]?.at ?? end));
  }
  return oldest;
}

if (import.meta.main) {
  const [url = ""] = Deno.args;
  await using stack = new AsyncDisposableStack();
  const viewers: StreamViewer[] = [];
  for (let i = 0; i < option("count", 1); i++) {
    viewers.push(stack.use(await StreamViewer.connect(url)));
  }
  console.log("ready");
  await pause(2000); // keyframes of those that came last
  const before = viewers.map(({ frames, statistics }) => ({
    frames: frames.length,
    ages: frames.filter(({ topOff }) => !topOff).length,
    encoded: statistics?.framesEncoded ?? NaN,
  }));
  await pause(option("seconds", 10) * 1000);
  const end = performance.now();
  const counts = viewers.map(({ ages, frames, statistics }, i): ViewerCount => {
    const start = before[i]!, got = frames.slice(start.frames);
    return {
      frames: got.length,
      octets: got.reduce((sum, { octets }) => sum + octets, 0),
      keyframes: got.filter(({ keyframe }) => keyframe).length,
      oldest: oldestPicture(viewers[i]!, start.frames, end),
      age: ages.length > start.ages ? summarize(ages.slice(start.ages)) : undefined,
      encoded: (statistics?.framesEncoded ?? NaN) - start.encoded,
    };
  });
  console.log(JSON.stringify(counts));
}
