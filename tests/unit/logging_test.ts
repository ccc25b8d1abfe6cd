import assert from "node:assert/strict";
import { jsonLine } from "../../src/logging.ts";

Deno.test("a line of JSON says in its message what an error says", () => {
  const error = new TypeError("there is no such thing");
  const line = jsonLine({
    category: ["skerry", "http"],
    level: "error",
    message: ["A request of ", 3, " failed: ", error, ""],
    rawMessage: "A request of {many} failed: {error}",
    timestamp: 0,
    properties: { many: 3, error },
  });
  const { message, logger, error: kept } = JSON.parse(line);
  assert.match(message, /^A request of 3 failed: "there is no such thing"$/);
  assert.equal(logger, "skerry.http");
  assert.equal(kept.name, "TypeError");
  assert.equal(kept.stack, error.stack);
});
