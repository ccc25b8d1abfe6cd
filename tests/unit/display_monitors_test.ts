import assert from "node:assert/strict";
import { type Monitor, MonitorSet } from "../../src/display/monitors.ts";
import { withDpi } from "../../src/display/resources.ts";
import { placeAfter } from "../../src/display/window_placement.ts";

const monitor = (number: number, x: number, width: number, name = `Skerry-${number}`): Monitor => ({
  number,
  name,
  x,
  y: 0,
  width,
  height: 600,
});
const SCREEN = { width: 1800, height: 600 };

Deno.test("MonitorSet shows what is wanted, or what suits", () => {
  const one = new MonitorSet([monitor(1, 0, 1800, "VNC-0")]);
  for (const wanted of [undefined, 0, 1, 2]) assert.equal(one.resolve(wanted), 1);
  assert.deepEqual(one.rectangle(1, SCREEN), { x: 0, y: 0, ...SCREEN });
  const own = new MonitorSet([monitor(1, 0, 800), monitor(3, 800, 1000)]);
  assert.deepEqual([undefined, 0, 1, 2, 3].map((wanted) => own.resolve(wanted)), [1, 0, 1, 1, 3]);
  assert.deepEqual(own.rectangle(0, SCREEN), { x: 0, y: 0, ...SCREEN });
  assert.deepEqual(own.rectangle(3, SCREEN), { x: 800, y: 0, width: 1000, height: 600 });
  assert.equal(own.rectangle(2, SCREEN), undefined);
  // While the screen shrinks.
  assert.equal(own.rectangle(3, { width: 800, height: 600 }), undefined);
  const real = new MonitorSet([monitor(1, 0, 800, "HDMI-1"), monitor(2, 800, 1000, "DP-1")]);
  assert.deepEqual([undefined, 0, 2, 9].map((wanted) => real.resolve(wanted)), [0, 0, 2, 0]);
});

Deno.test("windows stay on their monitors, and come to the first from those that are gone", () => {
  const window = (x: number, width = 200) => ({ x, y: 50, width, height: 100 });
  const x = (...[frame, from, to]: Parameters<typeof placeAfter>) => {
    const { place } = placeAfter(frame, from, to)!;
    assert.deepEqual(place, { ...frame, x: place.x });
    return place.x;
  };
  const before = [monitor(1, 0, 800), monitor(2, 800, 1000)];
  const wider = [monitor(1, 0, 900), monitor(2, 900, 1000)];
  assert.equal(x(window(100), before, wider), 100);
  assert.equal(x(window(1000), before, wider), 1100);
  // Its larger part counts.
  assert.equal(x(window(750), before, wider), 850);
  const alone = [monitor(1, 0, 800, "VNC-0")];
  assert.equal(x(window(1000), before, alone), 200);
  assert.equal(x(window(1590), before, alone), 600);
  // One that does not fit becomes smaller, or shows its beginning if not all of it was in sight.
  assert.deepEqual(placeAfter(window(850, 900), before, alone)?.place, window(0, 800));
  assert.equal(x(window(950, 900), before, alone), 0);
  const narrow = [monitor(1, 0, 300)];
  assert.equal(x(window(500), before, narrow), 100);
  assert.equal(placeAfter(window(500), before, []), undefined);
});

Deno.test("windows that were in sight stay so while the screen is smaller, and then are as before", () => {
  const screen = (width: number) => [monitor(1, 0, width, "VNC-0")];
  const window = (x: number, width = 200) => ({ x, y: 50, width, height: 100 });
  const moved = placeAfter(window(550), screen(800), screen(700))!;
  assert.deepEqual(moved.place, window(500));
  const again = placeAfter(window(500), screen(700), screen(400), moved.shift)!;
  assert.deepEqual(again.place, window(200));
  const smaller = placeAfter(window(200), screen(400), screen(150), again.shift)!;
  assert.deepEqual(smaller.place, window(0, 150));
  // Its program makes it as wide as so many characters are.
  const back = placeAfter(window(0, 143), screen(150), screen(720), smaller.shift)!;
  assert.deepEqual(back.place, window(520));
  const restored = placeAfter(window(520), screen(720), screen(800), back.shift)!;
  assert.deepEqual(restored, { place: window(550), shift: undefined });
  // Somebody has moved it meanwhile, or made it larger, or smaller.
  assert.deepEqual(
    placeAfter(window(150), screen(400), screen(800), again.shift)?.place,
    window(150),
  );
  assert.deepEqual(
    [160, 70].map((width) => {
      const { place } = placeAfter(window(0, width), screen(150), screen(800), smaller.shift)!;
      return place;
    }),
    [window(550, 160), window(550, 70)],
  );
  // Somebody has pushed it over the edge.
  assert.deepEqual(placeAfter(window(650), screen(800), screen(780)), {
    place: window(650),
    shift: undefined,
  });
});

Deno.test("withDpi() leaves other resources as they are", () => {
  const database = "Xft.dpi:\t96\nxterm*background:\tblack\n";
  assert.equal(
    withDpi(database, 192),
    "xterm*background:\tblack\nXft.dpi:\t192\nXcursor.size:\t48\n",
  );
  assert.equal(withDpi("", 120), "Xft.dpi:\t120\nXcursor.size:\t30\n");
});
