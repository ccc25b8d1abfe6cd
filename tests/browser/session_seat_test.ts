import assert from "node:assert/strict";
import { type BrowserName, BROWSERS } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { EventWindow } from "../support/event_window.ts";
import type { Picture } from "../support/picture.ts";
import { Key, RealSeat } from "../support/real_seat.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { until } from "../support/until.ts";

const SIZE = { width: 640, height: 480 };
const SCREEN = { width: 1000, height: 760 };

const { AltRight, ShiftLeft } = Key;

/** Lines of text, by the keys of a German keyboard that make them. */
const LINES: readonly (readonly [string, readonly (readonly number[])[]])[] = [
  ["üöäß", [[Key.BracketLeft], [Key.Semicolon], [Key.Quote], [Key.Minus]]],
  ["zyZÜ", [[Key.KeyY], [Key.KeyZ], [ShiftLeft, Key.KeyY], [ShiftLeft, Key.BracketLeft]]],
  ["@€|~µ", [
    [AltRight, Key.KeyQ],
    [AltRight, Key.KeyE],
    [AltRight, Key.IntlBackslash],
    [AltRight, Key.BracketRight],
    [AltRight, Key.KeyM],
  ]],
  ["{[]}\\", [
    [AltRight, Key.Digit7],
    [AltRight, Key.Digit8],
    [AltRight, Key.Digit9],
    [AltRight, Key.Digit0],
    [AltRight, Key.Minus],
  ]],
  ["/()=?*'_", [
    [ShiftLeft, Key.Digit7],
    [ShiftLeft, Key.Digit8],
    [ShiftLeft, Key.Digit9],
    [ShiftLeft, Key.Digit0],
    [ShiftLeft, Key.Minus],
    [ShiftLeft, Key.BracketRight],
    [ShiftLeft, Key.Backslash],
    [ShiftLeft, Key.Slash],
  ]],
];

/** Dead keys: an accent and then its letter, or the accent alone. */
const DEAD_KEYS: typeof LINES[number] = ["éâÀ´", [
  [Key.Equal],
  [Key.KeyE],
  [Key.Backquote],
  [Key.KeyA],
  [ShiftLeft, Key.Equal],
  [ShiftLeft, Key.KeyA],
  [Key.Equal],
  [Key.Equal],
]];

/** Firefox composes dead keys for people, but for nobody while WebDriver drives it. */
const COMPOSES: readonly BrowserName[] = ["chromium"];

for (const browser of BROWSERS) {
  Deno.test(`a person at a German keyboard and a fine screen has the desktop, in ${browser}`, async (test) => {
    await using seat = await RealSeat.take({ browser, layout: "de", pixelRatio: 1.5, ...SCREEN });
    await test.step("keys arrive as they are labelled", () => typeLines(seat, browser));
    await test.step("clicks hit the pixel that is seen", () => clickPixels(seat));
    assert.deepEqual(seat.browser.log, []);
  });

  Deno.test(`clicks hit the pixel that is seen on a screen of twice the pixels, in ${browser}`, async () => {
    await using seat = await RealSeat.take({ browser, pixelRatio: 2, ...SCREEN });
    await clickPixels(seat);
    assert.deepEqual(seat.browser.log, []);
  });
}

async function typeLines(seat: RealSeat, browser: BrowserName): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skerry-test-" });
  await using resources = new AsyncDisposableStack();
  resources.defer(() => Deno.remove(folder, { recursive: true }));
  const script = `echo > ${folder}/ready; cat > ${folder}/text`;
  const terminal = ["xterm", "-u8", "-geometry", "60x20", "-e", "sh", "-c", script];
  const skerry = resources.use(
    await SkerryProcess.start({
      args: ["--resize", "off", "--size", "640x480", "--", ...terminal],
    }),
  );
  const { page } = await DesktopPage.open(seat.browser, skerry.url);
  await until("the terminal is ready", () => Deno.stat(`${folder}/ready`).catch(() => undefined));
  const remote = resources.use(await RemoteDesktop.of(skerry.pid));
  await remote.window();

  const lines = [...LINES, ...(COMPOSES.includes(browser) ? [DEAD_KEYS] : [])];
  let wanted = "";
  for (const [text, strokes] of lines) {
    for (const stroke of strokes) await seat.press(...stroke);
    await seat.press(Key.Enter);
    wanted += `${text}\n`;
    let written = "";
    await until(
      () => `the terminal has ${JSON.stringify(wanted)}; it has ${JSON.stringify(written)}`,
      async () => (written = await Deno.readTextFile(`${folder}/text`)) === wanted,
      5000,
    );
  }
  await until("no key is down", async () => (await remote.heldKeys()).length === 0);
  await page.close();
}

async function clickPixels(seat: RealSeat): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const args = [
    "--audio",
    "off",
    "--resize",
    "off",
    "--size",
    `${SIZE.width}x${SIZE.height}`,
    "--",
    "sleep",
    "1000",
  ];
  const skerry = resources.use(await SkerryProcess.start({ args }));
  const desktop = await DesktopPage.open(seat.browser, skerry.url);
  const remote = resources.use(await RemoteDesktop.of(skerry.pid));
  const target = resources.use(await EventWindow.open(remote.connection));
  const right = SIZE.width - 1;
  const bottom = SIZE.height - 1;
  for (const [x, y] of [[0, 0], [right, 0], [0, bottom], [right, bottom], [333, 217]] as const) {
    await target.paint(0xffffff, []);
    await desktop.still(100);
    const dark = await seat.look();
    await target.paint(0xffffff, [[x, y, 1, 1]]);
    const seen = await until(
      `the pixel ${x}, ${y} is on the screen`,
      async () => lightened(dark, await seat.look()),
    );
    await seat.click(seen.x, seen.y);
    await target.saw("ButtonRelease", { detail: 1, x, y });
  }
  await desktop.page.close();
}

/** The pixel that was black and has become white; undefined unless it is exactly one. */
function lightened(
  before: Picture,
  { rgba, width }: Picture,
): { x: number; y: number } | undefined {
  const found: number[] = [];
  for (let at = 0; at < rgba.length; at += 4) {
    const was = Math.max(before.rgba[at]!, before.rgba[at + 1]!, before.rgba[at + 2]!);
    const is = Math.min(rgba[at]!, rgba[at + 1]!, rgba[at + 2]!);
    if (was < 50 && is > 200) found.push(at / 4);
  }
  const [pixel] = found;
  if (pixel === undefined || found.length > 1) return undefined;
  return { x: pixel % width, y: Math.floor(pixel / width) };
}
