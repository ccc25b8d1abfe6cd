/**
 * A window over a whole screen that gives the pointer images of one colour: still, moving and none.
 *
 * @module
 */
import type { DisplayConnection } from "../../src/display/connection.ts";

export interface CursorLooks {
  /** 0xRRGGBB. */
  readonly colour: number;
  /** Of a square, in pixels; servers may put it into a larger image. */
  readonly size: number;
  readonly hotX: number;
  readonly hotY: number;
}

export class CursorWindow implements AsyncDisposable {
  readonly #connection: DisplayConnection;
  readonly #id: number;

  private constructor(connection: DisplayConnection, id: number) {
    this.#connection = connection;
    this.#id = id;
  }

  /** Opens it above everything. */
  static async open(connection: DisplayConnection): Promise<CursorWindow> {
    const { client, height, root, width } = connection;
    const id = client.AllocID();
    client.CreateWindow(id, root, 0, 0, width, height, 0, 0, 0, 0, {
      backgroundPixel: 0x000000,
      overrideRedirect: 1,
    });
    client.MapWindow(id);
    await connection.sync();
    return new CursorWindow(connection, id);
  }

  async use(looks: CursorLooks): Promise<void> {
    await this.show(this.make(looks));
  }

  /** Shows an image that was made before, and keeps it. */
  async show(cursor: number): Promise<void> {
    this.#connection.client.ChangeWindowAttributes(this.#id, { cursor });
    await this.#connection.sync();
  }

  async hide(): Promise<void> {
    await this.show(this.make({ colour: 0, size: 1, hotX: 0, hotY: 0 }, 0));
  }

  /** Changes between images by itself, each for so many milliseconds. */
  async animate(images: readonly CursorLooks[], milliseconds: number): Promise<void> {
    const render = await this.#connection.extension("render", "RENDER");
    const cursor = this.#connection.client.AllocID();
    const frames = images.map((looks) => [this.make(looks), milliseconds]);
    render.CreateAnimCursor(cursor, frames);
    await this.show(cursor);
  }

  /**
   * Makes an image; the server keeps it for as long as this connection.
   *
   * @param opaque 1 or 0, for the whole image.
   */
  make({ colour, hotX, hotY, size }: CursorLooks, opaque = 1): number {
    const { client, root } = this.#connection;
    const [pixmap, gc, cursor] = [client.AllocID(), client.AllocID(), client.AllocID()];
    client.CreatePixmap(pixmap, root, 1, size, size);
    client.CreateGC(gc, pixmap, { foreground: opaque });
    client.PolyFillRectangle(pixmap, gc, [0, 0, size, size]);
    const [R, G, B] = [16, 8, 0].map((bits) => (colour >> bits & 0xff) * 257) as [
      number,
      number,
      number,
    ];
    client.CreateCursor(cursor, pixmap, pixmap, { R, G, B }, { R, G, B }, hotX, hotY);
    client.FreeGC(gc);
    client.FreePixmap(pixmap);
    return cursor;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.client.DestroyWindow(this.#id);
    await this.#connection.sync();
  }
}
