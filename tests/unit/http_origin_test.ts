import assert from "node:assert/strict";
import { isOwnHost, isSameOrigin } from "../../src/http/origin.ts";

Deno.test("isSameOrigin() compares host and port", () => {
  const cases: [string, string, boolean][] = [
    ["http://127.0.0.1:8080", "127.0.0.1:8080", true],
    ["http://localhost:8080", "localhost:8080", true],
    ["http://[::1]:8080", "[::1]:8080", true],
    ["https://desk.example", "desk.example", true],
    ["https://desk.example", "desk.example:443", true],
    ["http://desk.example", "DESK.example:80", true],
    ["http://127.0.0.1:8081", "127.0.0.1:8080", false],
    ["http://localhost:8080", "127.0.0.1:8080", false],
    ["https://desk.example", "desk.example:80", false],
    ["http://evil.example", "desk.example", false],
    ["http://desk.example.evil.example", "desk.example", false],
    ["null", "127.0.0.1:8080", false],
    ["", "127.0.0.1:8080", false],
    ["file://", "127.0.0.1:8080", false],
    ["chrome-extension://127.0.0.1:8080", "127.0.0.1:8080", false],
    ["http://127.0.0.1:8080", "", false],
    ["http://127.0.0.1:8080", "not a host", false],
  ];
  for (const [origin, host, expected] of cases) {
    assert.equal(isSameOrigin(origin, host), expected, `${origin} at ${host}`);
  }
});

Deno.test("isOwnHost() takes addresses and names that no foreign DNS answer can give", () => {
  for (const host of ["127.0.0.1:80", "192.168.1.2", "[::1]:8080", "localhost:1", "a.localhost"]) {
    assert.ok(isOwnHost(host), host);
  }
  for (const host of ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", ""]) {
    assert.ok(!isOwnHost(host), host);
  }
  assert.ok(isOwnHost("desk.example:8080", ["Desk.example"]));
});
