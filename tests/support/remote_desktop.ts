/**
 * The X display of a running Skerry, looked at from beside: with a connection of its own, through the
 * socket and not through shared memory, so that a fault of the product's capture cannot hide here.
 *
 * @module
 */
import { ScreenCapture } from "../../src/display/capture.ts";
import { DisplayConnection } from "../../src/display/connection.ts";
import { SESSION_MARKER } from "../../src/display/process_tree.ts";
import { type Picture, pictureOfBgrx } from "./picture.ts";
import { until } from "./until.ts";

/** A window of a program, without its frame, in pixels of the screen. */
export interface RemoteWindow {
  readonly id: number;
  readonly title: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** What is copied, or what is marked, which the middle button pastes. */
export type Selection = "clipboard" | "primary";

/** Where a display is, and the cookie for it. */
export interface DisplayAccess {
  readonly display: string;
  readonly authority: string;
}

export class RemoteDesktop implements AsyncDisposable {
  private constructor(
    readonly connection: DisplayConnection,
    /** For programs that look at the display, too. */
    readonly access: DisplayAccess,
  ) {}

  /** Connects to the display that the Skerry of this process number has started. */
  static async of(pid: number): Promise<RemoteDesktop> {
    const access = await until(`process ${pid} shows a display`, () => displayOf(pid));
    return await RemoteDesktop.open(access);
  }

  static async open(access: DisplayAccess): Promise<RemoteDesktop> {
    const { display, authority } = access;
    const connection = await DisplayConnection.open({ display, authority });
    return new RemoteDesktop(connection, { display, authority });
  }

  async screenshot(): Promise<Picture> {
    await using capture = await ScreenCapture.open(this.connection, { allocate: null });
    await capture.grab();
    const { height, memory, stride, width } = capture;
    if (!(memory instanceof Uint8Array)) throw new TypeError("It was not read over the socket.");
    return pictureOfBgrx(memory, width, height, stride);
  }

  /** The keycodes that the server holds down. */
  async heldKeys(): Promise<number[]> {
    const bits = await this.#ask<Uint8Array>((client, done) => client.QueryKeymap(done));
    return Array.from({ length: 256 }, (_, code) => code)
      .filter((code) => ((bits[code >> 3] ?? 0) >> (code & 7) & 1) === 1);
  }

  /** The pointer, and the modifiers and buttons that are down, as the X protocol's mask. */
  async pointer(): Promise<{ x: number; y: number; mask: number }> {
    const { keyMask, rootX, rootY } = await this.#ask<
      { rootX: number; rootY: number; keyMask: number }
    >(
      (client, done) => client.QueryPointer(this.connection.root, done),
    );
    return { x: rootX, y: rootY, mask: keyMask };
  }

  /** Windows that the window manager has taken care of, the oldest first. */
  async windows(): Promise<RemoteWindow[]> {
    const { root } = this.connection;
    const ids = await this.#property(root, "_NET_CLIENT_LIST");
    const view = new DataView(ids.buffer, ids.byteOffset, ids.byteLength);
    const windows: RemoteWindow[] = [];
    for (let at = 0; at + 4 <= ids.length; at += 4) {
      const id = view.getUint32(at, true);
      try {
        windows.push(await this.#describe(id));
      } catch {
        // It was closed meanwhile.
      }
    }
    return windows;
  }

  /** Waits until a program has a window. */
  async window(): Promise<RemoteWindow> {
    return await until("a program has a window", async () => (await this.windows())[0]);
  }

  /** The X resources that programs look up, a line each. */
  async resources(): Promise<string> {
    return new TextDecoder().decode(
      await this.#property(this.connection.root, "RESOURCE_MANAGER"),
    );
  }

  /** The window that owns what is copied or marked; 0 for none. */
  async ownerOf(selection: Selection): Promise<number> {
    const atom = await this.#ask<number>((client, done) =>
      client.InternAtom(false, selection.toUpperCase(), done)
    );
    return await this.#ask<number>((client, done) => client.GetSelectionOwner(atom, done));
  }

  /** The window that gets the keys. */
  async focus(): Promise<number> {
    const { focus } = await this.#ask<{ focus: number }>((client, done) =>
      client.GetInputFocus(done)
    );
    return focus;
  }

  /** The window that the window manager says is in use; 0 for none. */
  async activeWindow(): Promise<number> {
    const data = await this.#property(this.connection.root, "_NET_ACTIVE_WINDOW");
    if (data.length < 4) return 0;
    return new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0, true);
  }

  async #describe(id: number): Promise<RemoteWindow> {
    const { root } = this.connection;
    const geometry = await this.#ask<{ width: number; height: number }>((client, done) =>
      client.GetGeometry(id, done)
    );
    const corner = await this.#ask<{ destX: number; destY: number }>((client, done) =>
      client.TranslateCoordinates(id, root, 0, 0, done)
    );
    const title = new TextDecoder().decode(await this.#property(id, "WM_NAME"));
    return {
      id,
      title,
      x: corner.destX,
      y: corner.destY,
      width: geometry.width,
      height: geometry.height,
    };
  }

  async #property(window: number, name: string): Promise<Uint8Array> {
    const atom = await this.#ask<number>((client, done) => client.InternAtom(false, name, done));
    const { data } = await this.#ask<{ data: Uint8Array }>((client, done) =>
      client.GetProperty(0, window, atom, 0, 0, 1024, done)
    );
    return data;
  }

  async #ask<T>(request: Parameters<typeof this.connection.request<T>>[0]): Promise<T> {
    const reply = this.connection.request<T>(request);
    this.connection.flush();
    return await reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.connection[Symbol.asyncDispose]();
  }
}

/** Process numbers of the children of a process, with the names of their programs. */
export function childrenOf(pid: number): { pid: number; name: string }[] {
  const children: { pid: number; name: string }[] = [];
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = Deno.readTextFileSync(`/proc/${name}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z" || Number(fields[1]) !== pid) continue;
      const command = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      children.push({ pid: Number(name), name: command });
    } catch {
      // It has ended meanwhile.
    }
  }
  return children;
}

/** The X server that a Skerry has started. */
export async function xServerOf(pid: number): Promise<number> {
  return await until(
    `process ${pid} has an X server`,
    () => childrenOf(pid).find(({ name }) => /^(X\w*vnc|Xvfb)$/.test(name))?.pid,
  );
}

/** The display that the programs of a Skerry were given. */
function displayOf(pid: number): DisplayAccess | undefined {
  for (const child of childrenOf(pid)) {
    const environment = environmentOf(child.pid);
    const display = environment.get("DISPLAY");
    const authority = environment.get("XAUTHORITY");
    if (environment.has(SESSION_MARKER) && display && authority) return { display, authority };
  }
  return undefined;
}

/** The variables that a process was started with. */
export function environmentOf(pid: number): Map<string, string> {
  try {
    const lines = Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
    return new Map(lines.map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }));
  } catch {
    return new Map();
  }
}
