import { getLogger } from "@logtape/logtape";
import { DisplayClosedError } from "../display/errors.ts";
import { ALL_OF_IT, isOwn, readMonitors } from "../display/monitors.ts";
import { setResourceDpi } from "../display/resources.ts";
import { type ScreenSize, ScreenSizer, USUAL_DPI } from "../display/screen_size.ts";
import { WindowMover } from "../display/window_mover.ts";
import type { Sizing, ViewerMessage } from "../protocol/control_message.ts";
import type { Schedule } from "../protocol/deadline_timer.ts";
import { scheduleTimeout } from "../transport/timeout.ts";
import type { Desktop } from "./desktop.ts";
import type { SessionFeature } from "./feature.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session", "resize"]);

/** Whether viewers may change the size of the screen; "auto" lets them change that of our own displays. */
export type ResizeSetting = "auto" | "on" | "off";

/** Monitors that a screen is given at most: each costs an encoder. */
export const MOST_MONITORS = 4;
/** How long a monitor that nobody sees any more is kept, in milliseconds: a page may be loaded anew. */
export const GONE_MS = 4000;
/** The same if its viewer has but lost its connection: it comes back, or was killed. */
export const AWAY_MS = 10_000;
/**
 * How long a window that was not followed may wait for the one that was to be gone, in milliseconds. One that
 * was killed is seen to be gone when its transport has been silent for its idle timeout of 15 s.
 */
export const PASSED_OVER_MS = 20_000;
/** Of a monitor whose viewer does not say how large it is to be. */
const USUAL_SIZE = { width: 1280, height: 720 } as const;

/** What a viewer says of its window. */
type SizeWish = Extract<ViewerMessage, { type: "resize" }>;

/** A monitor that there is to be. */
interface FollowedMonitor {
  /** Whose window it follows. */
  followed?: Viewer;
  /** Undefined for the size that it has. */
  size?: ScreenSize;
  /** Whose window is new, and is not followed for another's: that may be the same page, loaded anew. */
  passedOver?: { readonly viewer: Viewer; readonly wish: SizeWish; cancel(): void };
}

/**
 * Gives each monitor the size of a viewer's window, and makes monitors for further windows. With several
 * viewers of a monitor in control it is the window that was resized last that counts; one that has but
 * been opened does not change the others' picture.
 */
export class ResizeFeature implements SessionFeature {
  readonly #setting: ResizeSetting;
  readonly #schedule: Schedule;
  readonly #viewers = new Set<Viewer>();
  /** Those that cannot be reached for now. */
  readonly #away = new WeakSet<Viewer>();
  /** What each wanted last. */
  readonly #sizes = new WeakMap<Viewer, ScreenSize>();
  readonly #monitors = new Map<number, FollowedMonitor>([[1, {}]]);
  /** Cancels the removal of monitors that nobody sees. */
  readonly #leaving = new Map<number, () => void>();
  #sizing: Sizing = "off";
  #desktop: Desktop | undefined;
  #sizer: ScreenSizer | undefined;
  #mover: WindowMover | undefined;
  #dpi = USUAL_DPI;
  /** What programs were told last. */
  #toldDpi = USUAL_DPI;
  /** Whether a change waits for the one that is under way. */
  #waiting = false;
  #busy: Promise<void> = Promise.resolve();
  #ended = false;

  /** @param schedule Default: `setTimeout`. */
  constructor(setting: ResizeSetting, schedule: Schedule = scheduleTimeout) {
    this.#setting = setting;
    this.#schedule = schedule;
  }

  ondesktop(desktop: Desktop | undefined): void {
    this.#desktop = desktop;
    this.#mover = desktop && new WindowMover(desktop.connection);
    this.#sizer = undefined;
    this.#toldDpi = USUAL_DPI;
    this.#do(() => this.#open(desktop));
  }

  onjoin(viewer: Viewer): void {
    this.#viewers.add(viewer);
    this.#tell(viewer);
  }

  onpath(viewer: Viewer): void {
    if (viewer.transport !== undefined) {
      this.#away.delete(viewer);
      this.#addFor(viewer);
    } else {
      this.#away.add(viewer);
      this.#unfollow(viewer);
    }
    this.#look();
  }

  onrole(viewer: Viewer): void {
    this.#tell(viewer);
    this.#addFor(viewer);
    this.#look();
  }

