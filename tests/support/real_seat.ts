/**
 * A person at a screen: a browser window on an X display, a keyboard with a layout, a mouse. Keys and
 * clicks go in as from the hardware, so that the browser makes of them what it makes for people; what
 * it shows is read from the screen.
 *
 * @module
 */
import { DisplayConnection, type Extension } from "../../src/display/connection.ts";
import { VirtualDisplay } from "../../src/display/virtual_display.ts";
import { type BrowserName, type LaunchOptions, TestBrowser } from "./browser.ts";
import type { Picture } from "./picture.ts";
import { RemoteDesktop } from "./remote_desktop.ts";

/** Keycodes of a PC keyboard (Linux's, as X servers have them), by their place on a US one. */
export const Key = {
  Escape: 9,
  Digit1: 10,
  Digit2: 11,
  Digit3: 12,
  Digit4: 13,
  Digit5: 14,
  Digit6: 15,
  Digit7: 16,
  Digit8: 17,
  Digit9: 18,
  Digit0: 19,
  Minus: 20,
  Equal: 21,
  Tab: 23,
  KeyQ: 24,
  KeyW: 25,
  KeyE: 26,
  KeyT: 28,
  KeyY: 29,
  BracketLeft: 34,
  BracketRight: 35,
  Enter: 36,
  ControlLeft: 37,
  KeyA: 38,
  KeyS: 39,
  KeyD: 40,
  KeyL: 46,
  Semicolon: 47,
  Quote: 48,
  Backquote: 49,
  ShiftLeft: 50,
  Backslash: 51,
  KeyZ: 52,
  KeyX: 53,
  KeyC: 54,
  KeyV: 55,
  KeyM: 58,
  Period: 60,
  Slash: 61,
  AltLeft: 64,
  Space: 65,
  IntlBackslash: 94,
  IntlRo: 97,
  AltRight: 108,
  Delete: 119,
  IntlYen: 132,
  MetaLeft: 133,
  Menu: 135,
} as const;

export interface SeatOptions extends Pick<LaunchOptions, "args" | "env" | "preferences"> {
  readonly browser: BrowserName;
  /** As `setxkbmap` knows it, with options if there are any. */
  readonly layout?: string;
  /** Device pixels for one CSS pixel. */
  readonly pixelRatio?: number;
  /** Of the screen, in pixels. */
  readonly width: number;
  readonly height: number;
}

export class RealSeat implements AsyncDisposable {
  private constructor(
    readonly browser: TestBrowser,
    readonly screen: RemoteDesktop,
    readonly connection: DisplayConnection,
    readonly xtest: Extension,
    readonly resources: AsyncDisposableStack,
    readonly env: Readonly<Record<string, string>>,
  ) {}

  static async take(options: SeatOptions): Promise<RealSeat> {
    await using resources = new AsyncDisposableStack();
    const { args = [], height, layout = "us", pixelRatio = 1, preferences, width } = options;
    const display = resources.use(
      await VirtualDisplay.start({ server: "xvfb", width, height, command: ["sleep", "10000"] }),
    );
    const env = { DISPLAY: display.display, XAUTHORITY: display.authority };
    await setLayout(layout, env);
    const screen = resources.use(await RemoteDesktop.open(display));
    const { connection } = screen;
    const xtest = await connection.extension("xtest", "XTEST");
    const size = [width, height].map((pixels) => Math.floor(pixels / pixelRatio));
    const browser = resources.use(
      await TestBrowser.launch(options.browser, {
        display: display.display,
        env: { XAUTHORITY: display.authority, ...options.env },
        viewport: null,
        args: options.browser === "chromium"
          ? [
            `--force-device-scale-factor=${pixelRatio}`,
            `--window-size=${size.join(",")}`,
            "--window-position=0,0",
            "--kiosk",
            ...args,
          ]
          : ["--kiosk"],
        preferences: {
          "layout.css.devPixelsPerPx": `${pixelRatio}`,
          // Else its pages keep the keyboard, as they are told, whatever window has it.
          "focusmanager.testmode": false,
          ...preferences,
        },
      }),
    );
    return new RealSeat(browser, screen, connection, xtest, resources.move(), env);
  }

  /** Puts another keyboard there, as `setxkbmap` knows it. */
  async useLayout(layout: string): Promise<void> {
    await setLayout(layout, this.env);
  }

  /** Moves the mouse by so many pixels, as a hand does. */
  async nudge(dx: number, dy: number): Promise<void> {
    // A detail of 1 is relative motion (XTEST).
    await this.#fake(this.xtest.MotionNotify, 1, dx, dy);
  }

  /** What the screen shows. */
  async look(): Promise<Picture> {
    return await this.screen.screenshot();
  }

  /** Presses keys one after the other, then lets them go in reverse. */
  async press(...keycodes: readonly number[]): Promise<void> {
    for (const code of keycodes) await this.hold(code);
    for (const code of [...keycodes].reverse()) await this.release(code);
  }

  /** Presses a key and leaves it down. */
  async hold(keycode: number): Promise<void> {
    await this.#fake(this.xtest.KeyPress, keycode);
  }

  async release(keycode: number): Promise<void> {
    await this.#fake(this.xtest.KeyRelease, keycode);
  }

  /** Moves the mouse to a pixel of the screen. */
  async move(x: number, y: number): Promise<void> {
    await this.#fake(this.xtest.MotionNotify, 0, x, y);
  }

  /** Clicks on a pixel of the screen. */
  async click(x: number, y: number): Promise<void> {
    await this.move(x, y);
    await this.#fake(this.xtest.ButtonPress, 1);
    await this.#fake(this.xtest.ButtonRelease, 1);
  }

  async #fake(type: number, detail: number, x = 0, y = 0): Promise<void> {
    this.xtest.FakeInput(type, detail, 0, 0, x, y);
    await this.connection.sync();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.disposeAsync();
  }
}

async function setLayout(layout: string, env: Record<string, string>): Promise<void> {
  const { success } = await new Deno.Command("setxkbmap", { args: layout.split(" "), env })
    .output();
  if (!success) throw new Error(`setxkbmap does not know the layout "${layout}".`);
}
