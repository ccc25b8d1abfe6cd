import assert from "node:assert/strict";
import { partsFor, PLUGINS, X_SERVERS } from "../../packaging/portable/contents.ts";

Deno.test("the portable file without GPL has neither x264 nor Xvnc, and what does their work", () => {
  const names = (gpl: boolean) => partsFor([...PLUGINS, ...X_SERVERS], gpl).map(({ name }) => name);
  const free = names(false);
  const all = names(true);
  for (const name of ["x264", "Xtigervnc"]) {
    assert.ok(all.includes(name), name);
    assert.ok(!free.includes(name), name);
  }
  for (const name of ["openh264", "Xvfb"]) assert.ok(free.includes(name), name);
  assert.deepEqual(all.filter((name) => !free.includes(name)), ["x264", "Xtigervnc"]);
});
