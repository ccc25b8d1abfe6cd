/** One capture of the screen, looked at by several, each at its own pace. */
import type { SharedMemory } from "../../ffi/mod.ts";
import { ScreenCapture } from "./capture.ts";
import type { DisplayConnection } from "./connection.ts";
import { ScreenResizedError } from "./errors.ts";
import { MonitorSet, readMonitors } from "./monitors.ts";
import { intersection, merge, type Rectangle } from "./rectangle.ts";

/** Rectangles that a view is told at most; each costs its converter a call. */
const LIMIT = 4;

/** The part of a capture that is used here. */
export type Capture = Pick<
  ScreenCapture,
  "damagedAt" | "grab" | "height" | "memory" | "ondamage" | "onresize" | "stride" | "width"
>;

/**
 * What changed since a view's last look. While it is held nobody writes to the frame, so that what is
 * read there is one picture: dispose of it as soon as that is done.
 */
export interface ScreenPart extends Disposable {
  /** A few rectangles, clipped to the screen, that cover all of it. Empty if nothing was drawn. */
  readonly rectangles: readonly Rectangle[];
}

/** Somebody's look at the shared frame. */
export interface ScreenView extends Disposable {
  /**
   * When the first damage was noticed that this view has not taken, in milliseconds of
   * `performance.now()`; `undefined` if it has seen everything. At first all is damage.
   */
  readonly damagedAt: number | undefined;
  /** Called when `damagedAt` may have got a value, even while a grab is under way. */
  ondamage: (() => void) | undefined;
  /**
   * Brings the frame up to date and gives what changed since this view's last look. If another view
   * has grabbed all that there is, nothing is asked of the X server.
   *
   * @throws {Error} what the grab throws; the screen is lost then, see {@link SharedScreen.lost}.
   */
  take(): Promise<ScreenPart>;
}

/** The screen, or a part of it, to be shown. */
export interface ScreenArea {
  /** Where it is on the screen and how large, in pixels. */
  readonly rectangle: Rectangle;
  /** The frame of the whole screen, BGRx. Read it only while a {@link ScreenPart} is held. */
  readonly memory: SharedMemory | Uint8Array<ArrayBuffer>;
  /** Octets from one row of the frame to the next. */
  readonly stride: number;
  /** Whether the frame can be kept current no longer. */
  readonly isLost: boolean;
  /** Looks at it from now on; all of it is new at first. Rectangles are those of the area. */
  view(): ScreenView;
}

/**
 * A frame of the screen that is grabbed once for all who show it. Whoever was not there when it was
 * grabbed is told later what changed meanwhile. A grab waits until nobody reads the frame: with one view,
 * which does one thing after the other, it never has to.
 */
export class SharedScreen implements ScreenArea, AsyncDisposable {
  readonly #capture: Capture & AsyncDisposable;
  readonly #views = new Set<View>();
  readonly #lost = Promise.withResolvers<Error>();
  #isLost = false;
  #readers = 0;
  /** Resolves when nobody reads any more. */
  #idle: PromiseWithResolvers<void> | undefined;
  /** The grab under way, or one that waits for readers. */
  #grabbing: Promise<void> | undefined;
  #stop: (() => void) | undefined;