  onleave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#unfollow(viewer);
    this.#look();
  }

  oncontrol(viewer: Viewer, message: ViewerMessage): boolean {
    switch (message.type) {
      case "monitor":
        viewer.monitor = message.show;
        if (message.size) this.#sizes.set(viewer, message.size);
        this.#addFor(viewer);
        this.#look();
        return true;
      case "resize":
        if (viewer.role === "control") this.#follow(viewer, message);
        return true;
      default:
        return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
    for (const monitor of this.#monitors.values()) forgetPassedOver(monitor);
    this.ondesktop(undefined);
    await this.#busy;
  }

  /** Makes the monitor that a viewer wants to see, if that is not there and may be made. */
  #addFor(viewer: Viewer): void {
    const { monitor: number = ALL_OF_IT, role } = viewer;
    if (role !== "control" || this.#sizing !== "any") return;
    if (number === ALL_OF_IT || this.#monitors.has(number)) return;
    if (this.#monitors.size >= MOST_MONITORS) {
      return log.warn("There are no more than {most} monitors", { most: MOST_MONITORS });
    }
    const { height, width } = this.#sizes.get(viewer) ?? USUAL_SIZE;
    this.#monitors.set(number, { size: { width, height } });
    this.#change();
  }

  #follow(viewer: Viewer, wish: SizeWish): void {
    const { asked, dpi = USUAL_DPI, height, width } = wish;
    this.#sizes.set(viewer, { width, height });
    // Of a single monitor everybody sees all.
    const number = this.#monitors.size > 1 ? viewer.monitor ?? 1 : 1;
    const monitor = this.#monitors.get(number);
    if (monitor === undefined) return;
    monitor.followed ??= viewer;
    if (asked) monitor.followed = viewer;
    if (monitor.followed !== viewer) return this.#passOver(monitor, viewer, wish);
    // Whoever does something for it is there.
    if (asked || monitor.passedOver?.viewer === viewer) forgetPassedOver(monitor);
    monitor.size = { width, height };
    // Programs know but one.
    if (number === 1) this.#dpi = dpi;
    this.#change();
  }

  /** Remembers for a while what a window wants that is not followed. */
  #passOver(monitor: FollowedMonitor, viewer: Viewer, wish: SizeWish): void {
    forgetPassedOver(monitor);
    const cancel = this.#schedule(PASSED_OVER_MS, () => forgetPassedOver(monitor));
    monitor.passedOver = { viewer, wish, cancel };
  }

  /** Who comes next may be followed, or has come already: the same person, whose page was loaded anew. */
  #unfollow(viewer: Viewer): void {
    for (const monitor of this.#monitors.values()) {
      const next = monitor.passedOver;
      if (next?.viewer === viewer) forgetPassedOver(monitor);
      if (monitor.followed !== viewer) continue;
      delete monitor.followed;
      if (next === undefined || next.viewer === viewer) continue;
      forgetPassedOver(monitor);
      if (next.viewer.role === "control") this.#follow(next.viewer, next.wish);
    }
  }

  /** Looks whether all monitors are seen by somebody. */
  #look(): void {
    if (this.#ended) return;
    const controlling = [...this.#viewers].filter(({ role }) => role === "control");
    for (const number of this.#monitors.keys()) {
      const viewers = controlling.filter(({ monitor }) => monitor === number);
      const here = viewers.some((viewer) => !this.#away.has(viewer));
      if (number === 1 || here) {
        this.#leaving.get(number)?.();
        this.#leaving.delete(number);
      } else if (!this.#leaving.has(number)) {
        const wait = viewers.length > 0 ? AWAY_MS : GONE_MS;
        this.#leaving.set(number, this.#schedule(wait, () => this.#remove(number)));
      }
    }
  }

  #remove(number: number): void {
    this.#leaving.delete(number);
    forgetPassedOver(this.#monitors.get(number)!);
    this.#monitors.delete(number);
    this.#change();
  }

  /** While one change is under way, of those that come only the last counts. */
  #change(): void {
    if (this.#waiting) return;
    this.#waiting = true;
    this.#do(() => this.#arrange());
  }

  /** One thing after the other. */
  #do(work: () => Promise<void>): void {
    this.#busy = this.#busy.then(work).catch((error: unknown) => {
      // The desktop is opened again, and this with it.
      if (error instanceof DisplayClosedError) return;
      log.error("The size of the screen cannot be changed: {error}", { error });
    });
  }

  async #open(desktop: Desktop | undefined): Promise<void> {
    if (desktop === undefined || desktop !== this.#desktop) return;
    const allowed = this.#setting === "on" ||
      this.#setting === "auto" && desktop.server !== "external";
    const sizer = allowed ? await ScreenSizer.open(desktop.connection) : undefined;
    if (desktop !== this.#desktop) return;
    this.#sizer = sizer;
    this.#sizing = sizer?.choice ?? "off";
    for (const viewer of this.#viewers) {
      this.#tell(viewer);
      this.#addFor(viewer);
    }
  }

  async #arrange(): Promise<void> {
    this.#waiting = false;
    const connection = this.#desktop?.connection;
    const sizer = this.#sizer;
    const mover = this.#mover;
    if (connection === undefined || sizer === undefined || mover === undefined) return;
    const present = await readMonitors(connection);
    const size = present.filter(isOwn).find(({ number }) => number === 1) ?? connection;
    const monitors = [...this.#monitors].map(([number, monitor]) => {
      const { height, width } = monitor.size ?? size;
      return { number, width, height };
    }).sort((a, b) => a.number - b.number);
    const windows = await mover.find();
    const dpi = this.#dpi;
    await sizer.arrange({ monitors, dpi });
    mover.keep(windows, present, await readMonitors(connection));
    if (dpi === this.#toldDpi) return;
    this.#toldDpi = dpi;
    await setResourceDpi(connection, dpi);
  }

  #tell(viewer: Viewer): void {
    viewer.tell({ type: "sizing", sizing: viewer.role === "control" ? this.#sizing : "off" });
  }
}

function forgetPassedOver(monitor: FollowedMonitor): void {
  monitor.passedOver?.cancel();
  delete monitor.passedOver;
}
