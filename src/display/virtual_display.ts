/** A virtual display: an X server of our own, a window manager, and the program to be shown. */
import { getLogger } from "@logtape/logtape";
import { DisplayConnection } from "./connection.ts";
import {
  bringsWindowManager,
  decorateRoot,
  defaultCommand,
  limitDesktops,
  programEnvironment,
  windowManagerReady,
} from "./desktop.ts";
import { CommandNotFoundError, DisplayNotFoundError } from "./errors.ts";
import { type ProcessId, sessionProcesses, terminate } from "./process_tree.ts";
import { findProgram, Program } from "./program.ts";
import { reapOrphans, SessionDirectory } from "./session_directory.ts";
import { startXServer, type XServer, type XServerKind } from "./x_server.ts";

const log = getLogger(["skerry", "display"]);

/**
 * Milliseconds that programs get to end after SIGTERM, until SIGKILL. With the X server's time and the
 * sound server's after it, this is less than the two seconds in which all is to be over.
 */
const PROGRAM_GRACE = 1000;
/** Milliseconds that the X server gets; it has nothing to save. */
const SERVER_GRACE = 400;
/** Milliseconds to wait for the window manager before the program is started without it. */
const WINDOW_MANAGER_LIMIT = 2000;

/** What to do about the lack of a terminal, which is shown when no program is named. */
const NO_TERMINAL =
  "install it (xterm for apt, dnf and pacman alike), or name a program to show after --";

/** What a virtual display is to be. */
export interface VirtualDisplayOptions {
  /** "auto" takes Xvnc where it is installed, since it can resize, else Xvfb. */
  server: "auto" | XServerKind;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Program and arguments; empty for a terminal. */
  command: readonly string[];
  /** More variables for the programs on it; the X server is started before they are known. */
  environment?: Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  signal?: AbortSignal;
}

/** Why a virtual display is over. */
export interface DisplayEnd {
  what: "server" | "command" | "disposed";
  /** Exit code of what ended; 0 when disposed. */
  code: number;
}

/**
 * A virtual display. Several can run side by side, of one user or many: the X server chooses its
 * number, and everything else is in a private directory with a random name.
 */
export class VirtualDisplay implements AsyncDisposable {
  /** Resolves once: when the X server or the command ends, or on dispose. Never rejects. */
  readonly ended: Promise<DisplayEnd>;
  readonly #server: XServer;
  readonly #directory: SessionDirectory;
  readonly #programs: Program[] = [];
  readonly #stop = new AbortController();
  #environment: Readonly<Record<string, string>> = {};
  #end!: (end: DisplayEnd) => void;
  #furnished: Promise<void> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  private constructor(server: XServer, directory: SessionDirectory) {
    this.#server = server;
    this.#directory = directory;
    this.ended = new Promise((resolve) => this.#end = resolve);
    server.program.status.then(({ code }) => this.#end({ what: "server", code }));
  }

  /**
   * Starts one. Before that, ends what an earlier Skerry left behind when it was killed.
   *
   * @throws {CommandNotFoundError} The command does not exist; nothing was started.
   * @throws {XServerNotFoundError} No X server is installed.
   * @throws {XServerStartError} The X server did not start.
   */
  static async start(options: VirtualDisplayOptions): Promise<VirtualDisplay> {
    const display = await VirtualDisplay.begin(options);
    try {
      await display.furnished;
      return display;
    } catch (error) {
      await display[Symbol.asyncDispose]();
      throw error;
    }
  }

  /**
   * Starts one, but does not wait for the window manager and the program: see {@link furnished}.
   *
   * @throws as {@link VirtualDisplay.start} does.
   */
  static async begin(options: VirtualDisplayOptions): Promise<VirtualDisplay> {
    const { signal } = options;
    signal?.throwIfAborted();
    const command = options.command.length > 0 ? options.command : defaultCommand(options);
    const program = findProgram(command[0]!);
    if (program === undefined) {
      const advice = options.command.length > 0 ? undefined : NO_TERMINAL;
      throw new CommandNotFoundError(command[0]!, advice);
    }
    const reaped = reapOrphans()
      .catch((error) => log.warn("Cannot look for orphans: {error}", { error }));
    const directory = SessionDirectory.create();
    const env = programEnvironment(Deno.env.toObject(), directory.id);
    let display: VirtualDisplay;
    try {
      // Nothing is waited for before it: the rest of the start is computed while it starts.
      const server = await startXServer({ ...options, env, directory });
      display = new VirtualDisplay(server, directory);
    } catch (error) {
      await terminate(sessionProcesses(directory.id, directory.processes), SERVER_GRACE);
      await directory[Symbol.asyncDispose]();
      await reaped;
      throw error;
    }
    const { environment = {} } = options;
    display.#furnished = display.#furnish(program, command, { environment, reaped, signal });
    display.#furnished.catch(() => {}); // for who waits for it later
    return display;
  }

  /** Resolves when the program runs. Rejects if the X server ended before, or the signal was aborted. */
  get furnished(): Promise<void> {
    return this.#furnished;
  }

  /** The display's name, like ":7". */
  get display(): string {
    return `:${this.#server.display}`;
  }

  /** Path of the Xauthority file that lets this user's programs in. */
  get authority(): string {
    return this.#server.authority;
  }

  /** Which X server it is. */
  get server(): XServerKind {
    return this.#server.kind;
  }

  /** Environment for a program that is to run on this display. */
  get environment(): Record<string, string> {
    return {
      ...programEnvironment(Deno.env.toObject(), this.#directory.id, {
        name: this.display,
        authority: this.authority,
      }),
      ...this.#environment,
    };
  }