  /**
   * @param capture Disposed of with this.
   * @param monitors What the screen has of them.
   */
  constructor(
    capture: Capture & AsyncDisposable,
    readonly monitors: MonitorSet = new MonitorSet([]),
  ) {
    this.#capture = capture;
    capture.ondamage = () => {
      for (const view of this.#views) view.ondamage?.();
    };
    capture.onresize = (width, height) => this.#lose(new ScreenResizedError(width, height));
  }

  /**
   * Captures the screen at its present size.
   *
   * @throws what {@link ScreenCapture.open} throws.
   */
  static async open(connection: DisplayConnection): Promise<SharedScreen> {
    await using resources = new AsyncDisposableStack();
    const capture = resources.use(await ScreenCapture.open(connection));
    let changed = false;
    // Monitors come and go in a screen that keeps its size, too (randrproto, RRSetMonitor).
    let onchange = () => {
      changed = true;
    };
    const stop = connection.on("ConfigureNotify", ({ wid }) => {
      if (wid === connection.root) onchange();
    });
    resources.defer(stop);
    const monitors = await readMonitors(connection);
    const screen = new SharedScreen(capture, new MonitorSet(monitors));
    screen.#stop = stop;
    onchange = () => void screen.#compareMonitors(connection);
    if (changed) onchange();
    resources.move();
    return screen;
  }

  /** Pixels. */
  get width(): number {
    return this.#capture.width;
  }

  /** Pixels. */
  get height(): number {
    return this.#capture.height;
  }

  get rectangle(): Rectangle {
    const { height, width } = this;
    return { x: 0, y: 0, width, height };
  }

  /** Octets from one row of the frame to the next. */
  get stride(): number {
    return this.#capture.stride;
  }

  /** The frame, BGRx. Read it only while a {@link ScreenPart} is held. */
  get memory(): SharedMemory | Uint8Array<ArrayBuffer> {
    return this.#capture.memory;
  }

  /**
   * Resolves when the frame can be kept current no longer: with a {@link ScreenResizedError} if the
   * screen has another size, or with what else went wrong. Open another then.
   */
  get lost(): Promise<Error> {
    return this.#lost.promise;
  }

  /** Whether it is lost. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /**
   * @param monitor As {@link MonitorSet.resolve} gives it.
   * @returns What is on it; undefined if the screen has it not.
   */
  area(monitor: number): ScreenArea | undefined {
    const rectangle = this.monitors.rectangle(monitor, this);
    if (rectangle === undefined) return undefined;
    const { memory, stride } = this;
    const isLost = () => this.isLost;
    const view = () => this.view(rectangle);
    return {
      rectangle,
      memory,
      stride,
      get isLost() {
        return isLost();
      },
      view,
    };
  }

  /** Looks at a part of the screen from now on, or all of it; all of that is new at first. */
  view(part?: Rectangle): ScreenView {
    const view: View = new View({
      since: performance.now(),
      part: part ?? this.rectangle,
      damagedAt: () => this.#capture.damagedAt,
      take: () => this.#take(view),
      close: () => this.#views.delete(view),
    });
    this.#views.add(view);
    return view;
  }

  /** Stops capturing and frees the frame: nobody may read it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop?.();
    await this.#grabbing?.catch(() => {});
    await this.#capture[Symbol.asyncDispose]();
  }

  async #compareMonitors(connection: DisplayConnection): Promise<void> {
    if (this.#isLost) return;
    try {
      const now = await readMonitors(connection);
      if (JSON.stringify(now) === JSON.stringify(this.monitors.list)) return;
      this.#lose(new ScreenResizedError(connection.width, connection.height));
    } catch (error) {
      this.#lose(error instanceof Error ? error : new Error(String(error)));
    }
  }

  async #take(view: View): Promise<ScreenPart> {
    // What another view is grabbing may be all that there is.
    while (this.#grabbing) await this.#grabbing;
    if (this.#capture.damagedAt !== undefined) {
      this.#grabbing = this.#grab();
      try {
        await this.#grabbing;
      } finally {
        this.#grabbing = undefined;
      }
    }
    // Not a step later: the next grab may begin, and must find a reader and what the view has missed.
    const done = this.#read();
    return { rectangles: view.catchUp(), [Symbol.dispose]: done };
  }

  async #grab(): Promise<void> {
    const damagedAt = this.#capture.damagedAt ?? performance.now();
    // The capture forgets it when the grab begins, and the views must not take that for a still screen.
    for (const view of this.#views) view.mark(damagedAt);
    try {
      if (this.#readers > 0) await (this.#idle = Promise.withResolvers<void>()).promise;
      const { rectangles } = await this.#capture.grab();
      for (const view of this.#views) view.miss(rectangles);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      this.#lose(reason);
      throw reason;
    }
  }

  /** @returns what says that the reading is done. */
  #read(): () => void {
    let reading = true;
    this.#readers++;
    return () => {
      if (!reading) return;
      reading = false;
      if (--this.#readers > 0) return;
      this.#idle?.resolve();
      this.#idle = undefined;
    };
  }

  #lose(reason: Error): void {
    this.#isLost = true;
    this.#lost.resolve(reason);
  }
}

interface ViewHost {
  readonly since: number;
  /** What it looks at. */
  readonly part: Rectangle;
  readonly damagedAt: () => number | undefined;
  readonly take: () => Promise<ScreenPart>;
  readonly close: () => void;
}

class View implements ScreenView {
  ondamage: (() => void) | undefined;
  readonly #host: ViewHost;
  /** When the first of what it has not taken was noticed, of what was grabbed or is being grabbed. */
  #since: number | undefined;
  /** What was grabbed and not taken, in pixels of its part. */
  #missed: readonly Rectangle[];

  constructor(host: ViewHost) {
    this.#host = host;
    this.#since = host.since;
    const { height, width } = host.part;
    this.#missed = [{ x: 0, y: 0, width, height }];
  }

  get damagedAt(): number | undefined {
    return this.#since ?? this.#host.damagedAt();
  }

  /** A grab begins, of what was noticed at a time. */
  mark(damagedAt: number): void {
    this.#since ??= damagedAt;
  }

  /** A grab has brought this, in pixels of the screen. */
  miss(grabbed: readonly Rectangle[]): void {
    const { part } = this.#host;
    const rectangles = grabbed.flatMap((rectangle) => intersection(rectangle, part) ?? []);
    // What was noticed was elsewhere.
    if (rectangles.length === 0 && this.#missed.length === 0) this.#since = undefined;
    this.#missed = this.#missed.length === 0
      ? rectangles
      : merge([...this.#missed, ...rectangles], LIMIT);
  }

  /** @returns what it has missed, which it has no longer. */
  catchUp(): readonly Rectangle[] {
    const missed = this.#missed;
    this.#missed = [];
    this.#since = undefined;
    return missed;
  }

  take(): Promise<ScreenPart> {
    return this.#host.take();
  }

  [Symbol.dispose](): void {
    this.#host.close();
  }
}
