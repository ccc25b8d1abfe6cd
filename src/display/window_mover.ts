/** Keeping windows on their monitors while monitors come, go and move. */
import { internAtoms } from "./atoms.ts";
import type { DisplayConnection } from "./connection.ts";
import { XProtocolError } from "./errors.ts";
import type { Monitor } from "./monitors.ts";
import type { Rectangle } from "./rectangle.ts";

/** Windows that are looked after at most: a broken program may have any number. */
const MOST_WINDOWS = 512;
/** GetProperty of any type. */
const ANY_TYPE = 0;
/** Map state of a window that can be seen (X11 protocol, GetWindowAttributes). */
const VIEWABLE = 2;

const ATOMS = [
  "_NET_CLIENT_LIST",
  "_NET_WM_STATE",
  "_NET_WM_STATE_FULLSCREEN",
  "_NET_WM_STATE_MAXIMIZED_HORZ",
  "_NET_WM_STATE_MAXIMIZED_VERT",
  "_NET_WM_WINDOW_TYPE",
  "_NET_WM_WINDOW_TYPE_DESKTOP",
  "_NET_WM_WINDOW_TYPE_DOCK",
] as const;

type Atoms = Readonly<Record<(typeof ATOMS)[number], number>>;

/** A window, and where its frame is on the screen. */
export interface PlacedWindow {
  readonly id: number;
  readonly frame: Rectangle;
}

/**
 * Where windows are that are to stay on their monitors. Window managers place what is maximised, in full
 * screen, or a panel; these are left out.
 *
 * @throws {DisplayClosedError} The connection ended.
 */
export async function placedWindows(connection: DisplayConnection): Promise<PlacedWindow[]> {
  const atoms = await internAtoms(connection, ATOMS);
  const ids = await topLevelWindows(connection, atoms);
  const found = await Promise.all(
    ids.slice(0, MOST_WINDOWS).map((id) => place(connection, atoms, id)),
  );
  return found.filter((window) => window !== undefined);
}

/**
 * Moves windows to where they were on their monitors, and those of monitors that are gone to the first.
 *
 * @param windows Where they were.
 * @param before The monitors then.
 * @param after The monitors now; at least one.
 */
export function keepOnMonitors(
  connection: DisplayConnection,
  windows: readonly PlacedWindow[],
  before: readonly Monitor[],
  after: readonly Monitor[],
): void {
  for (const { frame, id } of windows) {
    const position = positionAfter(frame, before, after);
    if (position === undefined) continue;
    connection.client.ConfigureWindow(id, position);
  }
  connection.flush();
}

/**
 * @param frame Where a window was.
 * @returns Where it belongs now; undefined if it is there.
 */
export function positionAfter(
  frame: Rectangle,
  before: readonly Monitor[],
  after: readonly Monitor[],
): { x: number; y: number } | undefined {
  const middle = { x: frame.x + frame.width / 2, y: frame.y + frame.height / 2 };
  const from = before.find((monitor) => holds(monitor, middle)) ?? before[0];
  const to = after.find(({ number }) => number === from?.number) ?? after[0];
  if (from === undefined || to === undefined) return undefined;
  let x = frame.x - from.x + to.x;
  let y = frame.y - from.y + to.y;
  const within = { x: middle.x - from.x + to.x, y: middle.y - from.y + to.y };
  if (!holds(to, within) || to.number !== from.number) {
    x = into(x, frame.width, to.x, to.width);
    y = into(y, frame.height, to.y, to.height);
  }
  return x === frame.x && y === frame.y ? undefined : { x, y };
}

function holds(r: Rectangle, { x, y }: { readonly x: number; readonly y: number }): boolean {
  return x >= r.x && y >= r.y && x < r.x + r.width && y < r.y + r.height;
}

/** All of it if there is room for that, or else its beginning. */
function into(at: number, size: number, from: number, room: number): number {
  return Math.max(from, Math.min(at, from + room - size));
}

/** Those of the window manager's list; without one, all that can be seen. */
async function topLevelWindows(connection: DisplayConnection, atoms: Atoms): Promise<number[]> {
  const { root } = connection;
  const managed = await readNumbers(connection, root, atoms._NET_CLIENT_LIST);
  if (managed.length > 0) return managed;
  const { children } = await ask<{ children: number[] }>(
    connection,
    (client, done) => client.QueryTree(root, done),
  );
  const seen = await Promise.all(children.map(async (id) => {
    const attributes = await gone(ask<{ mapState: number; overrideRedirect: number }>(
      connection,
      (client, done) => client.GetWindowAttributes(id, done),
    ));
    return attributes?.mapState === VIEWABLE && !attributes.overrideRedirect ? id : [];
  }));
  return seen.flat();
}

async function place(
  connection: DisplayConnection,
  atoms: Atoms,
  id: number,
): Promise<PlacedWindow | undefined> {
  const states = await readNumbers(connection, id, atoms._NET_WM_STATE);
  const types = await readNumbers(connection, id, atoms._NET_WM_WINDOW_TYPE);
  const kept = [
    atoms._NET_WM_STATE_FULLSCREEN,
    atoms._NET_WM_STATE_MAXIMIZED_HORZ,
    atoms._NET_WM_STATE_MAXIMIZED_VERT,
    atoms._NET_WM_WINDOW_TYPE_DESKTOP,
    atoms._NET_WM_WINDOW_TYPE_DOCK,
  ];
  if ([...states, ...types].some((atom) => kept.includes(atom))) return undefined;
  const frame = await gone(frameOf(connection, id));
  return frame && { id, frame };
}

/** The window that a window manager has put around it, or itself. */
async function frameOf(connection: DisplayConnection, id: number): Promise<Rectangle> {
  let frame = id;
  for (;;) {
    const { parent } = await ask<{ parent: number }>(
      connection,
      (client, done) => client.QueryTree(frame, done),
    );
    if (parent === connection.root || parent === 0) break;
    frame = parent;
  }
  const { height, width, xPos, yPos } = await ask<
    { xPos: number; yPos: number; width: number; height: number }
  >(connection, (client, done) => client.GetGeometry(frame, done));
  return { x: xPos, y: yPos, width, height };
}

/** @returns Nothing of a property or a window that is not there. */
async function readNumbers(
  connection: DisplayConnection,
  window: number,
  property: number,
): Promise<number[]> {
  const value = await gone(ask<{ data: Uint8Array }>(
    connection,
    (client, done) => client.GetProperty(0, window, property, ANY_TYPE, 0, MOST_WINDOWS, done),
  ));
  if (value === undefined) return [];
  const { data } = value;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length >> 2 }, (_, index) => view.getUint32(index * 4, true));
}

async function ask<T>(
  connection: DisplayConnection,
  start: Parameters<DisplayConnection["request"]>[0],
): Promise<T> {
  const reply = connection.request(start);
  connection.flush();
  return await reply as T;
}

/** @returns undefined if the window has gone meanwhile. */
async function gone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof XProtocolError) return undefined;
    throw error;
  }
}
