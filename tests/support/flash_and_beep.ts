/**
 * A program that flashes and beeps at the same moment, once a second, and how late each is seen and heard
 * in a page. GStreamer shows and plays both by the sound card's clock.
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import type { DebugInterface } from "../../web/debug.ts";
import { ScreenCapture } from "../../src/display/capture.ts";
import { Canary } from "./canary.ts";
import type { DesktopPage } from "./desktop_page.ts";
import type { RemoteDesktop, RemoteWindow } from "./remote_desktop.ts";

interface DebugWindow {
  skerry?: DebugInterface;
}

/** Beeps come early by a buffer of this many frames, since `audiotestsrc` counts from the last one. */
const TICK_FRAMES = 96;
const TICK_EARLY_MS = TICK_FRAMES / 48;

/** What Skerry is to show. White from each whole second on, black from each half. */
export const FLASH_AND_BEEP: readonly string[] = [
  ...["gst-launch-1.0", "-q"],
  ...["videotestsrc", "pattern=blink"],
  ...["foreground-color=0xff000000", "background-color=0xffffffff", "!"],
  ...["video/x-raw,framerate=2/1,width=320,height=240", "!", "ximagesink"],
  ...["audiotestsrc", "wave=ticks", "tick-interval=1000000000", "sine-periods-per-tick=50"],
  ...["freq=1000", "volume=0.8", `samplesperbuffer=${TICK_FRAMES}`, "!"],
  ...["audio/x-raw,rate=48000,channels=2", "!"],
  ...["pulsesink", "buffer-time=40000", "latency-time=10000"],
];

/** Milliseconds, one for each flash. */
export interface FlashAndBeep {
  /** From the flash on the X screen to the flash on the page. */
  readonly seen: readonly number[];
  /** From the flash on the X screen to the beep in the page's audio graph. */
  readonly heard: readonly number[];
  /** From the flash on the page to the beep in the page's audio graph. */
  readonly apart: readonly number[];
  /** Whether no process of ours was held up meanwhile. */
  readonly calm: boolean;
}

function middle({ height, width, x, y }: RemoteWindow): { x: number; y: number } {
  return { x: x + (width >> 1), y: y + (height >> 1) };
}

/**
 * Watches both screens and listens for some seconds. Sound must be on.
 *
 * @param spot A pixel of the screen that flashes; by default in the middle of the first window.
 */
export async function measureFlashAndBeep(
  desktop: DesktopPage,
  remote: RemoteDesktop,
  ms: number,
  spot?: { readonly x: number; readonly y: number },
): Promise<FlashAndBeep> {
  const { x, y } = spot ?? middle(await remote.window());
  using canary = new Canary();
  await using screen = await FlashWatch.open(remote, x, y);
  const { beeps, flashes } = await watchPage(desktop.page, x, y, ms);
  const pairs = screen.flashes.map((at) => ({
    at,
    flash: nearest(flashes, at),
    beep: nearest(beeps.map((beep) => beep + TICK_EARLY_MS), at),
  }));
  const whole = pairs.filter(({ flash, beep }) => flash !== undefined && beep !== undefined);
  return {
    seen: whole.map(({ at, flash }) => flash! - at),
    heard: whole.map(({ at, beep }) => beep! - at),
    apart: whole.map(({ beep, flash }) => beep! - flash!),
    calm: canary.calm,
  };
}

/** What follows a flash within half a second belongs to it, or is a little before by clocks that waver. */
function nearest(times: readonly number[], at: number): number | undefined {
  return times.find((time) => time > at - 50 && time < at + 500);
}

/** When a pixel of the X screen turned bright; ms since 1970. */
class FlashWatch implements AsyncDisposable {
  readonly flashes: number[] = [];
  readonly #capture: ScreenCapture;
  #looking = Promise.resolve();

  private constructor(capture: ScreenCapture) {
    this.#capture = capture;
  }

  static async open(remote: RemoteDesktop, x: number, y: number): Promise<FlashWatch> {
    const capture = await ScreenCapture.open(remote.connection, { allocate: null });
    const watch = new FlashWatch(capture);
    let bright = true;
    const look = async () => {
      // Damage that comes meanwhile is told of by the next grab's first.
      for (let at = capture.damagedAt; at !== undefined; at = capture.damagedAt) {
        await capture.grab();
        const memory = capture.memory as Uint8Array;
        const now = (memory[y * capture.stride + x * 4] ?? 0) > 128;
        if (now && !bright) watch.flashes.push(performance.timeOrigin + at);
        bright = now;
      }
    };
    watch.#looking = look();
    capture.ondamage = () => watch.#looking = watch.#looking.then(look);
    return await Promise.resolve(watch);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#capture.ondamage = undefined;
    await this.#looking;
    await this.#capture[Symbol.asyncDispose]();
  }
}

/** When a pixel of the page's picture turned bright and when a beep began, in ms since 1970. */
async function watchPage(
  page: Page,
  x: number,
  y: number,
  ms: number,
): Promise<{ flashes: number[]; beeps: number[] }> {
  return await page.evaluate(
    async (x, y, ms) => {
      const canvas = document.querySelector<HTMLCanvasElement>("#picture")!;
      const probe = new OffscreenCanvas(1, 1);
      const pen = probe.getContext("2d", { willReadFrequently: true })!;
      const flashes: number[] = [];
      let bright = true;
      let watching = true;
      const look = () => {
        pen.drawImage(canvas, x, y, 1, 1, 0, 0, 1, 1);
        const now = pen.getImageData(0, 0, 1, 1).data[0]! > 128;
        if (now && !bright) flashes.push(performance.timeOrigin + performance.now());
        bright = now;
        // Firefox waits for the worker to draw this. Animation frames go before all else, so that the page
        // stood still for good once each took longer than the next was away.
        if (watching) setTimeout(look, 8);
      };
      look();
      const { samples, rate, renderedAt } = await (globalThis as DebugWindow).skerry!
        .recordSound(ms);
      watching = false;
      const beeps: number[] = [];
      let quietSince = 0;
      for (const [index, sample] of samples.entries()) {
        if (Math.abs(sample) < 0.2) continue;
        if (index - quietSince > rate * 0.3) beeps.push(renderedAt + index / rate * 1000);
        quietSince = index;
      }
      return { flashes, beeps };
    },
    x,
    y,
    ms,
  );
}
