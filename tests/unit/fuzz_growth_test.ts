import assert from "node:assert/strict";
import { growth, MOST_GROWTH } from "../fuzz/growth.ts";

Deno.test("growth() tells memory that levels off from memory that does not", () => {
  const mib = (...levels: number[]) => levels.map((level) => level * 1024 ** 2);
  assert.equal(growth(mib(200, 230, 210, 240)), undefined);
  // Only by chance is the collector not done yet.
  assert.equal(growth(mib(200, 220, 400, 225)), undefined);
  assert.equal(growth(mib(100, 900)), undefined, "two say nothing");
  assert.match(growth(mib(200, 260, 330, 390)) ?? "", /200, 260, 330, 390 MiB/);
  const base = 100 * 1024 ** 2;
  assert.equal(growth([base, base, base + MOST_GROWTH]), undefined);
  assert.notEqual(growth([base, base, base + MOST_GROWTH + 1]), undefined);
});
