import assert from "node:assert/strict";
import type { PictureRectangle, VideoHeader } from "../../src/protocol/video_message.ts";
import { type Caret, CaretFinder } from "../../web/worker/caret_finder.ts";

const LINE = { x: 100, y: 40, width: 18, height: 20 };

function bench() {
  const found: Caret[] = [];
  const finder = new CaretFinder((caret) => found.push(caret));
  const type = (keysym: number, sequence: number) =>
    finder.sent({ type: "key", keysym, down: true, at: 1000 }, sequence);
  const show = (lastInput: number, changed: PictureRectangle[], at = 1020, topOff = false) =>
    finder.shown({ lastInput, changed, topOff } as unknown as VideoHeader, at);
  return { finder, found, show, type };
}

Deno.test("CaretFinder finds the caret where a typed character is seen first", () => {
  const { found, show, type } = bench();
  show(0, [LINE]);
  type(0x61, 3);
  show(2, [{ x: 0, y: 0, width: 5, height: 5 }]);
  assert.deepEqual(found, []);
  show(3, [LINE, { x: 118, y: 42, width: 9, height: 18 }]);
  show(3, [{ x: 0, y: 0, width: 5, height: 5 }]);
  assert.deepEqual(found, [{ x: 127, y: 40 }]);
});

Deno.test("CaretFinder takes nothing for a caret that is large, late, or no answer to a character", () => {
  const { finder, found, show, type } = bench();
  type(0x61, 1);
  show(1, []);
  type(0x61, 2);
  show(2, [{ x: 0, y: 0, width: 600, height: 20 }]);
  type(0x61, 3);
  show(3, [LINE, { x: 100, y: 400, width: 10, height: 10 }]);
  type(0x61, 4);
  show(4, [LINE], 5000);
  type(0xffe1, 5);
  show(5, [LINE]);
  type(0x61, 6);
  finder.sent({ type: "button", button: 1, down: true, x: 1, y: 1, at: 1000 }, 7);
  show(7, [LINE]);
  type(0x61, 8);
  show(8, [LINE], 1020, true);
  assert.deepEqual(found, []);
  show(8, [LINE]);
  assert.equal(found.length, 1);
});
