import assert from "node:assert/strict";
import { fuzz } from "../fuzz/fuzz.ts";

Deno.test("a short fuzzing of all addresses and both transports finds nothing", async () => {
  const { outcomes, troubles } = await fuzz({ inputs: 6000, limit: 10_000, seed: 1 });
  for (const { findings, inputs, name } of outcomes) {
    assert.deepEqual([...findings], [], name);
    assert.ok(inputs > 0, name);
  }
  assert.equal(outcomes.length, 7);
  assert.deepEqual(troubles, []);
});
