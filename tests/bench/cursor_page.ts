/**
 * When the page gave the browser another image of the pointer, whatever the browser does with it then.
 *
 * @module
 */
import type { KioskBrowser } from "../support/rig_browser.ts";
import { connectDebugger, type DebuggerConnection } from "./split.ts";

interface WatchedPage {
  /** The last change, in ms since the epoch. */
  cursorChangedAt?: number;
}

/** Watches the style of the picture in the page of a kiosk browser. */
export class CursorPage implements AsyncDisposable {
  readonly #debug: DebuggerConnection;

  private constructor(debug: DebuggerConnection) {
    this.#debug = debug;
  }

  static async open(kiosk: KioskBrowser): Promise<CursorPage> {
    await using stack = new AsyncDisposableStack();
    const debug = stack.use(await connectDebugger(kiosk));
    await debug.page.evaluate(() => {
      const canvas = document.querySelector("canvas")!;
      let { cursor } = canvas.style;
      new MutationObserver(() => {
        if (canvas.style.cursor === cursor) return;
        ({ cursor } = canvas.style);
        (globalThis as WatchedPage).cursorChangedAt = performance.timeOrigin + performance.now();
      }).observe(canvas, { attributeFilter: ["style"] });
    });
    stack.move();
    return new CursorPage(debug);
  }

  /** @returns When it changed last, on the clock of `performance` here. */
  async changedAt(): Promise<number> {
    const at = await this.#debug.page.evaluate(() => (globalThis as WatchedPage).cursorChangedAt);
    if (at === undefined) throw new Error("The page has not changed its pointer.");
    return at - performance.timeOrigin;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#debug[Symbol.asyncDispose]();
  }
}
