/**
 * Pages of small coloured text on a dark background, as terminals and editors have them: 6x13 pixels a
 * letter, which is 10 pt. A program of its own, like rig_test_window.ts. SIGUSR1 shows the next page;
 * SIGUSR2 starts scrolling, a line 30 times a second with the moving picture's frame counter, and ends it.
 *
 * @module
 */
import { CounterStrip, MotionWindow } from "./rig_scene.ts";
import { connectX } from "./rig_x11.ts";

const PAGES = 4, LETTER = { width: 6, height: 13 }, SCROLLS = 30;
const BACKGROUND = 0x101418;
const COLOURS = [0xff5555, 0x50fa7b, 0xf1fa8c, 0x6a7dff, 0xff79c6, 0x8be9fd, 0xe8e8e8, 0xffb86c];
/** As often as they are about as frequent. */
const LETTERS = "eeeeeeeetttttaaaaaoooooiiiiinnnnnsssshhhrrrrdddlllccuuummwfgypbvk";
const SIGNS = ["=", "=>", "{", "}", "();", "(", ")", "+", "&&", "!==", "//", "0", "1024", "0xff"];

const display = Deno.env.get("DISPLAY");
if (!display) throw new Error("DISPLAY is not set; name the display to draw on.");
const { client: X, root, depth, width, height } = await connectX(display);

/** The same text on each run (Park and Miller, 1988). */
let seed = 20_240_229;
const random = (below: number) => (seed = seed * 48_271 % 0x7fff_ffff) % below;

const rows = Math.floor(height / LETTER.height) * PAGES, columns = Math.floor(width / LETTER.width);
const pageHeight = Math.floor(height / LETTER.height) * LETTER.height;
const text = X.AllocID(), font = X.AllocID(), paper = X.AllocID(), window = X.AllocID();
// A page more than there are: the first again, so that scrolling can go round.
X.CreatePixmap(text, root, depth, width, pageHeight * PAGES + height);
X.CreateGC(paper, text, { foreground: BACKGROUND, graphicsExposures: false });
X.PolyFillRectangle(text, paper, [0, 0, width, pageHeight * PAGES + height]);
X.OpenFont(font, "fixed");
const inks = COLOURS.map((foreground) => {
  const ink = X.AllocID();
  X.CreateGC(ink, text, { foreground, background: BACKGROUND, font });
  return ink;
});

/** A line of a program: indented, of some length, a word in four all signs. */
function line(left: number, right: number, baseline: number): void {
  const end = Math.min(right, left + 20 + random(right - left));
  for (let column = left + random(6) * 2; column < end - 12;) {
    const word = random(4) === 0 ? SIGNS[random(SIGNS.length)]! : Array.from(
      { length: 2 + random(9) },
      () => LETTERS[random(LETTERS.length)],
    ).join("");
    X.PolyText8(text, inks[random(inks.length)], column * LETTER.width, baseline, [word]);
    column += word.length + 1;
  }
}

for (let row = 0; row < rows; row++) {
  const baseline = (row + 1) * LETTER.height - 3;
  // Two files beside each other, with an empty line now and then.
  for (const pane of [0, 1]) {
    const middle = Math.floor(columns / 2);
    if (random(6) > 0) line(pane * middle + 1, (pane + 1) * middle - 1, baseline);
  }
  await new Promise<void>((resolve) => X.GetInputFocus(() => resolve())); // no backlog
}
X.CopyArea(text, text, paper, 0, 0, 0, pageHeight * PAGES, width, height);

X.CreateWindow(window, root, 0, 0, width, height, 0, 0, 0, 0, {
  backgroundPixel: BACKGROUND,
  overrideRedirect: true,
});
const black = X.AllocID(), white = X.AllocID();
X.CreateGC(black, window, { foreground: 0x000000 });
X.CreateGC(white, window, { foreground: 0xffffff });

const { bits, cell } = CounterStrip;
let at = 0, frame = 0, timer: ReturnType<typeof setInterval> | undefined;

function show(): void {
  X.CopyArea(text, window, paper, 0, at, 0, 0, width, height);
}

function scroll(): void {
  at = (at + LETTER.height) % (pageHeight * PAGES);
  // All in one write, so that no frame is taken in between.
  show();
  frame++;
  const { x, y } = MotionWindow;
  X.PolyFillRectangle(window, black, [x, y, bits * cell, cell]);
  const ones: number[] = [];
  for (let bit = 0; bit < bits; bit++) {
    if ((frame >> (bits - 1 - bit)) & 1) ones.push(x + bit * cell, y, cell, cell);
  }
  if (ones.length > 0) X.PolyFillRectangle(window, white, ones);
}

Deno.addSignalListener("SIGUSR1", () => {
  at = (Math.floor(at / pageHeight) + 1) % PAGES * pageHeight;
  show();
});
Deno.addSignalListener("SIGUSR2", () => {
  if (timer === undefined) timer = setInterval(scroll, 1000 / SCROLLS);
  else {
    clearInterval(timer);
    timer = undefined;
  }
});
X.MapWindow(window);
show();
X.GetInputFocus(() => console.log("ready"));
