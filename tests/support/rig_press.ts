/**
 * Click to photon: presses on the viewer's display and looks at a pixel there at every change until it flips.
 *
 * @module
 */
import { pause } from "./rig_process.ts";
import { findTestWindow, place, type Placement, TestWindow } from "./rig_scene.ts";
import { luma, type RigDisplay, RigDisplayError } from "./rig_x11.ts";

/** One press and what came of it. */
export interface PressSample {
  /** From just before the press was written to the pixel seen flipped, in milliseconds. */
  readonly latencyMs: number;
  /** Looks at the pixel in that time: one whenever something had been drawn. */
  readonly looks: number;
}

/**
 * Waits until the test window is seen on the display, and its picture has come to rest there.
 *
 * @throws {RigDisplayError} when it does not appear in time
 */
export async function locateTestWindow(
  display: RigDisplay,
  timeoutMs = 30_000,
): Promise<Placement> {
  const end = performance.now() + timeoutMs;
  let last: Placement | undefined;
  while (performance.now() < end) {
    const { data, width, height } = await display.picture(0, 0, display.width, display.height);
    const found = findTestWindow(data, width, height);
    if (
      found && last && found.scale === last.scale && found.offsetX === last.offsetX &&
      found.offsetY === last.offsetY
    ) return found;
    last = found;
    await pause(250);
  }
  throw new RigDisplayError(
    `The test window did not appear on display ${display.name} within ${timeoutMs} ms.`,
  );
}

/**
 * Waits until the test window's frame is seen where it was, or is not any more.
 *
 * @throws {RigDisplayError} when that does not happen in time
 */
export async function seesTestWindow(
  display: RigDisplay,
  placement: Placement,
  wanted: boolean,
  timeoutMs = 60_000,
): Promise<void> {
  const inFrame = TestWindow.border / 2;
  const at = place(placement, TestWindow.x + inFrame, TestWindow.y + inFrame);
  const end = performance.now() + timeoutMs;
  do {
    const { data } = await display.picture(at.x, at.y, 1, 1);
    const seen = (data[0] ?? 0) > 180 && (data[1] ?? 0) < 80 && (data[2] ?? 0) > 180;
    if (seen === wanted) return;
    await pause(10);
  } while (performance.now() < end);
  throw new RigDisplayError(
    `The test window did not ${wanted ? "appear" : "go"} on display ${display.name} within ` +
      `${timeoutMs} ms.`,
  );
}

/** The point pressed and the pixel watched: apart, so that no drawn pointer is ever in the way. */
function points(placement: Placement) {
  const middle = TestWindow.size / 2, off = TestWindow.size / 2 - TestWindow.border - 14;
  return {
    press: place(placement, TestWindow.x + middle, TestWindow.y + middle),
    look: place(placement, TestWindow.x + middle - off, TestWindow.y + middle - off),
  };
}

/** Moves the pointer over the test window and lets what that causes settle. */
export async function aim(display: RigDisplay, placement: Placement): Promise<void> {
  const { press } = points(placement);
  await display.movePointer(press.x - 8, press.y - 8);
  await pause(50);
  await display.movePointer(press.x, press.y);
  await pause(150);
}

/** Things drawn on a display, to be waited for: a look at a pixel costs two of two cores their time. */
class Drawn {
  #drawn = false;
  #wake: (() => void) | undefined;

  note(): void {
    this.#drawn = true;
    this.#wake?.();
  }

  /** Resolves once something was drawn after the last call, or, so that nothing is missed, in `ms`. */
  async next(ms: number): Promise<void> {
    if (!this.#drawn) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#drawn = false;
  }
}

/** After so long a pixel is looked at although nothing was drawn, in milliseconds. */
const LOOK_PAUSE_MS = 20;

/**
 * Presses once and times the flip.
 *
 * @throws {RigDisplayError} when nothing flips in `timeoutMs`
 */
export async function measurePress(
  display: RigDisplay,
  placement: Placement,
  timeoutMs = 5000,
): Promise<PressSample> {
  const { look } = points(placement);
  const isLit = async () => luma((await display.picture(look.x, look.y, 1, 1)).data) >= 128;
  const wasLit = await isLit();
  const drawn = new Drawn();
  const stop = await display.watchDamage(() => drawn.note());
  try {
    const start = performance.now();
    await display.button(1, true);
    let now = start;
    for (let looks = 1; now - start < timeoutMs; looks++) {
      await drawn.next(LOOK_PAUSE_MS);
      const lit = await isLit();
      now = performance.now();
      if (lit === wasLit) continue;
      await pause(20);
      return { latencyMs: now - start, looks };
    }
  } finally {
    stop();
    await display.button(1, false);
  }
  throw new RigDisplayError(
    `A press at ${look.x},${look.y} on display ${display.name} flipped nothing in ${timeoutMs} ms.`,
  );
}

/** Waits a random time, so that presses fall evenly into every phase of any clock in the system. */
export function randomPause(minMs = 180, maxMs = 420): Promise<void> {
  return pause(minMs + Math.random() * (maxMs - minMs));
}
