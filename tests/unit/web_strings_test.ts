import assert from "node:assert/strict";
import { stringsFor } from "../../web/strings.ts";
import { de } from "../../web/strings/de.ts";
import { en } from "../../web/strings/en.ts";

Deno.test("stringsFor() takes the first language that there is", () => {
  assert.equal(stringsFor(["fr-CH", "de-CH", "en"]), de);
  assert.equal(stringsFor(["EN-us", "de"]), en);
  assert.equal(stringsFor(["fr", "tlh"]), en);
  assert.equal(stringsFor([]), en);
  assert.equal(stringsFor(["constructor"]), en);
});

Deno.test("every language has words for all that there is to say", () => {
  assert.deepEqual(shape(de), shape(en));
});

/** Where there are words; the type checker does not see what is missing in a table of codes. */
function shape(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) {
    assert.notEqual(value, "", path);
    return [path];
  }
  return Object.entries(value).flatMap(([name, each]) => shape(each, `${path}.${name}`)).sort();
}
