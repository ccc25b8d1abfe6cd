import { getLogger } from "@logtape/logtape";
import { DisplayClosedError } from "../display/errors.ts";
import { PointerWatcher } from "../display/pointer_watcher.ts";
import { HERE, type InputMessage } from "../protocol/input_message.ts";
import type { Desktop } from "./desktop.ts";
import type { SessionFeature } from "./feature.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session", "pointer"]);

/**
 * Tells viewers where the pointer is, if they cannot know: those who only watch, those whose pointer is
 * locked, so that only its motion is known to them, and those who control the desktop while another
 * one moves the pointer. Whoever has put it somewhere last has it under the hand, and is told nothing.
 */
export class PointerFeature implements SessionFeature {
  readonly #viewers = new Set<Viewer>();
  #desktop: Desktop | undefined;
  #watcher: PointerWatcher | undefined;
  /** Who has moved the pointer last, and whether that was by distances alone. */
  #mover: Viewer | undefined;
  #locked = false;

  async ondesktop(desktop: Desktop | undefined): Promise<void> {
    this.#desktop = desktop;
    this.#watcher?.[Symbol.dispose]();
    this.#watcher = undefined;
    if (desktop === undefined) return;
    try {
      const watcher = await PointerWatcher.open(desktop.connection, {
        onpointer: (x, y) => {
          for (const viewer of this.#viewers) if (this.#wonders(viewer)) viewer.sendPointer(x, y);
        },
      });
      if (desktop !== this.#desktop) return watcher[Symbol.dispose]();
      this.#watcher = watcher;
      this.#watch();
    } catch (error) {
      if (error instanceof DisplayClosedError) return;
      log.error("Viewers are not told where the pointer is: {error}", { error });
    }
  }

  onjoin(viewer: Viewer): void {
    this.#viewers.add(viewer);
    this.#watch();
    this.#tell(viewer);
  }

  onrole(viewer: Viewer): void {
    if (this.#mover === viewer) this.#mover = undefined;
    this.#watch();
    this.#tell(viewer);
  }

  onpath(viewer: Viewer): void {
    this.#watch();
    this.#tell(viewer);
  }

  onleave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    if (this.#mover === viewer) this.#mover = undefined;
    this.#watch();
  }

  oninput(viewer: Viewer, message: InputMessage): void {
    const locked = message.type === "motion";
    if (!locked && !("x" in message && message.x !== HERE)) return;
    if (viewer === this.#mover && locked === this.#locked) return;
    const before = this.#mover;
    this.#mover = viewer;
    this.#locked = locked;
    this.#watch();
    this.#tell(viewer);
    if (before !== undefined) this.#tell(before);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.ondesktop(undefined);
  }

  /** Nobody is asked while nobody wants to know. */
  #watch(): void {
    const watcher = this.#watcher;
    if (watcher === undefined) return;
    watcher.watching = [...this.#viewers].some((viewer) =>
      viewer.transport !== undefined && this.#wonders(viewer)
    );
  }

  #tell(viewer: Viewer): void {
    const position = this.#watcher?.position;
    if (position !== undefined && this.#wonders(viewer)) {
      viewer.sendPointer(position.x, position.y);
    }
  }

  #wonders(viewer: Viewer): boolean {
    if (viewer.role === "view") return true;
    if (viewer === this.#mover) return this.#locked;
    return this.#mover !== undefined;
  }
}
