/** Real X servers for the tests of display/. */
import { DisplayConnection } from "../../src/display/connection.ts";
import { InputInjector } from "../../src/display/input.ts";
import { codePointToKeysym } from "../../src/display/keysym.ts";
import { findProgram } from "../../src/display/program.ts";
import { VirtualDisplay } from "../../src/display/virtual_display.ts";
import type { XServerKind } from "../../src/display/x_server.ts";

/** Which X servers can be tested here. */
export const SERVERS: readonly { kind: XServerKind; installed: boolean }[] = [
  {
    kind: "xvnc",
    installed: ["Xtigervnc", "Xvnc"].some((name) => findProgram(name) !== undefined),
  },
  { kind: "xvfb", installed: findProgram("Xvfb") !== undefined },
];

/** Whether xterm can be tested here. */
export const XTERM_INSTALLED = findProgram("xterm") !== undefined;

/** Registers a test once for each kind of X server, skipped by name where it is not installed. */
export function testOnServers(
  name: string,
  needs: readonly string[],
  run: (server: XServerKind) => Promise<void>,
): void {
  for (const { kind, installed } of SERVERS) {
    const missing = [
      ...(installed ? [] : [kind]),
      ...needs.filter((program) => findProgram(program) === undefined),
    ];
    Deno.test({
      name: missing.length > 0
        ? `${name} on ${kind} (not installed: ${missing.join(", ")})`
        : `${name} on ${kind}`,
      ignore: missing.length > 0,
      fn: () => run(kind),
    });
  }
}

/** A display that shows a program that does nothing. */
export function startEmptyDisplay(
  server: XServerKind,
  size = { width: 640, height: 400 },
): Promise<VirtualDisplay> {
  return VirtualDisplay.start({ server, ...size, command: ["sleep", "1000"] });
}

/** Waits until something holds; fails after a generous time. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  limit = 15_000,
): Promise<void> {
  const deadline = performance.now() + limit;
  while (!await holds()) {
    if (performance.now() > deadline) throw new Error(`Waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The contents of a file, or nothing if it is not there. */
export async function contents(path: string): Promise<Uint8Array> {
  try {
    return await Deno.readFile(path);
  } catch {
    return new Uint8Array(0);
  }
}

/** An xterm on a display of its own that writes the octets typed into it to a file. */
export class TypingTarget implements AsyncDisposable {
  private constructor(
    readonly display: VirtualDisplay,
    readonly connection: DisplayConnection,
    readonly input: InputInjector,
    readonly directory: string,
    readonly resources: AsyncDisposableStack,
  ) {}

  static async start(server: XServerKind, layout?: string): Promise<TypingTarget> {
    await using resources = new AsyncDisposableStack();
    const directory = await Deno.makeTempDir({ prefix: "skerry-test-" });
    resources.defer(() => Deno.remove(directory, { recursive: true }));
    const script = `${layout ? `setxkbmap ${layout} && ` : ""}stty raw -echo && ` +
      `touch ${directory}/ready && exec cat > ${directory}/typed`;
    const display = resources.use(
      await VirtualDisplay.start({
        server,
        width: 640,
        height: 400,
        command: ["xterm", "-u8", "-geometry", "60x10", "-e", "sh", "-c", script],
      }),
    );
    const connection = resources.use(await DisplayConnection.open(display));
    const input = resources.use(await InputInjector.open(connection));
    await until("the terminal is ready", async () => {
      try {
        await Deno.stat(`${directory}/ready`);
        return await hasFocus(connection);
      } catch {
        return false;
      }
    });
    return new TypingTarget(display, connection, input, directory, resources.move());
  }

  /** Presses and releases a key for each character. */
  type(text: string): void {
    for (const character of text) this.tap(codePointToKeysym(character.codePointAt(0)!));
  }

  /** Presses and releases a key. */
  tap(keysym: number): void {
    this.input.key(keysym, true);
    this.input.key(keysym, false);
  }

  /** What has been typed, once there are so many octets. */
  async typed(octets: number): Promise<string> {
    const path = `${this.directory}/typed`;
    await until(`${octets} octets were typed`, async () => (await contents(path)).length >= octets)
      .catch(() => {});
    return new TextDecoder().decode(await contents(path));
  }

  /** Process numbers of the display's programs with a name. */
  async processes(name: string): Promise<number[]> {
    const directory = this.display.authority.replace(/\/[^/]*$/, "");
    const { processes } = JSON.parse(await Deno.readTextFile(`${directory}/session.json`));
    return processes.map(({ pid }: { pid: number }) => pid).filter((pid: number) =>
      Deno.readTextFileSync(`/proc/${pid}/comm`).trim() === name
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources[Symbol.asyncDispose]();
  }
}

/** Whether the terminal has the keyboard, and not a window of the window manager. */
async function hasFocus(connection: DisplayConnection): Promise<boolean> {
  const { focus } = await connection.request<{ focus: number }>((client, done) =>
    client.GetInputFocus(done)
  );
  if (focus <= 1) return false;
  const WM_CLASS = 67;
  const { data } = await connection.request<{ data: Uint8Array }>((client, done) =>
    client.GetProperty(0, focus, WM_CLASS, 0, 0, 16, done)
  );
  return new TextDecoder().decode(data).includes("xterm");
}
