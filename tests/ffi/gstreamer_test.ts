import assert from "node:assert/strict";
import { gstreamer } from "../../ffi/mod.ts";

Deno.test("gstreamer() tells the version and which elements there are", () => {
  const { version, hasElement } = gstreamer();
  assert.match(version, /^1\.\d+\.\d+/);
  assert.equal(hasElement("appsink"), true);
  assert.equal(hasElement("no-such-element"), false);
});
