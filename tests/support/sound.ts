/**
 * Sound that programs of a session play, and how it is looked at.
 *
 * @module
 */
import { until } from "./until.ts";

/** A program that plays; disposing it ends it. */
export class PlayingProgram implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;

  /** @param description A pipeline for `gst-launch-1.0`. */
  constructor(description: string, env: Readonly<Record<string, string>>) {
    this.#child = new Deno.Command("gst-launch-1.0", {
      args: ["-q", ...description.split(" ")],
      env: { ...env },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
  }
}

/** Plays a sine wave to the sound server of this environment. */
export function playTone(
  env: Readonly<Record<string, string>>,
  { frequency = 440, volume = 0.5 } = {},
): PlayingProgram {
  return new PlayingProgram(
    `audiotestsrc is-live=true wave=sine freq=${frequency} volume=${volume} ! ` +
      "audio/x-raw,rate=48000,channels=2 ! pulsesink buffer-time=60000 latency-time=10000",
    env,
  );
}

/** Runs `pactl` on a sound server and gives what it prints. */
export async function pactl(
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command("pactl", { args, env: { ...env } })
    .output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(`pactl ${args.join(" ")}: ${decoder.decode(stderr)}`);
  return decoder.decode(stdout);
}

/** The process that listens on a sound server's socket, found among the children of a process. */
export async function soundServerOf(parent: number): Promise<number> {
  return await until(`process ${parent} has a sound server`, () => {
    for (const { name } of Deno.readDirSync("/proc")) {
      if (!/^\d+$/.test(name)) continue;
      try {
        const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
        const [state, ppid] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (state !== "Z" && Number(ppid) === parent && stat.includes("(pulseaudio)")) {
          return Number(name);
        }
      } catch {
        // It has ended meanwhile.
      }
    }
    return undefined;
  });
}
