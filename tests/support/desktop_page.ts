/**
 * Skerry's page in a real browser, as a user has it, and what its `?debug` hook tells.
 *
 * @module
 */
import type { Page } from "puppeteer-core";
import type { DebugInterface } from "../../web/debug.ts";
import type { ConnectionState } from "../../web/messages.ts";
import type { ViewerStatistics } from "../../web/worker/statistics.ts";
import type { TestBrowser } from "./browser.ts";
import { type Picture, pictureOfDataUrl, pictureOfPng } from "./picture.ts";
import { until } from "./until.ts";

/** What the page has at `globalThis` with `?debug`. */
interface DebugWindow {
  skerry?: DebugInterface;
}

export class DesktopPage {
  private constructor(readonly page: Page, readonly browser: TestBrowser) {}

  /** A page that is open already. */
  static of(page: Page, browser: TestBrowser): DesktopPage {
    return new DesktopPage(page, browser);
  }

  /**
   * Opens the page and waits for the picture.
   *
   * @param url As Skerry prints it.
   */
  static async open(browser: TestBrowser, url: string): Promise<DesktopPage> {
    const page = await browser.open(withDebug(url));
    const desktop = new DesktopPage(page, browser);
    await desktop.live();
    return desktop;
  }

  /** Takes a page that was opened by other means, and waits for the picture. */
  static async at(browser: TestBrowser, page: Page): Promise<DesktopPage> {
    const desktop = new DesktopPage(page, browser);
    await desktop.live();
    return desktop;
  }

  /** What the page says of its connection. */
  async state(): Promise<ConnectionState | undefined> {
    return await this.page.evaluate(() => (globalThis as DebugWindow).skerry?.state());
  }

  /** Waits until the connection is in a phase. */
  async phase<P extends ConnectionState["phase"]>(
    phase: P,
    limit = 20_000,
  ): Promise<Extract<ConnectionState, { phase: P }>> {
    let last: ConnectionState | undefined;
    return await until(
      () =>
        `the page is in the phase "${phase}"; it is in ${JSON.stringify(last)}\n` +
        this.browser.log.join("\n"),
      async () => {
        last = await this.state();
        return last?.phase === phase && (last as Extract<ConnectionState, { phase: P }>);
      },
      limit,
    );
  }

  /** Waits until the desktop's picture is there. */
  async live(): Promise<void> {
    await this.phase("live");
  }

  async statistics(): Promise<ViewerStatistics> {
    return await this.page.evaluate(() => (globalThis as DebugWindow).skerry!.statistics());
  }

  /** Waits until no frame has come for so many milliseconds. */
  async still(milliseconds = 500): Promise<void> {
    let frames = -1;
    let since = performance.now();
    await until("the picture is still", async () => {
      const { framesReceived } = await this.statistics();
      if (framesReceived !== frames) since = performance.now();
      frames = framesReceived;
      return performance.now() - since > milliseconds;
    });
  }

  /** What the worker has drawn, pixel for pixel. */
  async picture(): Promise<Picture> {
    const url = await this.page.evaluate(() => (globalThis as DebugWindow).skerry!.capturePng());
    return pictureOfDataUrl(url);
  }

  /** What the browser shows of the whole page, in device pixels. */
  async screenshot(): Promise<Picture> {
    return pictureOfPng(await this.page.screenshot());
  }

  /** Where the picture is, by the page's own layout, in CSS pixels; and its size in remote pixels. */
  async canvas(): Promise<
    { left: number; top: number; width: number; height: number; remoteWidth: number }
  > {
    return await this.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("#picture")!;
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const placement = (globalThis as DebugWindow).skerry!.placement()!;
      return { left, top, width, height, remoteWidth: placement.remote.width };
    });
  }

  /** The middle of a remote pixel on the page, in CSS pixels. */
  async point(x: number, y: number): Promise<{ x: number; y: number }> {
    const { left, top, width, remoteWidth } = await this.canvas();
    const scale = width / remoteWidth;
    return { x: left + (x + 0.5) * scale, y: top + (y + 0.5) * scale };
  }

  /** Moves the mouse onto a remote pixel. */
  async moveTo(x: number, y: number): Promise<void> {
    const point = await this.point(x, y);
    await this.page.mouse.move(point.x, point.y);
  }

  /** Clicks on a remote pixel. */
  async click(x: number, y: number): Promise<void> {
    const point = await this.point(x, y);
    await this.page.mouse.click(point.x, point.y);
  }
}

/** The printed URL with `?debug`. */
export function withDebug(url: string): string {
  const address = new URL(url);
  address.searchParams.set("debug", "");
  return address.href;
}
