/**
 * The test window: a block that is black, and turns white and black again at every button press.
 * It is a program of its own (`DISPLAY=:7 deno run -A tests/support/rig_test_window.ts`) and writes
 * "ready" when its window is there.
 *
 * @module
 */
import { connectX } from "./rig_x11.ts";
import { TestWindow } from "./rig_scene.ts";

const EXPOSURE_AND_BUTTON_PRESS = 0x8000 | 0x4;
const EXPOSE = 12, BUTTON_PRESS = 4;
const { x, y, size, border } = TestWindow;

const display = Deno.env.get("DISPLAY");
if (!display) throw new Error("DISPLAY is not set; name the display to draw on.");
const { client: X, root } = await connectX(display);

const window = X.AllocID();
X.CreateWindow(window, root, x, y, size, size, 0, 0, 0, 0, {
  backgroundPixel: 0xff00ff,
  overrideRedirect: true, // at its place, with or without a window manager
  eventMask: EXPOSURE_AND_BUTTON_PRESS,
});
const black = X.AllocID(), white = X.AllocID();
X.CreateGC(black, window, { foreground: 0x000000 });
X.CreateGC(white, window, { foreground: 0xffffff });

let lit = false;
const block = [border, border, size - 2 * border, size - 2 * border];
X.on("event", (event: { type: number }) => {
  if (event.type === BUTTON_PRESS) lit = !lit;
  if (event.type === BUTTON_PRESS || event.type === EXPOSE) {
    X.PolyFillRectangle(window, lit ? white : black, block);
  }
});
X.MapWindow(window);
X.GetInputFocus(() => console.log("ready"));
