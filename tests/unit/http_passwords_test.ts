import assert from "node:assert/strict";
import { RefusedError } from "../../src/http/errors.ts";
import { PasswordAuthentication, ProxyAuthentication } from "../../src/http/auth.ts";
import { PasswordFileError, passwordLine, Passwords } from "../../src/http/passwords.ts";
import type { Peer } from "../../src/http/proxies.ts";

const PEER: Peer = {
  remote: "192.0.2.1",
  host: "desk.example",
  secure: true,
  prefix: "",
  proxied: true,
};

Deno.test("Passwords.verify() knows who has which password, and what he may do", async () => {
  const lines = [
    "# who may come",
    "",
    await passwordLine("ada", "control", "größer als 1"),
    await passwordLine("grace@navy", "view", "nanosecond"),
  ];
  const passwords = Passwords.parse(lines.join("\n"));
  assert.deepEqual(await passwords.verify("ada", "größer als 1"), { name: "ada", role: "control" });
  // The same letters, spelled with combining marks.
  assert.equal((await passwords.verify("ada", "größer als 1".normalize("NFD")))?.name, "ada");
  assert.equal((await passwords.verify("grace@navy", "nanosecond"))?.role, "view");
  for (
    const [name, password] of [["ada", "nanosecond"], ["ada", ""], ["Ada", "größer als 1"], [
      "nobody",
      "nanosecond",
    ]]
  ) {
    assert.equal(await passwords.verify(name!, password!), undefined, name);
  }
});

Deno.test("Passwords.verify() lets no crowd take all the memory", async () => {
  const passwords = Passwords.parse(await passwordLine("ada", "control", "x"));
  const tries = Array.from({ length: 40 }, () => passwords.verify("ada", "y"));
  const outcomes = await Promise.allSettled(tries);
  const refused = outcomes.filter(({ status }) => status === "rejected");
  assert.equal(refused.length, 24);
  for (const outcome of refused) {
    assert.ok(outcome.status === "rejected" && outcome.reason instanceof RefusedError);
    assert.equal(outcome.reason.status, 429);
  }
  // And when they are gone, there is room again.
  assert.equal((await passwords.verify("ada", "x"))?.name, "ada");
});

Deno.test("passwordLine() says nothing of the password, and never the same twice", async () => {
  const [a, b] = [
    await passwordLine("ada", "view", "secret"),
    await passwordLine("ada", "view", "secret"),
  ];
  assert.notEqual(a, b);
  assert.doesNotMatch(a, /secret/);
  await assert.rejects(passwordLine("a:b", "view", "secret"), RangeError);
});

Deno.test("Passwords.parse() names the line that is wrong", async () => {
  const line = await passwordLine("ada", "control", "x");
  for (
    const text of [
      "ada:control:secret",
      line.replace(":control:", ":root:"),
      // It would take all the memory.
      line.replace("$16,8,1$", "$30,8,1$"),
      `${line}\n${line}`,
    ]
  ) {
    assert.throws(() => Passwords.parse(`\n${text}`), PasswordFileError, text);
    assert.throws(() => Passwords.parse(`\n${text}`), /Line [23]/);
  }
  assert.throws(() => Passwords.parse("# nobody\n"), PasswordFileError);
});

Deno.test("PasswordAuthentication.verify() takes no token", async () => {
  const auth = new PasswordAuthentication(
    Passwords.parse(await passwordLine("ada", "control", "x")),
  );
  assert.equal(await auth.verify({ token: "x" }), undefined);
  assert.equal((await auth.verify({ name: "ada", password: "x" }))?.name, "ada");
});

Deno.test("ProxyAuthentication.recognize() believes a trusted proxy only", () => {
  const headers = new Headers({ "X-Remote-User": "ada" });
  const all = new ProxyAuthentication("X-Remote-User", []);
  assert.equal(all.recognize(headers, PEER)?.name, "ada");
  assert.equal(all.recognize(headers, { ...PEER, proxied: false }), undefined);
  assert.equal(all.recognize(new Headers(), PEER), undefined);
  const some = new ProxyAuthentication("X-Remote-User", ["grace"]);
  assert.equal(some.recognize(headers, PEER), undefined);
  assert.equal(all.verify(), undefined);
});
