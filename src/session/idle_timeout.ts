import { getLogger } from "@logtape/logtape";
import type { Schedule } from "../protocol/deadline_timer.ts";
import { scheduleTimeout } from "../transport/timeout.ts";
import type { SessionFeature } from "./feature.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session"]);

/** Notices that a session was forgotten: that it has had no viewer for some time. */
export class IdleTimeout implements SessionFeature {
  /** Resolves when nobody was there for so long. */
  readonly expired: Promise<void>;
  readonly #viewers = new Set<Viewer>();
  readonly #start: () => () => void;
  #cancel: (() => void) | undefined;

  /**
   * @param timeout Milliseconds; the time before the first viewer counts, too.
   * @param schedule Default: `setTimeout`.
   */
  constructor(timeout: number, schedule: Schedule = scheduleTimeout) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.expired = promise;
    this.#start = () =>
      schedule(timeout, () => {
        log.warn(
          "Nobody was connected for {seconds} s (--idle-timeout): the session ends",
          { seconds: timeout / 1000 },
        );
        resolve();
      });
    this.#cancel = this.#start();
  }

  onjoin(viewer: Viewer): void {
    this.#viewers.add(viewer);
    this.#stop();
  }

  onleave(viewer: Viewer): void {
    if (this.#viewers.delete(viewer) && this.#viewers.size === 0) this.#cancel = this.#start();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    return Promise.resolve();
  }

  #stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
