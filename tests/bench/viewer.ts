/**
 * A system as seen by its user: a browser on a display of its own, and the programs it shows.
 *
 * @module
 */
import {
  type BrowserName,
  displaySizeFor,
  type KioskBrowser,
  startKioskBrowser,
} from "../support/rig_browser.ts";
import { addCounts, type FrameCount, FrameCounter } from "../support/rig_frames.ts";
import {
  aim,
  locateTestWindow,
  measurePress,
  randomPause,
  seesTestWindow,
} from "../support/rig_press.ts";
import { pause, type RigProcess } from "../support/rig_process.ts";
import type { Placement } from "../support/rig_scene.ts";
import { type RigServer, startViewerDisplay } from "../support/rig_server.ts";
import { rgbaOf, RigDisplay } from "../support/rig_x11.ts";
import { encodePng } from "../../web/input/png.ts";
import { connectDebugger } from "./split.ts";
import { HEIGHT, type System, WIDTH } from "./systems.ts";

export type Scene = "still" | "motion";
export const SCENES: readonly Scene[] = ["still", "motion"];

/** What one system did in one browser and scene. */
export interface Measured {
  /** Click to photon, in milliseconds, in the order of the presses. */
  readonly latencies: number[];
  /** Looks at the pixel, all presses together. */
  looks: number;
  /** Of the moving picture, while presses went on beside it. */
  frames: FrameCount;
}

/** How a round of presses is bounded. */
export interface PressLimits {
  /** How long an answer may take, in ms. */
  readonly patienceMs?: number;
  /** No press is begun later than this after the first; in ms. */
  readonly roundMs?: number;
  /** The shortest and longest pause between presses, in ms. */
  readonly pauseMs?: readonly [number, number];
}

/** An empty record to be filled block by block. */
export function nothingMeasured(): Measured {
  return {
    latencies: [],
    looks: 0,
    frames: { frames: 0, spanMs: 0, played: 0, longestMs: 0 },
  };
}

/** Finds the test window; when it cannot be found, says where a picture of what is there lies. */
async function locateOrShow(display: RigDisplay, name: string): Promise<Placement> {
  try {
    return await locateTestWindow(display, 60_000);
  } catch (error) {
    const { width, height, data } = await display.picture(0, 0, display.width, display.height);
    const path = await Deno.makeTempFile({ prefix: `skerry-bench-${name}-`, suffix: ".png" });
    await Deno.writeFile(path, encodePng(width, height, rgbaOf(data)));
    throw new Error(`${name} shows no test window; what it shows is in ${path}.`, { cause: error });
  }
}

/** A browser showing a system, ready to be pressed. */
export class Viewer implements AsyncDisposable {
  readonly #stack: AsyncDisposableStack;
  readonly #screen: RigServer;
  readonly #display: RigDisplay;
  #motion: RigProcess | undefined;

  private constructor(
    readonly system: System,
    readonly browser: KioskBrowser,
    readonly placement: Placement,
    stack: AsyncDisposableStack,
    screen: RigServer,
    display: RigDisplay,
  ) {
    this.#stack = stack;
    this.#screen = screen;
    this.#display = display;
  }

  /**
   * Opens a system's page and waits until the test window is seen in it.
   *
   * @param url the page, when it is not the system's usual one
   */
  static async open(system: System, browser: BrowserName, url = system.url): Promise<Viewer> {
    await using stack = new AsyncDisposableStack();
    const { width, height } = displaySizeFor(browser, WIDTH, HEIGHT);
    const screen = stack.use(await startViewerDisplay(width, height));
    const kiosk = stack.use(await startKioskBrowser(browser, url, screen.display, WIDTH, HEIGHT));
    const display = stack.use(await RigDisplay.open(screen.display));
    const placement = await locateOrShow(display, `${browser}-${system.name}`);
    await pause(3000); // notes of a new connection fade, a browser's start-up work ends
    return new Viewer(system, kiosk, placement, stack.move(), screen, display);
  }

  /** Loads the page again, for a connection that knows nothing, and waits for its picture. */
  async reload(): Promise<void> {
    await using debug = await connectDebugger(this.browser);
    // Browsers show the old page until the new one has something: be sure that it is gone.
    await debug.page.goto("about:blank");
    await seesTestWindow(this.#display, this.placement, false);
    await debug.page.goto(this.system.url, { waitUntil: "domcontentloaded" });
    await seesTestWindow(this.#display, this.placement, true);
    await pause(2000); // notes of a new connection fade
  }

  /** The display that the browser is on. */
  get display(): string {
    return this.#screen.display;
  }

  /**
   * Starts or stops the moving picture; a stopped one costs nothing.
   *
   * @param args its options, when it is started
   */
  async setMotion(on: boolean, ...args: readonly string[]): Promise<void> {
    if (on && !this.#motion) {
      this.#motion = this.#stack.use(await this.system.run("motion_window", ...args));
    } else {
      this.#motion?.signal(on ? "SIGCONT" : "SIGSTOP");
    }
    await pause(1000);
  }

  /**
   * Presses a number of times, after two presses that do not count.
   *
   * @param onPress called after each press with its latency in milliseconds
   * @throws {RigDisplayError} when a press is not answered in time
   */
  async press(
    times: number,
    scene: Scene,
    into: Measured,
    onPress: (latencyMs: number) => void = () => {},
    { patienceMs, roundMs = Infinity, pauseMs = [180, 420] }: PressLimits = {},
  ): Promise<void> {
    await aim(this.#display, this.placement);
    for (let i = 0; i < 2; i++) {
      await measurePress(this.#display, this.placement, patienceMs);
      await randomPause(...pauseMs);
    }
    await using counter = scene === "motion"
      ? await FrameCounter.start(this.#screen.display, this.placement)
      : undefined;
    const start = performance.now();
    for (let i = 0; i < times && performance.now() - start < roundMs; i++) {
      const { latencyMs, looks } = await measurePress(this.#display, this.placement, patienceMs);
      into.latencies.push(latencyMs);
      into.looks += looks;
      onPress(latencyMs);
      await randomPause(...pauseMs);
    }
    if (counter) into.frames = addCounts(into.frames, counter.count);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}
