import assert from "node:assert/strict";
import { mock } from "node:test";
import type { Sizing } from "../../src/protocol/control_message.ts";
import { Observable } from "../../web/observable.ts";
import type { PageState } from "../../web/page_state.ts";
import { openPreferences } from "../../web/preferences.ts";
import { WindowFollower } from "../../web/window_follower.ts";

/** A page of 1000 x 700 whose server takes the sizes that it is asked for. */
function following(sizing: Sizing | undefined) {
  mock.timers.enable({ apis: ["setTimeout"] });
  const stop = new AbortController();
  const room = { width: 1000, height: 700, devicePixelRatio: 1 };
  const asked: string[] = [];
  const page = new Observable({ sizing: undefined, typing: false } as unknown as PageState);
  const preferences = openPreferences(() => {
    throw new Error("There is no storage");
  });
  const follower = new WindowFollower({
    page,
    preferences,
    room: () => room,
    ask: ({ asked: byUser, dpi, height, width }) =>
      asked.push(`${width}x${height} ${dpi}${byUser ? " asked" : ""}`),
    signal: stop.signal,
  });
  page.update({ sizing });
  return {
    page,
    preferences,
    room,
    /** Gives the window a size. */
    resize(width: number, height: number) {
      Object.assign(room, { width, height });
      follower.resized();
    },
    wait: (milliseconds: number) => mock.timers.tick(milliseconds),
    /** What was asked for since it was last called. */
    asked: () => asked.splice(0),
    [Symbol.dispose]() {
      stop.abort();
      mock.timers.reset();
    },
  };
}

Deno.test("WindowFollower asks for the window's size once the server takes sizes", () => {
  for (const sizing of ["any", "modes"] as const) {
    using shown = following(undefined);
    shown.resize(900, 600);
    shown.wait(1000);
    assert.deepEqual(shown.asked(), []);
    shown.page.update({ sizing });
    assert.deepEqual(shown.asked(), ["900x600 96"]);
    shown.page.update({ typing: true });
    shown.page.update({ typing: false });
    assert.deepEqual(shown.asked(), []);
  }
  for (const sizing of ["fixed", "off"] as const) {
    using shown = following(sizing);
    shown.resize(900, 600);
    shown.wait(1000);
    assert.deepEqual(shown.asked(), []);
  }
});

Deno.test("WindowFollower asks a server that is new to the page once more", () => {
  using shown = following("any");
  assert.deepEqual(shown.asked(), ["1000x700 96"]);
  shown.page.update({ sizing: undefined });
  shown.page.update({ sizing: "any" });
  assert.deepEqual(shown.asked(), ["1000x700 96"]);
});

Deno.test("WindowFollower waits until a window that is dragged rests", () => {
  using shown = following("any");
  shown.asked();
  for (let width = 1000; width > 800; width -= 10) {
    shown.resize(width, 600);
    shown.wait(50);
  }
  assert.deepEqual(shown.asked(), []);
  shown.wait(100);
  assert.deepEqual(shown.asked(), ["810x600 96 asked"]);
  shown.resize(810, 600);
  shown.wait(1000);
  assert.deepEqual(shown.asked(), []);
});

Deno.test("WindowFollower does not follow an on-screen keyboard, but what changed meanwhile", () => {
  using shown = following("any");
  shown.asked();
  shown.page.update({ typing: true });
  shown.resize(1000, 400);
  shown.wait(1000);
  assert.deepEqual(shown.asked(), []);
  shown.page.update({ typing: false });
  shown.resize(1000, 700);
  shown.wait(1000);
  assert.deepEqual(shown.asked(), [], "it is as before");
  shown.page.update({ typing: true });
  shown.resize(700, 500);
  shown.wait(1000);
  shown.page.update({ typing: false });
  shown.resize(700, 1000);
  shown.wait(1000);
  assert.deepEqual(shown.asked(), ["700x1000 96 asked"], "the phone was turned");
});

Deno.test("WindowFollower asks at once for what the user chooses", () => {
  using shown = following("any");
  shown.asked();
  shown.preferences.update({ programScale: 150 });
  assert.deepEqual(shown.asked(), ["1000x700 144 asked"]);
  shown.preferences.update({ scaling: "fit" });
  assert.deepEqual(shown.asked(), [], "that is the page's own");
  shown.preferences.update({ desktopSize: "keep", programScale: 0 });
  shown.resize(900, 600);
  shown.wait(1000);
  assert.deepEqual(shown.asked(), []);
  shown.preferences.update({ desktopSize: "window" });
  assert.deepEqual(shown.asked(), ["900x600 96 asked"]);
  shown.room.devicePixelRatio = 2;
  shown.preferences.update({ fullResolution: true });
  assert.deepEqual(shown.asked(), ["1800x1200 192 asked"]);
});

Deno.test("WindowFollower asks for no desktop that is of no use, and for none if the page is hidden", () => {
  using shown = following("any");
  shown.asked();
  shown.resize(390, 664);
  shown.wait(1000);
  assert.deepEqual(shown.asked(), ["640x664 96 asked"]);
  shown.resize(0, 0);
  shown.wait(1000);
  assert.deepEqual(shown.asked(), []);
});
