import assert from "node:assert/strict";
import { parseDisplayName } from "../../src/display/display_name.ts";

Deno.test("parseDisplayName() finds the socket of a local display", () => {
  for (const name of [":7", ":7.0", "unix:7", "unix/:7", "unix/host:7"]) {
    assert.equal(parseDisplayName(name)?.path, "/tmp/.X11-unix/X7", name);
    assert.equal(parseDisplayName(name)?.number, 7, name);
  }
  assert.equal(parseDisplayName(":7.1")?.screen, 1);
});

Deno.test("parseDisplayName() finds host and port of a remote display", () => {
  const address = parseDisplayName("localhost:10.0");
  assert.deepEqual(address, {
    number: 10,
    screen: 0,
    host: "localhost",
    path: undefined,
    port: 6010,
  });
  assert.equal(parseDisplayName("[::1]:3")?.host, "::1");
  assert.equal(parseDisplayName("tcp/:3")?.host, "localhost");
});

Deno.test("parseDisplayName() refuses what is no display name", () => {
  for (const name of ["", "7", ":", ":x", "host", "host::1", ":1.2.3", ":-1", "a b:c"]) {
    assert.equal(parseDisplayName(name), undefined, name);
  }
});
