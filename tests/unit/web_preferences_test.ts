import assert from "node:assert/strict";
import { openPreferences } from "../../web/preferences.ts";

/** As much of a browser's storage as is used. */
function storageOf(text: string | null): { storage: Storage; text(): string | null } {
  const storage = {
    getItem: () => text,
    setItem: (_key: string, value: string) => {
      text = value;
    },
  };
  return { storage: storage as unknown as Storage, text: () => text };
}

Deno.test("openPreferences() keeps what is chosen for the next page", () => {
  const { storage } = storageOf(null);
  const first = openPreferences(() => storage);
  assert.equal(first.value.scaling, "auto");
  first.update({ scaling: "fit", trackpad: true });
  const second = openPreferences(() => storage);
  assert.equal(second.value.scaling, "fit");
  assert.equal(second.value.trackpad, true);
});

Deno.test("openPreferences() takes defaults for what it does not understand", () => {
  for (const text of ["", "null", "[]", "{", '{"scaling":"huge","trackpad":"yes","other":1}']) {
    const { value } = openPreferences(() => storageOf(text).storage);
    assert.equal(value.scaling, "auto", text);
    assert.equal(value.trackpad, false, text);
    assert.equal("other" in value, false, text);
  }
});

Deno.test("openPreferences() does without storage", () => {
  const preferences = openPreferences(() => {
    throw new DOMException("Forbidden", "SecurityError");
  });
  preferences.update({ scaling: "fit" });
  assert.equal(preferences.value.scaling, "fit");
});
