import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isInside,
  panned,
  placePicture,
  toRemote,
  type View,
  WHOLE_VIEW,
  zoomed,
} from "../../web/input/pointer_mapping.ts";

const ratio = fc.oneof(
  fc.constantFrom(0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.625, 3),
  fc.double({ min: 0.3, max: 5, noNaN: true }),
);
const size = fc.record({
  width: fc.integer({ min: 1, max: 8192 }),
  height: fc.integer({ min: 1, max: 8192 }),
});
const room = fc.record({
  left: fc.double({ min: 0, max: 100, noNaN: true }),
  top: fc.double({ min: 0, max: 100, noNaN: true }),
  width: fc.double({ min: 50, max: 5000, noNaN: true }),
  height: fc.double({ min: 50, max: 5000, noNaN: true }),
});

Deno.test("placePicture() keeps the aspect and stays within the room", () => {
  fc.assert(fc.property(room, size, ratio, (room, remote, ratio) => {
    const placement = placePicture(room, remote, ratio);
    assert(Math.abs(placement.width / remote.width - placement.height / remote.height) < 1e-9);
    // Snapping to the device's grid may move it by less than a device pixel.
    const slack = 1 / ratio + 0.02;
    assert(placement.left >= room.left - slack && placement.top >= room.top - slack);
    assert(placement.left + placement.width <= room.left + room.width + slack);
    assert(placement.top + placement.height <= room.top + room.height + slack);
  }));
});

Deno.test("placePicture() shows one remote pixel as one device pixel whenever that fits", () => {
  const room = { left: 0, top: 0, width: 1024, height: 576 };
  const remote = { width: 1280, height: 720 };
  assert.equal(placePicture(room, remote, 1.25).exact, true);
  assert.equal(placePicture(room, remote, 1.25).scale, 0.8);
  assert.equal(placePicture(room, remote, 1.2).exact, false);
  assert.equal(placePicture(room, remote, 2).width, 640);
});

Deno.test("placePicture() fills the room in one direction when it scales down", () => {
  const room = { left: 10, top: 20, width: 400, height: 800 };
  const placement = placePicture(room, { width: 1600, height: 900 }, 1);
  assert.equal(placement.exact, false);
  assert.equal(placement.width, 400);
  assert.equal(placement.height, 225);
  assert.equal(placement.left, 10);
  assert.equal(placement.top, 307);
});

Deno.test("toRemote() maps every device pixel of an exact picture to its own remote pixel", () => {
  // As browsers report it: device pixels over the ratio, in float32, or on Firefox's grid of 1/60.
  const roundings = [
    (value: number) => value,
    Math.fround,
    (value: number) => Math.round(value * 60) / 60,
  ];
  const exact = fc.record({
    ratio: fc.constantFrom(0.5, 0.67, 0.75, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.625, 3),
    remote: fc.record({
      width: fc.integer({ min: 1, max: 3840 }),
      height: fc.integer({ min: 1, max: 2160 }),
    }),
    x: fc.nat(),
    y: fc.nat(),
    margin: fc.nat(300),
    rounding: fc.constantFrom(...roundings),
  });
  fc.assert(
    fc.property(exact, ({ ratio, remote, x, y, margin, rounding }) => {
      const room = {
        left: 0,
        top: 0,
        width: (remote.width + margin) / ratio,
        height: (remote.height + margin) / ratio,
      };
      const placement = placePicture(room, remote, ratio);
      assert.equal(placement.exact, true);
      const [remoteX, remoteY] = [x % remote.width, y % remote.height];
      const deviceX = Math.round(placement.left * ratio) + remoteX;
      const deviceY = Math.round(placement.top * ratio) + remoteY;
      assert.deepEqual(toRemote(placement, rounding(deviceX / ratio), rounding(deviceY / ratio)), {
        x: remoteX,
        y: remoteY,
      });
    }),
    { numRuns: 1000 },
  );
});

