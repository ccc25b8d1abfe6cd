import assert from "node:assert/strict";
import { changeBudget } from "../../src/session/change_budget.ts";

Deno.test("changeBudget() gives each pixel of a large change as much as text needs", () => {
  assert.equal(changeBudget(1_000_000) - changeBudget(900_000), 200_000);
  assert.equal(changeBudget(1_000_000, 1000) - changeBudget(900_000, 1000), 200_000);
});

Deno.test("changeBudget() gives a line of text less for a pixel, and a letter enough", () => {
  assert.equal(changeBudget(16_384), 16_384);
  assert.equal(changeBudget(100), 8000);
});

Deno.test("changeBudget() gives small changes down to half of that on slow paths", () => {
  assert.equal(changeBudget(10_000, 10_000), 10_000);
  assert.equal(changeBudget(10_000, 4500), 7500);
  for (const kbit of [2700, 100]) {
    assert.equal(changeBudget(10_000, kbit), 5000);
    assert.equal(changeBudget(1, kbit), 4000);
  }
});
