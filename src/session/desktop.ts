import { DisplayConnection } from "../display/connection.ts";
import { CursorWatcher } from "../display/cursor.ts";
import { InputInjector } from "../display/input.ts";
import { VirtualDisplay } from "../display/virtual_display.ts";
import type { CursorImage } from "../protocol/cursor_message.ts";
import { sleep } from "./retry.ts";

/** How long an X server may take to answer, in milliseconds. */
const PATIENCE_MS = 1000;

/** Which display to show. */
export interface DesktopOptions {
  /** `"new"` for a virtual display of its own, or the name of a running one, `":0"`. */
  readonly display: string;
  readonly xServer: "auto" | "xvnc" | "xvfb";
  /** Of a new display, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /** The program to start on a new display and its arguments; empty for the default desktop. */
  readonly command: readonly string[];
  /** More variables for the programs on a new display. */
  readonly environment?:
    | Readonly<Record<string, string>>
    | Promise<Readonly<Record<string, string>>>;
  /** The X authority file of a running display; without it, the user's own. */
  readonly authority?: string;
}

/** Why a desktop has ended by itself. */
export type DesktopEnd =
  /** The program that it was started for has exited. */
  | { readonly what: "command"; readonly code: number }
  /** The X server has gone away. */
  | { readonly what: "display"; readonly detail: string };

/** A display, and the hands on it: keyboard and pointer, and the image of its cursor. */
export class Desktop implements AsyncDisposable {
  readonly connection: DisplayConnection;
  readonly input: InputInjector;
  /** What kind of X server it is. */
  readonly server: "xvnc" | "xvfb" | "external";
  /** Resolves when the display or the program on it has ended by itself. */
  readonly ended: Promise<DesktopEnd>;
  /** Resolves when the program on it runs. Rejects if the display ended before. */
  readonly furnished: Promise<void>;
  readonly #resources: AsyncDisposableStack;

  private constructor(
    resources: AsyncDisposableStack,
    parts: { connection: DisplayConnection; input: InputInjector; virtual?: VirtualDisplay },
  ) {
    this.#resources = resources;
    this.connection = parts.connection;
    this.input = parts.input;
    this.server = parts.virtual?.server ?? "external";
    this.furnished = parts.virtual?.furnished ?? Promise.resolve();
    const lost = parts.connection.closed.then((error): DesktopEnd => ({
      what: "display",
      detail: error?.message ?? "The X server closed the connection",
    }));
    this.ended = parts.virtual
      ? Promise.race([lost, ownEnd(parts.virtual, parts.connection)])
      : lost;
  }

  /**
   * Starts the display if it is to be new, and connects to it.
   *
   * @throws {XServerNotFoundError} if no X server is installed for a new display.
   * @throws {CommandNotFoundError} if the program to start is not there.
   * @throws {DisplayNotFoundError} if a running display cannot be reached.
   */
  static async open(
    options: DesktopOptions,
    events: { oncursor(image: CursorImage): void; signal?: AbortSignal },
  ): Promise<Desktop> {
    await using resources = new AsyncDisposableStack();
    const { signal } = events;
    const virtual = options.display === "new"
      ? resources.use(
        await VirtualDisplay.begin({
          server: options.xServer,
          ...options.size,
          command: [...options.command],
          environment: options.environment ?? {},
          signal,
        }),
      )
      : undefined;
    const connection = resources.use(
      await DisplayConnection.open({
        display: virtual?.display ?? options.display,
        authority: virtual?.authority ?? options.authority,
        signal,
      }),
    );
    const input = resources.use(await InputInjector.open(connection));
    resources.use(await CursorWatcher.open(connection, { oncursor: events.oncursor }));
    return new Desktop(resources.move(), { connection, input, virtual });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}

/** Why a display of our own has ended. */
async function ownEnd(
  virtual: VirtualDisplay,
  connection: DisplayConnection,
): Promise<DesktopEnd> {
  const { what, code } = await virtual.ended;
  // A program dies of the death of its X server, and may be the first of the two to be seen.
  if (what === "command" && await answers(connection)) return { what, code };
  const detail = what === "server"
    ? `The X server ended with code ${code}`
    : "The X server has ended";
  return { what: "display", detail };
}

/** Whether the X server is alive: one that takes its time is. */
async function answers(connection: DisplayConnection): Promise<boolean> {
  const patience = new AbortController();
  const late = sleep(PATIENCE_MS, patience.signal).then(() => true);
  try {
    return await Promise.race([late, connection.sync().then(() => true, () => false)]);
  } finally {
    patience.abort();
  }
}