Deno.test("toRemote() finds the pixel under the middle of any scaled pixel", () => {
  fc.assert(
    fc.property(room, size, ratio, fc.nat(), fc.nat(), (room, remote, ratio, x, y) => {
      const placement = placePicture(room, remote, ratio);
      const expected = { x: x % remote.width, y: y % remote.height };
      const clientX = placement.left + (expected.x + 0.5) * placement.scale;
      const clientY = placement.top + (expected.y + 0.5) * placement.scale;
      assert.deepEqual(toRemote(placement, clientX, clientY), expected);
    }),
  );
});

Deno.test("toRemote() gives the nearest edge for positions outside the picture", () => {
  const point = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(fc.property(room, size, ratio, point, point, (room, remote, ratio, x, y) => {
    const placement = placePicture(room, remote, ratio);
    const position = toRemote(placement, x, y);
    assert(Number.isInteger(position.x) && Number.isInteger(position.y));
    assert(position.x >= 0 && position.x < remote.width);
    assert(position.y >= 0 && position.y < remote.height);
    if (x < placement.left) assert.equal(position.x, 0);
    if (y > placement.top + placement.height) assert.equal(position.y, remote.height - 1);
  }));
});

Deno.test("isInside() takes the picture's edges as CSS does", () => {
  const room = { left: 0, top: 0, width: 100, height: 100 };
  const placement = placePicture(room, { width: 50, height: 50 }, 1);
  assert.equal(isInside(placement, 25, 25), true);
  assert.equal(isInside(placement, 74.9, 74.9), true);
  assert.equal(isInside(placement, 75, 50), false);
  assert.equal(isInside(placement, 24.9, 50), false);
});

Deno.test("placePicture() scales as the view says", () => {
  const room = { left: 0, top: 0, width: 1000, height: 700 };
  const small = { width: 300, height: 200 };
  const scale = (scaling: View["scaling"], remote = small, ratio = 1) =>
    placePicture(room, remote, ratio, { ...WHOLE_VIEW, scaling }).scale;
  assert.equal(scale("auto"), 1);
  assert.equal(scale("fit"), 1000 / 300);
  assert.equal(scale("integer"), 3);
  assert.equal(scale("integer", small, 2), 3);
  assert.equal(scale("exact", small, 2), 0.5);
  const large = { width: 2000, height: 1000 };
  assert.deepEqual(
    (["auto", "fit", "integer", "exact"] as const).map((scaling) => scale(scaling, large)),
    [0.5, 0.5, 0.5, 1],
  );
});

Deno.test("panned() reaches every corner of a picture larger than its room, and nothing beyond", () => {
  const room = { left: 10, top: 20, width: 400, height: 300 };
  const remote = { width: 1000, height: 900 };
  let view: View = { ...WHOLE_VIEW, scaling: "exact" };
  const place = () => placePicture(room, remote, 1, view);
  view = panned(view, place(), room, 5000, 5000);
  assert.deepEqual([place().left, place().top], [10, 20]);
  view = panned(view, place(), room, -100, 0);
  assert.deepEqual([place().left, place().top], [-90, 20]);
  view = panned(view, place(), room, -5000, -5000);
  assert.deepEqual([place().left + 1000, place().top + 900], [410, 320]);
});

Deno.test("zoomed() leaves the point in its place, as far as there is picture around it", () => {
  const room = { left: 0, top: 0, width: 800, height: 600 };
  const remote = { width: 1600, height: 1200 };
  const before = placePicture(room, remote, 1);
  const view = zoomed(WHOLE_VIEW, before, room, 2, 300, 250);
  const after = placePicture(room, remote, 1, view);
  assert.equal(after.scale, before.scale * 2);
  assert.deepEqual(toRemote(after, 300, 250), toRemote(before, 300, 250));
  assert.equal(zoomed(view, after, room, 0.01, 0, 0).zoom, 1);
  assert.equal(zoomed(view, after, room, 1000, 0, 0).zoom, 8);
});

Deno.test("placePicture() moves the picture up from under what lies over it, but never out of sight", () => {
  const room = { left: 0, top: 10, width: 400, height: 800 };
  const remote = { width: 800, height: 400 };
  const top = (covered: number) => placePicture(room, remote, 1, WHOLE_VIEW, covered).top;
  assert.equal(top(0), 310);
  assert.equal(top(400), 110);
  assert.equal(top(700), 10);
});
