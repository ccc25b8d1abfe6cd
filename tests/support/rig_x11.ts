/**
 * A small X client for the rig: it presses by XTEST and looks at pixels. It shares nothing with the
 * product's own X code, so that a fault there cannot hide in the figures.
 *
 * @module
 */
import x11 from "x11";

/** The part of npm:x11 (which has no types) that the rig calls; names are the X protocol's. */
export interface XClient {
  // deno-lint-ignore no-explicit-any -- requests are as untyped as the library
  [request: string]: any;
}

/** An open connection with what its set-up said. */
export interface XConnection {
  readonly client: XClient;
  readonly root: number;
  readonly width: number;
  readonly height: number;
  readonly depth: number;
}

/** An X server that cannot be reached, or lacks what the rig needs. */
export class RigDisplayError extends Error {
  override name = "RigDisplayError";
}

/**
 * Opens a connection to an X display.
 *
 * @param display such as ":7"
 * @throws {RigDisplayError} when the server refuses or is not there
 */
export function connectX(display: string): Promise<XConnection> {
  return new Promise((resolve, reject) => {
    // deno-lint-ignore no-explicit-any -- the library's own shapes
    (x11 as any).createClient({ display }, (error: unknown, info: any) => {
      if (error) {
        const reason = error instanceof Error ? error.message : JSON.stringify(error);
        reject(new RigDisplayError(`Display "${display}" refused the connection: ${reason}`));
        return;
      }
      const screen = info.screen[0];
      resolve({
        client: info.client,
        root: screen.root,
        width: screen.pixel_width,
        height: screen.pixel_height,
        depth: screen.root_depth,
      });
    });
  });
}

/** Loads an extension of an open connection. */
export function requireExtension(client: XClient, name: string): Promise<XClient> {
  return new Promise((resolve, reject) => {
    client.require(name, (error: Error | null, extension: XClient) => {
      if (error) reject(new RigDisplayError(`The X server lacks "${name}": ${error.message}`));
      else resolve(extension);
    });
  });
}

/** A rectangle of pixels, 4 octets each: blue, green, red, unused. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/** The brightness of one BGRx pixel, 0 to 255 (BT.601 weights). */
export function luma(data: Uint8Array, at = 0): number {
  return 0.114 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.299 * (data[at + 2] ?? 0);
}

/** Turns BGRx into opaque RGBA. */
export function rgbaOf(bgrx: Uint8Array): Uint8Array {
  const rgba = new Uint8Array(bgrx.length);
  for (let at = 0; at < bgrx.length; at += 4) {
    rgba[at] = bgrx[at + 2] ?? 0;
    rgba[at + 1] = bgrx[at + 1] ?? 0;
    rgba[at + 2] = bgrx[at] ?? 0;
    rgba[at + 3] = 255;
  }
  return rgba;
}

/** One connection to an X display, for pressing and for looking. */
export class RigDisplay implements AsyncDisposable {
  #xtest: XClient | undefined;

  private constructor(readonly name: string, readonly connection: XConnection) {}

  static async open(name: string): Promise<RigDisplay> {
    return new RigDisplay(name, await connectX(name));
  }

  get width(): number {
    return this.connection.width;
  }

  get height(): number {
    return this.connection.height;
  }

  /** Reads pixels of the root window with all that is drawn over it, without the pointer. */
  picture(x: number, y: number, width: number, height: number): Promise<Picture> {
    const { client, root } = this.connection;
    return new Promise((resolve, reject) => {
      client.GetImage(2, root, x, y, width, height, 0xffffffff, (error: unknown, image: {
        data: Uint8Array;
      }) => {
        if (error) reject(new RigDisplayError(`GetImage at ${x},${y} failed: ${String(error)}`));
        else resolve({ width, height, data: image.data });
      });
    });
  }

  async #xtestExtension(): Promise<XClient> {
    return this.#xtest ??= await requireExtension(this.connection.client, "xtest");
  }

  /** Moves the pointer, in pixels of this display. */
  async movePointer(x: number, y: number): Promise<void> {
    const xtest = await this.#xtestExtension();
    xtest.FakeInput(xtest.MotionNotify, 0, 0, this.connection.root, x, y);
  }

  /** Presses or releases a pointer button where the pointer is. Returns once it is written. */
  async button(button: number, down: boolean): Promise<void> {
    const xtest = await this.#xtestExtension();
    xtest.FakeInput(down ? xtest.ButtonPress : xtest.ButtonRelease, button, 0, 0, 0, 0);
  }

  /**
   * Calls back whenever something has been drawn on the display, after it was drawn.
   *
   * @returns a function that ends it
   */
  async watchDamage(listener: () => void): Promise<() => void> {
    const { client, root } = this.connection;
    const damage = await requireExtension(client, "damage");
    const id = client.AllocID();
    const onEvent = (event: { name?: string; damage?: number }) => {
      if (event.name !== "DamageNotify" || event.damage !== id) return;
      damage.Subtract(id, 0, 0);
      listener();
    };
    client.on("event", onEvent);
    damage.Create(id, root, damage.ReportLevel.NonEmpty);
    return () => {
      client.removeListener("event", onEvent);
      damage.Destroy(id);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { client } = this.connection;
    await new Promise<void>((resolve) => client.close(() => resolve()));
  }
}
