import type { HostedProcess, ProcessHost } from "../audio/process_host.ts";
import { programEnvironment } from "../display/desktop.ts";
import { sessionProcesses, terminate } from "../display/process_tree.ts";
import { findProgram, Program } from "../display/program.ts";
import { SessionDirectory } from "../display/session_directory.ts";

/** Milliseconds that a sound server gets between SIGTERM and SIGKILL: it has nothing to save. */
const GRACE_MS = 300;

/**
 * Runs the sound server as the display's programs are run, but in a directory of its own: it outlives
 * an X server that crashes. What a kill -9 leaves is found and ended with the next start of a display.
 */
export class SoundHost implements ProcessHost, AsyncDisposable {
  readonly #directory: SessionDirectory;
  readonly #programs: Program[] = [];

  private constructor(directory: SessionDirectory) {
    this.#directory = directory;
  }

  static create(): SoundHost {
    return new SoundHost(SessionDirectory.create());
  }

  get directory(): string {
    return this.#directory.path;
  }

  find(program: string): string | undefined {
    return findProgram(program);
  }

  start(
    path: string,
    args: readonly string[],
    env: Readonly<Record<string, string>>,
  ): HostedProcess {
    const name = path.slice(path.lastIndexOf("/") + 1);
    const base = programEnvironment(Deno.env.toObject(), this.#directory.id);
    const program = new Program(name, path, { args, env: { ...base, ...env } });
    this.#programs.push(program);
    const id = this.#directory.note(program.pid);
    const ended = program.finish().then(({ code }) => {
      this.#programs.splice(this.#programs.indexOf(program), 1);
      return code;
    });
    return {
      ended,
      get lastLines() {
        return program.lastLines;
      },
      async stop() {
        if (id) await terminate([id], GRACE_MS);
        await ended;
      },
    };
  }

  /** Ends what still runs and removes the directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    await terminate(sessionProcesses(this.#directory.id, this.#directory.processes), GRACE_MS);
    await Promise.all(this.#programs.map((program) => program.finish()));
    await this.#directory[Symbol.asyncDispose]();
  }
}
