/**
 * The product as its users run it: a process of its own, with the permissions of `deno task start`.
 *
 * @module
 */
import configuration from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url);

export interface StartOptions {
  /** Options of the command line; `--listen 127.0.0.1:0` goes before them. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds for the URL to be printed. */
  readonly timeout?: number;
  /** Another program in the place of `deno run … main.ts`, for example a compiled executable. */
  readonly program?: readonly string[];
}

/** How a process ended, and what it said. */
export interface Exit {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A running Skerry; disposing it ends it in order, and by force when it does not end.
 *
 * @example
 * ```ts ignore
 * await using skerry = await SkerryProcess.start({ args: ["--fps", "30"] });
 * await browser.open(skerry.url);
 * ```
 */
export class SkerryProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #stdout: Output;
  readonly #stderr: Output;
  /** How it ended; never rejects. */
  readonly exited: Promise<Exit>;
  /** The printed URL with its token. */
  url = "";

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#stdout = new Output(child.stdout);
    this.#stderr = new Output(child.stderr);
    this.exited = Promise.all([child.status, this.#stdout.ended, this.#stderr.ended]).then(
      ([{ code, signal }]) => ({
        code,
        signal,
        stdout: this.#stdout.text,
        stderr: this.#stderr.text,
      }),
    );
  }

  /**
   * Starts it and waits for its URL.
   *
   * @throws an Error with all that it printed if it ends instead, or prints none in time.
   */
  static async start(options: StartOptions = {}): Promise<SkerryProcess> {
    const args = ["--listen", "127.0.0.1:0", ...options.args ?? []];
    const skerry = SkerryProcess.#spawn({ ...options, args });
    skerry.url = await skerry.#printedUrl(options.timeout ?? 30_000);
    return skerry;
  }

  /** Runs it until it ends by itself, as it does for `--help` and for bad options. */
  static async run(options: StartOptions = {}): Promise<Exit> {
    await using skerry = SkerryProcess.#spawn(options);
    return await skerry.exited;
  }

  /** What runs it when nothing else is asked for, to be run by another program. */
  static command(): readonly string[] {
    return runCommand();
  }

  static #spawn({ args = [], env = {}, program = runCommand() }: StartOptions): SkerryProcess {
    const [executable, ...first] = program;
    const child = new Deno.Command(executable!, {
      args: [...first, ...args],
      env: { NO_COLOR: "1", ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new SkerryProcess(child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** The URL without the token, ending in a slash. */
  get origin(): string {
    return new URL("/", this.url).href;
  }

  get token(): string {
    return new URLSearchParams(new URL(this.url).hash.slice(1)).get("token") ?? "";
  }

  /** All that it has printed up to now. */
  get stdout(): string {
    return this.#stdout.text;
  }

  /** All that it has logged up to now. */
  get stderr(): string {
    return this.#stderr.text;
  }

  /**
   * Waits until the log matches.
   *
   * @throws an Error with the log if it does not in time.
   */
  async logged(pattern: RegExp, timeout = 10_000): Promise<string> {
    const found = await this.#stderr.match(pattern, timeout);
    if (found !== undefined) return found;
    throw new Error(`The log has nothing that matches ${pattern}.\n${this.stderr}`);
  }

  kill(signal: Deno.Signal): void {
    try {
      this.#child.kill(signal);
    } catch (error) {
      // It has ended already.
      if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Asks it to end, and forces it to after `grace` milliseconds. */
  async stop(grace = 5000): Promise<Exit> {
    this.kill("SIGTERM");
    const timer = setTimeout(() => this.kill("SIGKILL"), grace);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  /** @throws an Error if it has logged a mistake of its own, which it survives. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { stderr } = await this.stop();
    if (stderr.includes("A mistake in Skerry")) throw new Error(stderr);
  }

  async #printedUrl(timeout: number): Promise<string> {
    const url = await this.#stdout.match(/^https?:\/\/\S+$/m, timeout);
    if (url !== undefined) return url;
    const { code, stderr } = await this.stop();
    throw new Error(
      `Skerry printed no URL in ${timeout} ms and ended with code ${code}.\n${stderr}`,
    );
  }
}

/** `deno run` with the permissions that `deno task start` gives. */
export function runCommand(): string[] {
  const permissions = configuration.tasks.start.command.match(/--allow-\S+/g) ?? [];
  const main = decodeURIComponent(new URL("main.ts", ROOT).pathname);
  const config = decodeURIComponent(new URL("deno.json", ROOT).pathname);
  return [Deno.execPath(), "run", "--no-check", "--config", config, ...permissions, main];
}

/** Collects the text of a stream, and waits for parts of it. */
class Output {
  text = "";
  readonly ended: Promise<void>;
  readonly #waiting = new Set<() => void>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of stream) {
      this.text += decoder.decode(part, { stream: true });
      for (const look of this.#waiting) look();
    }
  }

  /** The first match; undefined if there is none in time or before the end. */
  match(pattern: RegExp, timeout: number): Promise<string | undefined> {
    return new Promise((resolve) => {
      const done = (found?: string) => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(found);
      };
      const look = () => {
        const found = pattern.exec(this.text)?.[0];
        if (found !== undefined) done(found);
      };
      const timer = setTimeout(done, timeout);
      this.#waiting.add(look);
      this.ended.then(() => done());
      look();
    });
  }
}
