import { getLogger } from "@logtape/logtape";
import { DisplayClosedError } from "../display/errors.ts";
import { type ScreenSize, ScreenSizer } from "../display/screen_size.ts";
import type { Sizing, ViewerMessage } from "../protocol/control_message.ts";
import type { Desktop } from "./desktop.ts";
import type { SessionFeature } from "./feature.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session", "resize"]);

/** Whether viewers may change the size of the screen; "auto" lets them change that of our own displays. */
export type ResizeSetting = "auto" | "on" | "off";

/**
 * Gives the screen the size of a viewer's window. With several viewers in control it is the window that
 * was resized last that counts; one that has but been opened does not change the others' picture.
 */
export class ResizeFeature implements SessionFeature {
  readonly #setting: ResizeSetting;
  readonly #viewers = new Set<Viewer>();
  #sizing: Sizing = "off";
  #desktop: Desktop | undefined;
  #sizer: ScreenSizer | undefined;
  /** Whose window the screen follows. */
  #followed: Viewer | undefined;
  #wanted: ScreenSize | undefined;
  #busy: Promise<void> = Promise.resolve();

  constructor(setting: ResizeSetting) {
    this.#setting = setting;
  }

  ondesktop(desktop: Desktop | undefined): void {
    this.#desktop = desktop;
    this.#sizer = undefined;
    this.#do(() => this.#open(desktop));
  }

  onjoin(viewer: Viewer): void {
    this.#viewers.add(viewer);
    this.#tell(viewer);
  }

  onrole(viewer: Viewer): void {
    this.#tell(viewer);
  }

  onleave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#followed === viewer) this.#followed = undefined;
  }

  oncontrol(viewer: Viewer, message: ViewerMessage): boolean {
    if (message.type !== "resize") return false;
    if (viewer.role !== "control") return true;
    this.#followed ??= viewer;
    if (message.asked) this.#followed = viewer;
    if (this.#followed !== viewer) return true;
    const { width, height } = message;
    // While one is under way, of those that come only the last counts.
    const waiting = this.#wanted !== undefined;
    this.#wanted = { width, height };
    if (!waiting) this.#do(() => this.#resize());
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ondesktop(undefined);
    await this.#busy;
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
    for (const viewer of this.#viewers) this.#tell(viewer);
  }

  async #resize(): Promise<void> {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    if (wanted !== undefined) await this.#sizer?.resize(wanted);
  }

  #tell(viewer: Viewer): void {
    viewer.tell({ type: "sizing", sizing: viewer.role === "control" ? this.#sizing : "off" });
  }
}
