/** What runs on a fresh virtual display: environment, background, window manager, terminal. */
import { DRIVER_FOLDERS } from "../../ffi/mod.ts";
import type { DisplayConnection } from "./connection.ts";
import { SESSION_MARKER } from "./process_tree.ts";
import { findProgram } from "./program.ts";

/** Dark grey, so that an empty desktop does not look like a broken one. */
const BACKGROUND = 0x2b2d31;
/** Glyphs of the server's built-in "cursor" font: the left-pointing arrow and its mask. */
const LEFT_ARROW = 68;

/** Milliseconds between two looks at whether the window manager is there. */
const POLL = 10;

/** Programs that bring a window manager of their own. */
const SESSIONS =
  /^(start(x|xfce4|lxde|lxqt|plasma-x11|kde|fluxbox)|.*[-_]session|openbox|fluxbox|icewm|i3|awesome|bspwm|dwm|twm|fvwm\d?|jwm|mutter|xfwm4|kwin_x11|metacity|marco)$/;

/** Whether a command is a desktop session or window manager itself. */
export function bringsWindowManager(command: readonly string[]): boolean {
  const name = command[0] ?? "";
  return SESSIONS.test(name.slice(name.lastIndexOf("/") + 1));
}

/**
 * The environment for the programs of a display: this process's, without what belongs to another
 * display and without Skerry's own settings (they may hold secrets), and with a UTF-8 locale.
 */
export function programEnvironment(
  base: Readonly<Record<string, string>>,
  session: string,
  display?: { name: string; authority: string },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (name.startsWith("SKERRY_") || name.startsWith("WAYLAND_")) continue;
    if (name === "DISPLAY" || name === "XAUTHORITY" || name === "WINDOWID") continue;
    // The portable file's own Deno and GStreamer have these.
    const bundled = base.SKERRY_BUNDLE !== undefined;
    if (bundled && name.startsWith("DENO_")) continue;
    if (bundled && name === DRIVER_FOLDERS.name && value === DRIVER_FOLDERS.value) continue;
    env[name] = name === "PATH" ? withoutDeno(value) : value;
  }
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  if (!/utf-?8/i.test(locale)) {
    delete env.LC_ALL;
    delete env.LC_CTYPE;
    env.LANG = "C.UTF-8";
  }
  env[SESSION_MARKER] = session;
  if (display) {
    env.DISPLAY = display.name;
    env.XAUTHORITY = display.authority;
    env.XDG_SESSION_TYPE = "x11";
  }
  return env;
}

/** Deno puts itself into the path as `node` where there is none; programs are not to find that. */
function withoutDeno(path: string): string {
  return path.split(":").filter((folder) => !folder.endsWith("/node_compat_bin")).join(":");
}

/** Pixels of one character of the terminal's font, and what to leave free around the window. */
const CELL = { width: 9, height: 18 } as const;
const MARGIN = 40;

/**
 * The command that is run when none is given: a terminal.
 *
 * @param size Of the display in pixels, which the terminal fits into.
 */
export function defaultCommand({ width, height }: { width: number; height: number }): string[] {
  if (findProgram("xterm") === undefined && findProgram("x-terminal-emulator") !== undefined) {
    return ["x-terminal-emulator"];
  }
  const columns = Math.min(100, Math.max(20, Math.floor((width - MARGIN) / CELL.width)));
  const rows = Math.min(30, Math.max(5, Math.floor((height - MARGIN) / CELL.height)));
  const geometry = ["-geometry", `${columns}x${rows}`];
  const looks = ["-u8", ...geometry, "-sl", "5000", "-bg", "#1e1f22", "-fg", "#e8e8e8"];
  // Without a scalable font xterm's -fa ends in an error; its built-in font always works.
  return ["xterm", ...looks, ...(hasScalableFont() ? ["-fa", "Monospace", "-fs", "11"] : [])];
}

