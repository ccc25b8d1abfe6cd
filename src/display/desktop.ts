/** What runs on a fresh virtual display: environment, background, window manager, terminal. */
import type { DisplayConnection } from "./connection.ts";
import { SESSION_MARKER } from "./process_tree.ts";
import { findProgram } from "./program.ts";

/** Dark grey, so that an empty desktop does not look like a broken one. */
const BACKGROUND = 0x2b2d31;
/** Glyphs of the server's built-in "cursor" font: the left-pointing arrow and its mask. */
const LEFT_ARROW = 68;

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
    env[name] = value;
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

/** The command that is run when none is given: a terminal. */
export function defaultCommand(): string[] {
  if (findProgram("xterm") === undefined && findProgram("x-terminal-emulator") !== undefined) {
    return ["x-terminal-emulator"];
  }
  const looks = ["-u8", "-geometry", "100x30", "-sl", "5000", "-bg", "#1e1f22", "-fg", "#e8e8e8"];
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
 * Waits until a window manager has announced itself on the root window (EWMH,
 * _NET_SUPPORTING_WM_CHECK), so that the first window is placed and focused by it.
 *
 * @param limit Milliseconds after which to go on without.
 * @returns Whether one is there.
 */
export async function windowManagerReady(
  connection: DisplayConnection,
  limit: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const atom = await connection.request<number>((client, done) =>
    client.InternAtom(false, "_NET_SUPPORTING_WM_CHECK", done)
  );
  const deadline = performance.now() + limit;
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    const property = await connection.request<{ data: Uint8Array }>((client, done) =>
      client.GetProperty(0, connection.root, atom, 0, 0, 1, done)
    );
    if (property.data.length > 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
  return false;
}
