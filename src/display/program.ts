/** Finding programs and running them with their output in the log. */
import { getLogger } from "@logtape/logtape";

/** Lines of a program's output kept for an error message. */
const KEPT_LINES = 12;
/** Milliseconds after a program's end in which its last output is still read. */
const LAST_WORDS = 100;

/**
 * Finds a program by name in PATH and then among those of the portable file, or by path.
 *
 * @returns Its path, or `undefined` if there is no such executable file.
 */
export function findProgram(name: string): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? name : undefined;
  const folders = (Deno.env.get("PATH") ?? "/usr/bin:/bin").split(":");
  return folders.map((folder) => `${folder || "."}/${name}`).find(isExecutable) ??
    findBundledProgram(name);
}

/** Finds a program by name among those of the portable file. */
export function findBundledProgram(name: string): string | undefined {
  const bundle = Deno.env.get("SKERRY_BUNDLE");
  if (bundle === undefined) return undefined;
  const path = `${bundle}/programs/${name}`;
  return isExecutable(path) ? path : undefined;
}

function isExecutable(path: string): boolean {
  try {
    const info = Deno.statSync(path);
    return info.isFile && ((info.mode ?? 0o111) & 0o111) !== 0;
  } catch {
    return false;
  }
}

/** A running program. Its output goes to the log, line by line. */
export class Program {
  /** How it ended. */
  readonly status: Promise<Deno.CommandStatus>;
  readonly #child: Deno.ChildProcess;
  readonly #lines: string[] = [];
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #drained: Promise<void>;

  /**
   * Starts a program as the leader of its own session and process group, so that a Ctrl+C meant
   * for Skerry does not reach it.
   *
   * @param name For the log, like "openbox".
   * @param stdout "piped" to read `stdout`; else it is dropped.
   */
  constructor(
    readonly name: string,
    path: string,
    options: {
      args: readonly string[];
      env: Readonly<Record<string, string>>;
      stdout?: "piped" | "null";
    },
  ) {
    this.#child = new Deno.Command(path, {
      args: [...options.args],
      env: { ...options.env },
      clearEnv: true,
      stdin: "null",
      stdout: options.stdout ?? "null",
      stderr: "piped",
      detached: true,
    }).spawn();
    this.status = this.#child.status;
    this.#reader = this.#child.stderr.getReader();
    this.#drained = this.#drain();
  }

  /** Process number. */
  get pid(): number {
    return this.#child.pid;
  }

  /** Standard output, if it was asked for. */
  get stdout(): ReadableStream<Uint8Array> {
    return this.#child.stdout;
  }

  /** The last lines that it wrote to standard error. */
  get lastLines(): string {
    return this.#lines.join(" | ");
  }

  async #drain(): Promise<void> {
    const log = getLogger(["skerry", "display", this.name]);
    const decoder = new TextDecoder();
    let rest = "";
    try {
      while (true) {
        const { value, done } = await this.#reader.read();
        if (done) return;
        const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
        rest = (lines.pop() ?? "").slice(-4096);
        for (const line of lines) {
          if (line.trim() === "") continue;
          log.debug("{line}", { line });
          this.#lines.push(line.trim());
          if (this.#lines.length > KEPT_LINES) this.#lines.shift();
        }
      }
    } catch {
      // cancelled, or the pipe broke: nothing more to read
    }
  }

  /** Waits for the end and lets go of the output, even if a daemon still holds the other end. */
  async finish(): Promise<Deno.CommandStatus> {
    const status = await this.status;
    const timer = setTimeout(() => this.#reader.cancel().catch(() => {}), LAST_WORDS);
    await this.#drained;
    clearTimeout(timer);
    return status;
  }
}
