/**
 * A window over a whole remote screen that notes every event of keyboard and pointer that it gets,
 * and shows what the test paints on it.
 *
 * @module
 */
import type { DisplayConnection } from "../../src/display/connection.ts";
import { until } from "./until.ts";

/** What a program gets to know; positions are pixels of the screen. */
export interface RemoteEvent {
  readonly name:
    | "KeyPress"
    | "KeyRelease"
    | "ButtonPress"
    | "ButtonRelease"
    | "MotionNotify";
  /** The keycode or the button; 0 for motion. */
  readonly detail: number;
  readonly x: number;
  readonly y: number;
  /** Modifiers and buttons that were down before it, as the X protocol's mask. */
  readonly state: number;
}

// X.h: KeyPressMask and its neighbours up to ButtonReleaseMask, PointerMotionMask, ExposureMask.
const EVENTS = 0x1 | 0x2 | 0x4 | 0x8 | 0x40 | 0x8000;
const REVERT_TO_POINTER_ROOT = 1;

export class EventWindow implements AsyncDisposable {
  readonly events: RemoteEvent[] = [];
  readonly #connection: DisplayConnection;
  readonly #id: number;
  readonly #stops: (() => void)[];

  private constructor(connection: DisplayConnection, id: number) {
    this.#connection = connection;
    this.#id = id;
    const names = ["KeyPress", "KeyRelease", "ButtonPress", "ButtonRelease", "MotionNotify"];
    this.#stops = names.map((name) =>
      connection.on(name, (event) => {
        if (event.wid !== id) return;
        this.events.push({
          name: name as RemoteEvent["name"],
          detail: event.keycode ?? 0,
          x: event.rootx,
          y: event.rooty,
          state: event.buttons ?? 0,
        });
      })
    );
  }

  /** Opens it above everything, with the keyboard. */
  static async open(connection: DisplayConnection): Promise<EventWindow> {
    const { client, height, root, width } = connection;
    const id = client.AllocID();
    const window = new EventWindow(connection, id);
    client.CreateWindow(id, root, 0, 0, width, height, 0, 0, 0, 0, {
      backgroundPixel: 0x000000,
      overrideRedirect: 1,
      eventMask: EVENTS,
    });
    const shown = new Promise<void>((resolve) => {
      const stop = connection.on("Expose", ({ wid }) => {
        if (wid !== id) return;
        stop();
        resolve();
      });
    });
    client.MapWindow(id);
    connection.flush();
    await shown;
    await window.focus();
    return window;
  }

  /** Gives it the keyboard. */
  async focus(): Promise<void> {
    this.#connection.client.SetInputFocus(this.#id, REVERT_TO_POINTER_ROOT);
    await this.#connection.sync();
  }

  /** Makes it black but for rectangles of one colour (0xRRGGBB). */
  async paint(colour: number, rectangles: readonly [number, number, number, number][]) {
    const { client } = this.#connection;
    client.ClearArea(this.#id, 0, 0, 0, 0, 0);
    const gc = client.AllocID();
    client.CreateGC(gc, this.#id, { foreground: colour });
    client.PolyFillRectangle(this.#id, gc, rectangles.flat());
    client.FreeGC(gc);
    await this.#connection.sync();
  }

  /** Fills it with squares of colours (0xRRGGBB), whose sides are even numbers of pixels. */
  async fill(colours: readonly number[]) {
    const { client, height, width } = this.#connection;
    const columns = Math.ceil(Math.sqrt(colours.length * width / height));
    const side = Math.floor(width / columns / 2) * 2;
    const gc = client.AllocID();
    client.CreateGC(gc, this.#id, {});
    for (const [i, foreground] of colours.entries()) {
      const [x, y] = [i % columns * side, Math.floor(i / columns) * side];
      client.ChangeGC(gc, { foreground });
      client.PolyFillRectangle(this.#id, gc, [x, y, side, side]);
    }
    client.FreeGC(gc);
    await this.#connection.sync();
  }

  /** Waits for an event, the latest first. */
  async saw(name: RemoteEvent["name"], wanted: Partial<RemoteEvent>): Promise<RemoteEvent> {
    return await until(
      () => `${name} ${JSON.stringify(wanted)} came; there were ${JSON.stringify(this.events)}`,
      () =>
        this.events.findLast((event) =>
          event.name === name &&
          Object.entries(wanted).every(([key, value]) => event[key as keyof RemoteEvent] === value)
        ),
      5000,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#connection.client.DestroyWindow(this.#id);
    await this.#connection.sync();
  }
}
