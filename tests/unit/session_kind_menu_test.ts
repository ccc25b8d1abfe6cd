import assert from "node:assert/strict";
import { HOPELESS_MS, KindMenu } from "../../src/session/kind_menu.ts";
import type { RenditionKind } from "../../src/session/rendition_kind.ts";

const H264: RenditionKind = { name: "h264", codec: "h264", chroma: "420" };
const VP8: RenditionKind = { name: "vp8", codec: "vp8", chroma: "420" };
const AV1: RenditionKind = { name: "av1", codec: "av1", chroma: "420", resort: 1 };
const JPEG: RenditionKind = { name: "jpeg", codec: "jpeg", chroma: "420", resort: 2 };

const viewer = (...decoders: string[]) => ({ decoders, leads: true });
const at = (now: number) => ({ now, fullColour: false });

function menu(wish = {}): KindMenu<RenditionKind> {
  return new KindMenu([H264, VP8, AV1, JPEG], wish);
}

Deno.test("KindMenu.first() is the best, or what was asked for", () => {
  assert.equal(menu().first(at(0)), H264);
  const asked = menu({ codec: "vp8" });
  assert.equal(asked.first(at(0)), VP8);
  asked.ask({ chroma: "444" });
  assert.deepEqual(asked.wish, { codec: "vp8", chroma: "444" });
  asked.ask({ codec: "auto" });
  assert.equal(asked.first(at(0)), H264);
});

Deno.test("KindMenu.serve() does without what does not work, for longer each time", () => {
  const some = menu();
  const seats = [viewer("h264", "vp8")];
  some.failed(H264, 1000);
  assert.deepEqual(some.serve(seats, at(1000 + HOPELESS_MS)), [VP8]);
  assert.deepEqual(some.serve(seats, at(1001 + HOPELESS_MS)), [H264]);
  some.failed(H264, 100_000);
  assert.deepEqual(some.serve(seats, at(100_000 + 2 * HOPELESS_MS)), [VP8]);
  assert.deepEqual(some.serve(seats, at(100_001 + 2 * HOPELESS_MS)), [H264]);
});

Deno.test("KindMenu.serve() lets those wait who can show nothing of what works", () => {
  const some = menu();
  some.failed(H264, 0);
  const seats = [viewer("vp8"), viewer("h264"), viewer("theora")];
  assert.deepEqual(some.serve(seats, at(1)), [VP8, H264, undefined]);
});

Deno.test("KindMenu.serve() tries everything if nothing is known to work", () => {
  const some = menu();
  for (const kind of some.all) some.failed(kind, 0);
  assert.deepEqual(some.serve([viewer("h264")], at(1)), [H264]);
});

Deno.test("KindMenu.choices() are what a page can show, and resorts only if there is nothing else", () => {
  const some = menu();
  assert.deepEqual(some.choices(["vp8", "h264", "av1", "jpeg"], 1), [H264, VP8]);
  assert.deepEqual(some.choices(["av1", "jpeg"], 1), [AV1, JPEG]);
  assert.deepEqual(some.choices([], 1), []);
  some.failed(H264, 0);
  assert.deepEqual(some.choices(["vp8", "h264"], 1), [VP8]);
});