  /** Starts a further program on the display; it ends with the display. */
  run(name: string, path: string, args: readonly string[]): Program {
    const program = new Program(name, path, { args, env: this.environment });
    this.#programs.push(program);
    this.#directory.note(program.pid);
    return program;
  }

  async #furnish(
    path: string,
    command: readonly string[],
    options: Required<Pick<VirtualDisplayOptions, "environment">> & {
      readonly reaped: Promise<unknown>;
      readonly signal?: AbortSignal;
    },
  ): Promise<void> {
    const { display, authority } = this;
    const stop = this.#stop.signal;
    const signal = options.signal ? AbortSignal.any([options.signal, stop]) : stop;
    await using connection = await DisplayConnection.open({ display, authority, signal });
    await decorateRoot(connection);
    this.#environment = await options.environment;
    await options.reaped;
    const manager = bringsWindowManager(command) ? undefined : findProgram("openbox");
    if (manager !== undefined) {
      const openbox = this.run("openbox", manager, ["--sm-disable"]);
      openbox.status.then(({ code }) => {
        if (!this.#disposed) log.warn("The window manager ended with code {code}", { code });
      });
      if (await windowManagerReady(connection, WINDOW_MANAGER_LIMIT, signal)) {
        await limitDesktops(connection);
      }
    }
    signal.throwIfAborted();
    if (!connection.open) throw new DisplayNotFoundError(display, "The X server ended at once");
    const name = path.slice(path.lastIndexOf("/") + 1);
    const program = this.run(name, path, command.slice(1));
    program.status.then(({ code }) => this.#end({ what: "command", code }));
  }

  /**
   * Takes everything down: programs first, so that they can save; then the X server, and with it
   * the directory. Also cleans up after an X server that crashed.
   */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    this.#end({ what: "disposed", code: 0 });
    this.#stop.abort();
    await this.#furnished.catch(() => {});
    const { id } = this.#directory;
    const server = this.#server.program;
    const isServer = ({ pid }: ProcessId) => pid === server.pid;
    const members = () => sessionProcesses(id, this.#directory.processes);
    await terminate(members().filter((p) => !isServer(p)), PROGRAM_GRACE);
    // What was started by those programs while they were ending, and the server.
    await terminate(members(), SERVER_GRACE);
    await Promise.all([...this.#programs, server].map((program) => program.finish()));
    await this.#directory[Symbol.asyncDispose]();
  }
}
