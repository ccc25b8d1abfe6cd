import assert from "node:assert/strict";
import { remoteSize } from "../../web/worker/remote_size.ts";

const size = (width: number, height: number) => ({ width, height });

Deno.test("remoteSize() takes a picture of half the display's size for the whole display", () => {
  assert.deepEqual(remoteSize(size(640, 360), size(1280, 720)), size(1280, 720));
  // What is left over of odd sizes is not shown.
  assert.deepEqual(remoteSize(size(682, 384), size(1367, 769)), size(1364, 768));
});

Deno.test("remoteSize() takes any other picture for what it is", () => {
  assert.deepEqual(remoteSize(size(1280, 720), size(1280, 720)), size(1280, 720));
  assert.deepEqual(remoteSize(size(1366, 768), size(1367, 769)), size(1366, 768));
  assert.deepEqual(remoteSize(size(640, 360), size(800, 600)), size(640, 360));
  assert.deepEqual(remoteSize(size(640, 360), undefined), size(640, 360));
});
