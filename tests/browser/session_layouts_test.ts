import assert from "node:assert/strict";
import { type BrowserName, BROWSERS } from "../support/browser.ts";
import { DesktopPage } from "../support/desktop_page.ts";
import { Key, RealSeat } from "../support/real_seat.ts";
import { RemoteDesktop } from "../support/remote_desktop.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TypedFile } from "../support/typed_file.ts";
import { until } from "../support/until.ts";
import { copy, paste } from "../support/x_clipboard.ts";

type Stroke = readonly (keyof typeof Key)[];

/** What is typed, and the keys of it by their place on a US keyboard. */
interface Line {
  readonly layout: string;
  readonly text: string;
  readonly strokes: readonly Stroke[];
  /** Whether the browser has to put dead keys together. */
  readonly dead?: boolean;
  /** Whether that pastes in the browser, too. */
  readonly pastes?: boolean;
}

const shift = (key: keyof typeof Key): Stroke => ["ShiftLeft", key];
const control = (key: keyof typeof Key): Stroke => ["ControlLeft", key];
const altGr = (key: keyof typeof Key): Stroke => ["AltRight", key];

const LINES: readonly Line[] = [
  {
    layout: "us",
    text: "aZ@\"'\\|`~<?",
    strokes: [
      ["KeyA"],
      shift("KeyZ"),
      shift("Digit2"),
      shift("Quote"),
      ["Quote"],
      ["Backslash"],
      shift("Backslash"),
      ["Backquote"],
      shift("Backquote"),
      ["IntlBackslash"],
      shift("Slash"),
    ],
  },
  {
    layout: "de",
    text: "yzüÖß@€\\~µ",
    strokes: [
      ["KeyZ"],
      ["KeyY"],
      ["BracketLeft"],
      shift("Semicolon"),
      ["Minus"],
      altGr("KeyQ"),
      altGr("KeyE"),
      altGr("Minus"),
      altGr("BracketRight"),
      altGr("KeyM"),
    ],
  },
  {
    layout: "de",
    text: "éÂ",
    strokes: [["Equal"], ["KeyE"], ["Backquote"], shift("KeyA")],
    dead: true,
  },
  {
    layout: "fr",
    text: "aqzmù&é\"'(-è_çà1@€",
    strokes: [
      ["KeyQ"],
      ["KeyA"],
      ["KeyW"],
      ["Semicolon"],
      ["Quote"],
      ["Digit1"],
      ["Digit2"],
      ["Digit3"],
      ["Digit4"],
      ["Digit5"],
      ["Digit6"],
      ["Digit7"],
      ["Digit8"],
      ["Digit9"],
      ["Digit0"],
      shift("Digit1"),
      altGr("Digit0"),
      altGr("KeyE"),
    ],
  },
  {
    layout: "fr",
    text: "êë",
    strokes: [["BracketLeft"], ["KeyE"], shift("BracketLeft"), ["KeyE"]],
    dead: true,
  },
  {
    layout: "es",
    text: "ñÑç'¡º@|€",
    strokes: [
      ["Semicolon"],
      shift("Semicolon"),
      ["Backslash"],
      ["Minus"],
      ["Equal"],
      ["Backquote"],
      altGr("Digit2"),
      altGr("Digit1"),
      altGr("KeyE"),
    ],
  },
  {
    layout: "es",
    text: "áÀ",
    strokes: [["Quote"], ["KeyA"], ["BracketLeft"], shift("KeyA")],
    dead: true,
  },
  {
    layout: "it",
    text: "èéòçàùì+@#[",
    strokes: [
      ["BracketLeft"],
      shift("BracketLeft"),
      ["Semicolon"],
      shift("Semicolon"),
      ["Quote"],
      ["Backslash"],
      ["Equal"],
      ["BracketRight"],
      altGr("Semicolon"),
      altGr("Quote"),
      altGr("BracketLeft"),
    ],
  },
  {
    layout: "gr",
    text: "ασςΔε",
    strokes: [["KeyA"], ["KeyS"], ["KeyW"], shift("KeyD"), ["KeyE"]],
  },
  {
    // Shortcuts are where a US keyboard has them, and terminals type control characters for them.
    layout: "gr",
    text: "\x03\x18\x1a",
    strokes: [control("KeyC"), control("KeyX"), control("KeyZ")],
  },
  {
    layout: "gr",
    text: "άΈ",
    strokes: [["Semicolon"], ["KeyA"], ["Semicolon"], shift("KeyE")],
    dead: true,
  },
  {
    layout: "ru",
    text: "йфяхжэёЙ.№",
    strokes: [
      ["KeyQ"],
      ["KeyA"],
      ["KeyZ"],
      ["BracketLeft"],
      ["Semicolon"],
      ["Quote"],
      ["Backquote"],
      shift("KeyQ"),
      ["Slash"],
      shift("Digit3"),
    ],
  },
  {
    // With nothing but Russian, Firefox does not know itself what pastes.
    layout: "ru,us",
    // The last key is a quotation mark there; terminals type nothing but zero for Ctrl+@.
    text: "\x03\x01\x16\x00",
    strokes: [
      control("KeyC"),
      control("KeyA"),
      control("KeyV"),
      ["ControlLeft", "ShiftLeft", "Digit2"],
    ],
    pastes: true,
  },
  {
    layout: "jp",
    text: "\"'@[];:+*^_\\\\|",
    strokes: [
      shift("Digit2"),
      shift("Digit7"),
      ["BracketLeft"],
      ["BracketRight"],
      ["Backslash"],
      ["Semicolon"],
      ["Quote"],
      shift("Semicolon"),
      shift("Quote"),
      ["Equal"],
      shift("IntlRo"),
      ["IntlRo"],
      ["IntlYen"],
      shift("IntlYen"),
    ],
  },
  {
    layout: "us -option compose:menu",
    text: "æ€",
    strokes: [["Menu"], ["KeyA"], ["KeyE"], ["Menu"], ["Equal"], ["KeyE"]],
    dead: true,
  },
  {
    // V is where a US keyboard has the full stop.
    layout: "us -variant dvorak",
    text: "v\x16",
    strokes: [["Period"], control("Period")],
    pastes: true,
  },
  {
    layout: "us -variant dvorak",
    text: "k\x0b",
    strokes: [["KeyV"], control("KeyV")],
  },
];

