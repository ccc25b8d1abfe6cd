import type { SharedScreen } from "../display/shared_screen.ts";
import type { EncoderDescription } from "../media/encoder_catalogue.ts";
import { Rendition, type RenditionLimits, type RenditionState } from "./rendition.ts";
import { StatisticsReport } from "./statistics_report.ts";
import type { Viewer } from "./viewer.ts";

/** What a session's picture is encoded with. */
export interface VideoOptions extends RenditionLimits {
  /** The encoders that work on this machine, best first; at least one. */
  readonly encoders: readonly EncoderDescription[];
}

export interface VideoEvents {
  /** Whether there is a picture has changed. */
  onstate(state: RenditionState, detail: string): void;
}

/** Sees to it that each viewer gets the picture in a way that it can show. */
export class VideoDirector implements AsyncDisposable {
  readonly #main: Rendition;
  readonly #statistics = new StatisticsReport();
  readonly #viewers = new Set<Viewer>();

  constructor(options: VideoOptions, events: VideoEvents) {
    this.#main = new Rendition({
      ...options,
      onstate: (state, detail) => events.onstate(state, detail),
    });
    this.#main.sink.onframe = (frame, octets) => {
      const report = this.#statistics.add(frame.encode / 1000, octets, performance.now());
      if (!report) return;
      for (const viewer of this.#viewers) {
        const viewers = this.#viewers.size;
        viewer.mention({ type: "statistics", ...report, viewers, ...viewer.pathReport });
      }
    };
  }

  /** Those that are here and get the picture. */
  get viewers(): ReadonlySet<Viewer> {
    return this.#viewers;
  }

  get state(): RenditionState {
    return this.#main.state;
  }

  /** For people: why there is no picture. */
  get detail(): string {
    return this.#main.detail;
  }

  /** Why there is no picture, the last time that it was tried. */
  get failure(): unknown {
    return this.#main.failure;
  }

  get encoder(): EncoderDescription {
    return this.#main.encoder;
  }

  /**
   * Shows this screen from now on, or none.
   *
   * @returns when the one before is not used any more.
   */
  async show(screen: SharedScreen | undefined): Promise<void> {
    await this.#main.show(screen);
  }

  /** A viewer can be sent the picture from now on. */
  join(viewer: Viewer): void {
    if (this.#viewers.has(viewer)) return;
    this.#viewers.add(viewer);
    this.#main.sink.add(viewer);
  }

  /** A viewer can be sent nothing any more. */
  leave(viewer: Viewer): void {
    this.#viewers.delete(viewer);
    this.#main.sink.remove(viewer);
    this.wake(viewer);
  }

  /** Looks whether a frame may be taken; call it when a viewer may want one or has room for one. */
  wake(_viewer: Viewer): void {
    this.#main.wake();
  }

  /** An input event of a viewer has reached the X server. */
  answered(viewer: Viewer, sequence: number): void {
    const { sink } = this.#main;
    sink.lastInput = { viewer, sequence, at: performance.now() };
  }

  /** A viewer uses the desktop: the picture keeps step with it from now on. */
  follow(viewer: Viewer): void {
    this.#main.sink.setPacing(viewer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#main[Symbol.asyncDispose]();
  }
}
