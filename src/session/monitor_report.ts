import { isOwn, type MonitorSet } from "../display/monitors.ts";
import type { Rectangle } from "../display/rectangle.ts";
import type { ScreenSize } from "../display/screen_size.ts";
import type { Viewer } from "./viewer.ts";

/** As many as a message holds. */
const MOST_LISTED = 64;
/** Characters of a monitor's name that fit into a message. */
const NAME_LENGTH = 64;

/** A screen, as far as it matters here. */
interface Screen extends ScreenSize {
  readonly monitors: MonitorSet;
}

/** Tells viewers what they see of the screen, and what else there is to see. */
export class MonitorReport {
  #screen: Screen;
  /** What each was told last. */
  readonly #sizes = new WeakMap<Viewer, string>();
  readonly #news = new WeakMap<Viewer, string>();

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** The screen that there is now; viewers are not told before {@link tell}. */
  set screen({ height, monitors, width }: Screen) {
    this.#screen = { width, height, monitors };
  }

  /** How large that is what a viewer sees, in pixels; it is told so at once, by the caller. */
  sizeOf(viewer: Viewer): ScreenSize {
    const { height, width } = this.#area(viewer);
    this.#sizes.set(viewer, `${width}x${height}`);
    return { width, height };
  }

  /** Tells a viewer what is news to it. */
  tell(viewer: Viewer): void {
    const told = this.#sizes.get(viewer);
    const size = this.sizeOf(viewer);
    if (this.#sizes.get(viewer) !== told) viewer.tell({ type: "size", ...size });
    const { height, monitors, width } = this.#screen;
    const { x, y } = this.#area(viewer);
    const news = {
      type: "monitors" as const,
      shown: monitors.resolve(viewer.monitor),
      x,
      y,
      screen: { width, height },
      monitors: monitors.list.slice(0, MOST_LISTED).map((monitor) => ({
        number: monitor.number,
        // Of a name that we gave ourselves, the number says all.
        name: isOwn(monitor) ? "" : monitor.name.slice(0, NAME_LENGTH),
        width: monitor.width,
        height: monitor.height,
      })),
    };
    const text = JSON.stringify(news);
    if (text === this.#news.get(viewer)) return;
    this.#news.set(viewer, text);
    viewer.tell(news);
  }

  #area(viewer: Viewer): Rectangle {
    const { height, monitors, width } = this.#screen;
    return monitors.rectangle(monitors.resolve(viewer.monitor), this.#screen) ??
      { x: 0, y: 0, width, height };
  }
}