/** Firefox composes dead keys for people, but for nobody while WebDriver drives it. */
const COMPOSES: readonly BrowserName[] = ["chromium"];

for (const browser of BROWSERS) {
  Deno.test(`keys arrive as they are labelled, on keyboards of eight countries, in ${browser}`, async (test) => {
    await using typed = await TypedFile.create();
    await using seat = await RealSeat.take({ browser, width: 900, height: 700 });
    await using skerry = await SkerryProcess.start({
      args: ["--size", "640x480", ...typed.command()],
    });
    await DesktopPage.open(seat.browser, skerry.url);
    await typed.ready();
    await using remote = await RemoteDesktop.of(skerry.pid);
    await remote.window();
    let wanted = "";
    for (const [i, { dead = false, layout, pastes = false, strokes, text }] of LINES.entries()) {
      if (dead && !COMPOSES.includes(browser)) continue;
      await test.step(`${layout}: ${JSON.stringify(text)}`, async () => {
        await seat.useLayout(layout);
        await copy(seat.screen.access, `copy ${i}`);
        wanted = await typed.read() + text;
        for (const stroke of strokes) await seat.press(...stroke.map((key) => Key[key]));
        await typed.holds(wanted);
        const copied = new TextDecoder().decode(await paste(remote.access));
        assert.equal(copied === `copy ${i}`, pastes, `pasted ${JSON.stringify(copied)}`);
      });
    }
    await until("no key is down", async () => (await remote.heldKeys()).length === 0);
    assert.deepEqual(seat.browser.log, []);
  });
}
