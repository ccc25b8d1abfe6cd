/** Keeping windows on their monitors while monitors come, go, move and change their size. */
import { Buffer } from "node:buffer";
import { internAtoms } from "./atoms.ts";
import type { DisplayConnection } from "./connection.ts";
import { XProtocolError } from "./errors.ts";
import type { Monitor } from "./monitors.ts";
import type { Rectangle } from "./rectangle.ts";
import { isSame, placeAfter, type Shift } from "./window_placement.ts";

/** Windows that are looked after at most: a broken program may have any number. */
const MOST_WINDOWS = 512;
/** GetProperty of any type. */
const ANY_TYPE = 0;
/** Event ClientMessage, and the events' masks by which a window manager gets those sent to the root window. */
const CLIENT_MESSAGE = 33;
const SUBSTRUCTURE_REDIRECT_AND_NOTIFY = 0x18_0000;
/**
 * What is said by `_NET_MOVERESIZE_WINDOW` (Extended Window Manager Hints): where the frame's upper left corner
 * is to be, and the window's width and height, from a pager.
 */
const MOVE_FRAME = 0x2f01;
/** Map state of a window that can be seen (X11 protocol, GetWindowAttributes). */
const VIEWABLE = 2;

const ATOMS = [
  "_NET_CLIENT_LIST",
  "_NET_MOVERESIZE_WINDOW",
  "_NET_SUPPORTED",
  "_NET_WM_STATE",
  "_NET_WM_STATE_FULLSCREEN",
  "_NET_WM_STATE_MAXIMIZED_HORZ",
  "_NET_WM_STATE_MAXIMIZED_VERT",
  "_NET_WM_WINDOW_TYPE",
  "_NET_WM_WINDOW_TYPE_DESKTOP",
  "_NET_WM_WINDOW_TYPE_DOCK",
] as const;

type Atoms = Readonly<Record<(typeof ATOMS)[number], number>>;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** A window, and where its frame is on the screen. */
export interface PlacedWindow {
  readonly id: number;
  readonly frame: Rectangle;
  /** What the frame adds to the window. */
  readonly border: Size;
}

interface Move {
  readonly from: Rectangle;
  readonly to: Rectangle;
  /** Undefined if it has room where it is. */
  readonly shift: Shift | undefined;
}

/** Has the windows of a display stay in sight. */
export class WindowMover {
  readonly #connection: DisplayConnection;
  /** Those of the last time. */
  #moves: ReadonlyMap<number, Move> = new Map();
  /** The message by which the window manager moves a window; undefined if it knows none. */
  #moveFrame: number | undefined;

  constructor(connection: DisplayConnection) {
    this.#connection = connection;
  }

  /**
   * Where windows are that are to stay on their monitors. Window managers place what is maximised, in full
   * screen, or a panel; these are left out.
   *
   * @throws {DisplayClosedError} The connection ended.
   */
  async find(): Promise<PlacedWindow[]> {
    const atoms = await internAtoms(this.#connection, ATOMS);
    const supported = await readNumbers(
      this.#connection,
      this.#connection.root,
      atoms._NET_SUPPORTED,
    );
    this.#moveFrame = supported.find((atom) => atom === atoms._NET_MOVERESIZE_WINDOW);
    const ids = await topLevelWindows(this.#connection, atoms);
    const found = await Promise.all(
      ids.slice(0, MOST_WINDOWS).map((id) => place(this.#connection, atoms, id)),
    );
    return found.filter((window) => window !== undefined);
  }

  /**
   * Moves windows to where they were on their monitors, and those of monitors that are gone to the first.
   * What was all in sight stays so, if need be by becoming smaller, and is as it was when there is room
   * again, unless somebody has moved it meanwhile, or given it another size.
   *
   * @param windows Where they were.
   * @param before The monitors then.
   * @param after The monitors now.
   */
  keep(
    windows: readonly PlacedWindow[],
    before: readonly Monitor[],
    after: readonly Monitor[],
  ): void {
    const moves = new Map<number, Move>();
    for (const window of windows) {
      const { frame, id } = window;
      const last = this.#moves.get(id);
      // The window manager may not have moved it yet.
      const now = last !== undefined && isSame(last.from, frame) ? last.to : frame;
      const placed = placeAfter(now, before, after, last?.shift);
      if (placed === undefined) continue;
      const { place: to, shift } = placed;
      if (shift !== undefined || !isSame(to, frame)) moves.set(id, { from: frame, to, shift });
      if (!isSame(to, now)) this.#move(window, to);
    }
    this.#moves = moves;
    this.#connection.flush();
  }

  /** Has a window's frame be there. */
  #move({ border, id }: PlacedWindow, place: Rectangle): void {
    const { client, root } = this.#connection;
    const { x, y } = place;
    const width = Math.max(place.width - border.width, 1);
    const height = Math.max(place.height - border.height, 1);
    // What a window manager makes of it depends on the window's gravity.
    if (this.#moveFrame === undefined) {
      return client.ConfigureWindow(id, { x, y, width, height });
    }
    const event = Buffer.alloc(32);
    event[0] = CLIENT_MESSAGE;
    event[1] = 32;
    event.writeUInt32LE(id, 4);
    event.writeUInt32LE(this.#moveFrame, 8);
    event.writeUInt32LE(MOVE_FRAME, 12);
    event.writeInt32LE(x, 16);
    event.writeInt32LE(y, 20);
    event.writeUInt32LE(width, 24);
    event.writeUInt32LE(height, 28);
    client.SendEvent(root, 0, SUBSTRUCTURE_REDIRECT_AND_NOTIFY, event);
  }
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
  return frame && { id, ...frame };
}

/** The window that a window manager has put around it, or itself. */
async function frameOf(
  connection: DisplayConnection,
  id: number,
): Promise<Omit<PlacedWindow, "id">> {
  let frame = id;
  for (;;) {
    const { parent } = await ask<{ parent: number }>(
      connection,
      (client, done) => client.QueryTree(frame, done),
    );
    if (parent === connection.root || parent === 0) break;
    frame = parent;
  }
  const [inner, outer] = await Promise.all(
    [id, frame].map((window) =>
      ask<{ xPos: number; yPos: number; width: number; height: number }>(
        connection,
        (client, done) => client.GetGeometry(window, done),
      )
    ),
  );
  const { height, width, xPos, yPos } = outer!;
  return {
    frame: { x: xPos, y: yPos, width, height },
    border: { width: width - inner!.width, height: height - inner!.height },
  };
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
