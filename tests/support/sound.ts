/**
 * Sound that programs of a session play, and how it is looked at.
 *
 * @module
 */
import { childrenOf, environmentOf } from "./remote_desktop.ts";
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

/** Plays noise to the sound server of this environment, of which encoders cannot save anything. */
export function playNoise(env: Readonly<Record<string, string>>): PlayingProgram {
  return new PlayingProgram(
    "audiotestsrc is-live=true wave=white-noise volume=0.5 ! " +
      "audio/x-raw,rate=48000,channels=2 ! pulsesink buffer-time=60000 latency-time=10000",
    env,
  );
}

/** Plays a sine wave for some milliseconds and waits for its end. */
export async function beep(env: Readonly<Record<string, string>>, ms: number): Promise<void> {
  const { success, stderr } = await new Deno.Command("gst-launch-1.0", {
    args: [
      ...["-q", "audiotestsrc", "freq=440", "samplesperbuffer=480", `num-buffers=${ms / 10}`, "!"],
      ...["audio/x-raw,rate=48000,channels=2", "!", "pulsesink"],
    ],
    env: { ...env },
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

/** Whether anybody records on a sound server. */
export async function isRecorded(env: Readonly<Record<string, string>>): Promise<boolean> {
  return await pactl(env, "list", "short", "source-outputs") !== "";
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

/** The sound server that a Skerry has started. */
export async function soundServerOf(parent: number): Promise<number> {
  return await until(
    `process ${parent} has a sound server`,
    () => childrenOf(parent).find(({ name }) => name === "pulseaudio")?.pid,
  );
}

/** Where programs of a Skerry play: the variables that it gave to one of them. */
export async function soundEnvironmentOf(pid: number): Promise<Record<string, string>> {
  return await until(`the programs of ${pid} know a sound server`, () => {
    for (const child of childrenOf(pid)) {
      const environment = environmentOf(child.pid);
      const server = environment.get("PULSE_SERVER");
      const cookie = environment.get("PULSE_COOKIE");
      if (environment.has("DISPLAY") && server && cookie) {
        return { PULSE_SERVER: server, PULSE_COOKIE: cookie };
      }
    }
    return undefined;
  });
}
