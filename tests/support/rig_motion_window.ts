/**
 * The moving picture: 640x360 at 30 frames a second, every pixel changing, with a frame counter in
 * it. Two seconds of frames are drawn beforehand and kept in the X server, so that playing them
 * costs next to nothing and both systems under test get the very same work. A program of its own,
 * like rig_test_window.ts; `--size=1280x720` and `--at=0,0` make it another size, `--grain=2` a finer
 * one, which takes more bits. `--times=FILE` writes when each frame was shown, in ms since 1970, a float64
 * each.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { connectX } from "./rig_x11.ts";
import { CounterStrip, MotionWindow } from "./rig_scene.ts";

const LOOP = 60; // frames

/**
 * Draws one frame: a slow swell of colour with a fine grain that moves with it, as a camera pan has.
 *
 * @param phase 0 to 1 round the loop
 */
function drawFrame(data: Uint8ClampedArray, width: number, height: number, phase: number): void {
  const turn = phase * 2 * Math.PI;
  const panX = Math.cos(turn) * 90, panY = Math.sin(turn) * 50;
  const rows = new Float32Array(height), columns = new Float32Array(width);
  for (let y = 0; y < height; y++) rows[y] = Math.sin((y + panY) / 23) + Math.sin((y - panY) / 61);
  for (let x = 0; x < width; x++) {
    columns[x] = Math.cos((x + panX) / 31) + Math.sin((x - panX) / 83);
  }
  let at = 0;
  for (let y = 0; y < height; y++) {
    const gy = (y + Math.round(panY)) & 255;
    for (let x = 0; x < width; x++, at += 4) {
      const gx = (x + Math.round(panX)) & 255;
      // From a multiplicative hash of the place of a block.
      const place = Math.floor(gx / block) * 73 + Math.floor(gy / block) * 151 + 7;
      const grain = ((Math.imul(place, 0x9e3779b1) >>> 26) & 31) - 16;
      const swell = (rows[y] ?? 0) + (columns[x] ?? 0);
      data[at] = 128 + 40 * swell * 0.7 + grain;
      data[at + 1] = 128 - 28 * swell + grain;
      data[at + 2] = 128 + 30 * (columns[x] ?? 0) - 24 * (rows[y] ?? 0) + grain;
    }
  }
}

function option(name: string): string | undefined {
  const prefix = `--${name}=`;
  return Deno.args.find((arg) => arg.startsWith(prefix))?.slice(prefix.length);
}

const display = Deno.env.get("DISPLAY");
if (!display) throw new Error("DISPLAY is not set; name the display to draw on.");
const [width = 0, height = 0] = (option("size") ?? `${MotionWindow.width}x${MotionWindow.height}`)
  .split("x").map(Number);
const [left = 0, top = 0] = (option("at") ?? `${MotionWindow.x},${MotionWindow.y}`)
  .split(",").map(Number);
const fps = Number(option("fps") ?? MotionWindow.fps);
/** Pixels along an edge of a block of the grain. */
const block = Number(option("grain") ?? 4);

const { client: X, root, depth } = await connectX(display);
const window = X.AllocID(), copy = X.AllocID(), black = X.AllocID(), white = X.AllocID();
X.CreateWindow(window, root, left, top, width, height, 0, 0, 0, 0, {
  backgroundPixel: 0,
  overrideRedirect: true,
});
X.CreateGC(copy, window, { graphicsExposures: false });
X.CreateGC(black, window, { foreground: 0x000000 });
X.CreateGC(white, window, { foreground: 0xffffff });

const frames: number[] = [];
const octets = new Uint8ClampedArray(width * height * 4);
const bandRows = Math.max(1, Math.floor(200_000 / (width * 4))); // under the core request limit
for (let i = 0; i < LOOP; i++) {
  const pixmap = X.AllocID();
  X.CreatePixmap(pixmap, root, depth, width, height);
  drawFrame(octets, width, height, i / LOOP);
  for (let y = 0; y < height; y += bandRows) {
    const rows = Math.min(bandRows, height - y);
    const band = Buffer.from(octets.slice(y * width * 4, (y + rows) * width * 4).buffer);
    X.PutImage(2, pixmap, copy, width, rows, 0, y, 0, depth, band);
  }
  frames.push(pixmap);
  await new Promise<void>((resolve) => X.GetInputFocus(() => resolve())); // no backlog
}

const timesPath = option("times");
const times = timesPath === undefined
  ? undefined
  : Deno.openSync(timesPath, { write: true, create: true, truncate: true });
const time = new Float64Array(1);

const { bits, cell } = CounterStrip;
/** Draws frame `n` into its pixmap's counter first, then shows it with one copy: never torn. */
function show(n: number): void {
  const pixmap = frames[n % LOOP];
  const ones: number[] = [];
  for (let bit = 0; bit < bits; bit++) {
    if ((n >> (bits - 1 - bit)) & 1) ones.push(bit * cell, 0, cell, cell);
  }
  X.PolyFillRectangle(pixmap, black, [0, 0, bits * cell, cell]);
  if (ones.length > 0) X.PolyFillRectangle(pixmap, white, ones);
  time[0] = performance.timeOrigin + performance.now();
  times?.writeSync(new Uint8Array(time.buffer));
  X.CopyArea(pixmap, window, copy, 0, 0, 0, 0, width, height);
}

X.MapWindow(window);
X.GetInputFocus(() => console.log("ready"));
let frame = 0, due = performance.now();
const step = () => {
  show(frame++);
  due += 1000 / fps;
  const now = performance.now();
  if (now - due > 500) due = now; // it was stopped, or the machine was: do not catch up
  setTimeout(step, Math.max(0, due - now));
};
step();
