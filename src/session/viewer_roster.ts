import type { Schedule } from "../protocol/deadline_timer.ts";
import { scheduleTimeout } from "../transport/timeout.ts";
import type { Viewer } from "./viewer.ts";

/** How long what a viewer without a path holds down stays down, in milliseconds. */
export const HOLD_MS = 3000;
/** How long a viewer without a path is waited for, in milliseconds. */
export const AWAY_MS = 60_000;
/** Milliseconds within which a page is left that has said that it may be. */
export const LEAVING_MS = 10_000;
/** Viewers that are waited for at a time; one more, and the one away for longest is forgotten. */
const MAX_AWAY = 64;
/** So many that have left are remembered: what they still had on its way comes soon. */
const MAX_LEFT = 64;

export interface RosterEvents {
  /** What the viewer holds down is to be let go: it may not come back. */
  onrelease(viewer: Viewer): void;
  /** The viewer is not waited for any more. */
  onforget(viewer: Viewer): void;
}

/**
 * Finds the viewers by the secret that their tickets carry, also for a while after they have lost their
 * last path: whoever comes back in time goes on where it was.
 */
export class ViewerRoster implements Disposable {
  readonly #events: RosterEvents;
  readonly #schedule: Schedule;
  readonly #viewers = new Map<string, Viewer>();
  readonly #keys = new Map<Viewer, string>();
  /** Cancels what is going to happen to viewers without a path; who has waited longest is first. */
  readonly #away = new Map<Viewer, () => void>();
  readonly #left = new Set<string>();
  /** Cancels what makes them viewers like others again. */
  readonly #leaving = new Map<Viewer, () => void>();

  /** @param schedule Default: `setTimeout`. */
  constructor(events: RosterEvents, schedule: Schedule = scheduleTimeout) {
    this.#events = events;
    this.#schedule = schedule;
  }

  find(key: string): Viewer | undefined {
    return this.#viewers.get(key);
  }

  /** Every viewer, with or without a path. */
  get viewers(): Iterable<Viewer> {
    return this.#viewers.values();
  }

  add(key: string, viewer: Viewer): void {
    this.#viewers.set(key, viewer);
    this.#keys.set(viewer, key);
  }

  /** The viewer has a path again. */
  back(viewer: Viewer): void {
    this.#away.get(viewer)?.();
    this.#away.delete(viewer);
  }

  /** Whether the viewer of this secret has left for good. */
  hasLeft(key: string): boolean {
    return this.#left.has(key);
  }

  /** The viewer has no path left. */
  away(viewer: Viewer): void {
    if (!this.#keys.has(viewer)) return;
    this.back(viewer);
    if (this.#leaving.has(viewer)) return this.forget(viewer);
    const cancels = [
      this.#schedule(HOLD_MS, () => this.#events.onrelease(viewer)),
      this.#schedule(AWAY_MS, () => this.forget(viewer)),
    ];
    this.#away.set(viewer, () => {
      for (const cancel of cancels) cancel();
    });
    for (const oldest of this.#away.keys()) {
      if (this.#away.size <= MAX_AWAY) break;
      this.forget(oldest);
    }
  }

  /** The viewer will not come back: all that it held is let go at once. */
  forget(viewer: Viewer): void {
    const key = this.#keys.get(viewer);
    if (key === undefined) return;
    this.back(viewer);
    this.#leaving.get(viewer)?.();
    this.#leaving.delete(viewer);
    this.#viewers.delete(key);
    this.#keys.delete(viewer);
    this.#events.onrelease(viewer);
    this.#events.onforget(viewer);
  }

  /** The viewer of this secret may be about to leave: if it has no path, or soon has none, it has left. */
  mayLeave(key: string): void {
    const viewer = this.find(key);
    if (viewer === undefined) return;
    if (this.#away.has(viewer)) return this.forget(viewer);
    this.#leaving.get(viewer)?.();
    this.#leaving.set(viewer, this.#schedule(LEAVING_MS, () => this.#leaving.delete(viewer)));
  }

  /** The viewer of this secret has left for good: no path of its is let in any more. */
  leave(key: string): void {
    this.#left.add(key);
    for (const oldest of this.#left) {
      if (this.#left.size <= MAX_LEFT) break;
      this.#left.delete(oldest);
    }
    const viewer = this.find(key);
    if (viewer !== undefined) this.forget(viewer);
  }

  /** Waits for nobody any more. */
  [Symbol.dispose](): void {
    for (const cancel of this.#away.values()) cancel();
    this.#away.clear();
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
  }
}
