import assert from "node:assert/strict";
import { Viewer } from "../../src/session/viewer.ts";
import { AWAY_MS, HOLD_MS, LEAVING_MS, ViewerRoster } from "../../src/session/viewer_roster.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";

function bench() {
  const clock = new VirtualClock();
  const events: string[] = [];
  const roster = new ViewerRoster({
    onrelease: ({ id }) => events.push(`release ${id}`),
    onforget: ({ id }) => events.push(`forget ${id}`),
  }, (ms, callback) => clock.schedule(ms, callback));
  const join = (id: string) => {
    const viewer = new Viewer({
      id,
      role: "control",
      events: {
        hello: () => assert.fail("It has no path."),
        oncontrol() {},
        oninput() {},
        onroom() {},
        onvideolost() {},
        onpath() {},
      },
    });
    roster.add(`key ${id}`, viewer);
    return viewer;
  };
  return { clock, events, join, roster };
}

Deno.test("ViewerRoster.away() lets go of what is held, and later forgets", async () => {
  const { clock, events, join, roster } = bench();
  const viewer = join("1");
  roster.away(viewer);
  await clock.advance(HOLD_MS - 1);
  assert.deepEqual(events, []);
  await clock.advance(1);
  assert.deepEqual(events, ["release 1"]);
  assert.equal(roster.find("key 1"), viewer);
  await clock.advance(AWAY_MS);
  assert.deepEqual(events, ["release 1", "release 1", "forget 1"]);
  assert.equal(roster.find("key 1"), undefined);
  assert.deepEqual([...roster.viewers], []);
});

Deno.test("ViewerRoster.back() keeps whoever comes back in time as it was", async () => {
  const { clock, events, join, roster } = bench();
  const viewer = join("1");
  roster.away(viewer);
  await clock.advance(HOLD_MS - 1);
  roster.back(viewer);
  await clock.advance(2 * AWAY_MS);
  assert.deepEqual(events, []);
  assert.equal(roster.find("key 1"), viewer);
});

Deno.test("ViewerRoster.forget() lets go at once, and does so once", async () => {
  const { clock, events, join, roster } = bench();
  const viewer = join("1");
  roster.away(viewer);
  roster.forget(viewer);
  roster.forget(viewer);
  await clock.advance(2 * AWAY_MS);
  assert.deepEqual(events, ["release 1", "forget 1"]);
});

Deno.test("ViewerRoster.leave() forgets at once, also whoever was away, and knows it later", async () => {
  const { clock, events, join, roster } = bench();
  const viewer = join("1");
  roster.away(viewer);
  assert.equal(roster.hasLeft("key 1"), false);
  roster.leave("key 1");
  assert.deepEqual(events, ["release 1", "forget 1"]);
  // Its last path may end only now.
  roster.away(viewer);
  await clock.advance(2 * AWAY_MS);
  assert.deepEqual(events, ["release 1", "forget 1"]);
  assert.equal(roster.hasLeft("key 1"), true);
  for (let other = 2; other <= 65; other++) roster.leave(`key ${other}`);
  assert.deepEqual(["key 1", "key 2", "key 65"].map((key) => roster.hasLeft(key)), [
    false,
    true,
    true,
  ]);
});

Deno.test("ViewerRoster.mayLeave() forgets whoever has no path, or has none soon after", async () => {
  const { clock, events, join, roster } = bench();
  const [stays, leaves, gone] = [join("stays"), join("leaves"), join("gone")];
  roster.away(gone);
  for (const name of ["stays", "leaves", "gone", "nobody"]) roster.mayLeave(`key ${name}`);
  assert.deepEqual(events, ["release gone", "forget gone"]);
  await clock.advance(LEAVING_MS - 1);
  roster.away(leaves);
  assert.deepEqual(events.slice(2), ["release leaves", "forget leaves"]);
  await clock.advance(1);
  roster.away(stays);
  assert.equal(events.length, 4);
  assert.equal(roster.find("key stays"), stays);
  assert.equal(roster.hasLeft("key leaves"), false);
  roster[Symbol.dispose]();
});

Deno.test("ViewerRoster waits for a bounded number, and those who left last", () => {
  const { events, join, roster } = bench();
  const viewers = Array.from({ length: 100 }, (_, index) => join(`${index}`));
  for (const viewer of viewers) roster.away(viewer);
  const forgotten = events.filter((event) => event.startsWith("forget"));
  assert.equal(forgotten.length, 36);
  assert.equal(forgotten[0], "forget 0");
  assert.equal([...roster.viewers].length, 64);
});

Deno.test("ViewerRoster waits for nobody once it was disposed", async () => {
  const { clock, events, join, roster } = bench();
  roster.away(join("1"));
  roster[Symbol.dispose]();
  await clock.advance(2 * AWAY_MS);
  assert.deepEqual(events, []);
});
