/**
 * Child processes of the measuring rig: started, watched for their first words, and ended for sure.
 *
 * @module
 */

/** A program of the rig that did not come up, or ended while it was needed. */
export class RigProcessError extends Error {
  override name = "RigProcessError";
}

/** What a {@link RigProcess} is started with. */
export interface RigProcessOptions {
  /** Added to the rig's own environment. */
  readonly env?: Record<string, string>;
  /** How long to wait for a clean end after SIGTERM before SIGKILL, in milliseconds. */
  readonly patienceMs?: number;
}

/** The last output that is kept for error messages, in characters. */
const KEPT_OUTPUT = 8000;

/** A running program whose output is read, so that it never blocks on a full pipe. */
export class RigProcess implements AsyncDisposable {
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #readers: Promise<void>[];
  readonly #patienceMs: number;
  readonly #listeners = new Set<() => void>();
  #output = "";
  #ended = false;

  private constructor(readonly command: readonly string[], options: RigProcessOptions) {
    const [program, ...args] = command;
    if (program === undefined) throw new RigProcessError("The command is empty; name a program.");
    try {
      this.#child = new Deno.Command(program, {
        args,
        env: options.env,
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      throw new RigProcessError(`"${program}" did not start: ${(error as Error).message}`, {
        cause: error,
      });
    }
    this.pid = this.#child.pid;
    this.#patienceMs = options.patienceMs ?? 3000;
    this.#readers = [this.#read(this.#child.stdout), this.#read(this.#child.stderr)];
    this.#child.status.then(() => {
      this.#ended = true;
      for (const listener of this.#listeners) listener();
    });
  }

  /**
   * Starts a program.
   *
   * @throws {RigProcessError} when it cannot be run at all
   */
  static start(command: readonly string[], options: RigProcessOptions = {}): RigProcess {
    return new RigProcess(command, options);
  }

  /** The end of what the program has written so far, both streams. */
  get output(): string {
    return this.#output;
  }

  /** Whether the program has ended. */
  get ended(): boolean {
    return this.#ended;
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const octets of stream) {
      this.#output = (this.#output + decoder.decode(octets, { stream: true })).slice(-KEPT_OUTPUT);
      for (const listener of this.#listeners) listener();
    }
  }

  /**
   * Waits until the program's output matches.
   *
   * @returns the match
   * @throws {RigProcessError} when the program ends or the time is over first
   */
  async waitFor(pattern: RegExp, timeoutMs = 10_000): Promise<RegExpMatchArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpMatchArray>();
    const fail = (what: string) =>
      reject(
        new RigProcessError(
          `"${this.command[0]}" ${what} before it wrote ${pattern}; it wrote:\n${this.#output}`,
        ),
      );
    const check = () => {
      const match = this.#output.match(pattern);
      if (match) resolve(match);
      else if (this.#ended) fail("ended");
    };
    const timer = setTimeout(() => fail(`took more than ${timeoutMs} ms`), timeoutMs);
    this.#listeners.add(check);
    try {
      check();
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#listeners.delete(check);
    }
  }

  /** Sends a signal; a process that has ended is left alone. */
  signal(signal: Deno.Signal): void {
    if (this.#ended) return;
    try {
      this.#child.kill(signal);
    } catch {
      // It ended in this moment: nothing is left to signal.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.signal("SIGCONT"); // a stopped process would never see the SIGTERM
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), this.#patienceMs);
    await this.#child.status;
    clearTimeout(timer);
    await Promise.all(this.#readers);
  }
}

/** Resolves after `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