/** Whether any scalable font is installed where fontconfig looks by default. */
export function hasScalableFont(): boolean {
  const home = Deno.env.get("HOME") ?? "";
  const data = Deno.env.get("XDG_DATA_HOME") || `${home}/.local/share`;
  return ["/usr/share/fonts", "/usr/local/share/fonts", `${data}/fonts`, `${home}/.fonts`]
    .some((directory) => holdsFont(directory, 4));
}

function holdsFont(directory: string, depth: number): boolean {
  try {
    for (const entry of Deno.readDirSync(directory)) {
      if (/\.(ttf|otf|ttc|t1|pfb)$/i.test(entry.name)) return true;
      const nested = entry.isDirectory && depth > 0;
      if (nested && holdsFont(`${directory}/${entry.name}`, depth - 1)) return true;
    }
  } catch {
    // not there, or not readable
  }
  return false;
}

/** Gives the root window a colour and an arrow, in place of black and a cross. */
export async function decorateRoot(connection: DisplayConnection): Promise<void> {
  const { client, root } = connection;
  const font = client.AllocID();
  const cursor = client.AllocID();
  const black = { R: 0, G: 0, B: 0 };
  const white = { R: 0xffff, G: 0xffff, B: 0xffff };
  client.OpenFont(font, "cursor");
  client.CreateGlyphCursor(cursor, font, font, LEFT_ARROW, LEFT_ARROW + 1, black, white);
  client.ChangeWindowAttributes(root, { backgroundPixel: BACKGROUND, cursor });
  client.CloseFont(font);
  client.FreeCursor(cursor);
  client.ClearArea(root, 0, 0, 0, 0, 0);
  await connection.sync();
}

/**
 * Waits until a window manager is at work, so that the first window is placed and focused by it.
 * That it has announced itself (EWMH, _NET_SUPPORTING_WM_CHECK) is not enough: a program whose
 * window comes while the manager still starts may wait 5 s for an answer that is lost. So it is
 * asked for something harmless, the frame that a window would get (EWMH,
 * _NET_REQUEST_FRAME_EXTENTS), until it answers.
 *
 * @param limit Milliseconds after which to go on without.
 * @returns Whether one is there.
 */
export async function windowManagerReady(
  connection: DisplayConnection,
  limit: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const { client, root } = connection;
  const deadline = performance.now() + limit;
  const window = client.AllocID();
  client.CreateWindow(window, root, 0, 0, 1, 1, 0, 0, 0, 0, {});
  const request = await internAtom(connection, "_NET_REQUEST_FRAME_EXTENTS");
  const extents = await internAtom(connection, "_NET_FRAME_EXTENTS");
  let ready = false;
  while (!ready && performance.now() < deadline) {
    signal?.throwIfAborted();
    // again and again: what comes before it listens is lost
    client.SendClientMessage(root, window, request, 32, []);
    await new Promise((resolve) => setTimeout(resolve, POLL));
    const { data } = await connection.request<{ data: Uint8Array }>((client, done) =>
      client.GetProperty(0, window, extents, 0, 0, 4, done)
    );
    ready = data.length > 0;
  }
  client.DestroyWindow(window);
  connection.flush();
  return ready;
}

function internAtom(connection: DisplayConnection, name: string): Promise<number> {
  return connection.request<number>((client, done) => client.InternAtom(false, name, done));
}

/**
 * Asks the window manager for a single desktop, unless the user has set it up: with the usual four,
 * a turn of the wheel over the background makes all windows vanish.
 */
export async function limitDesktops(connection: DisplayConnection): Promise<void> {
  const home = Deno.env.get("HOME") ?? "";
  const config = Deno.env.get("XDG_CONFIG_HOME") || `${home}/.config`;
  try {
    Deno.statSync(`${config}/openbox/rc.xml`);
    return;
  } catch {
    // not set up
  }
  const { root } = connection;
  const atom = await internAtom(connection, "_NET_NUMBER_OF_DESKTOPS");
  connection.client.SendClientMessage(root, root, atom, 32, [1]);
  connection.flush();
}
