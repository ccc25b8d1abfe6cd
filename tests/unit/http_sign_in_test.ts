import assert from "node:assert/strict";
import { Attempts } from "../../src/http/attempts.ts";
import {
  createAuthentication,
  NoAuthentication,
  TokenAuthentication,
} from "../../src/http/auth.ts";
import { SignIns } from "../../src/http/sign_ins.ts";

const ADA = { name: "ada", role: "control" } as const;

Deno.test("SignIns.find() knows an id until it is revoked", () => {
  const signIns = new SignIns();
  const id = signIns.add(ADA);
  assert.equal(signIns.find(id), ADA);
  assert.equal(signIns.find(id), ADA);
  assert.equal(signIns.find(`${id}x`), undefined);
  signIns.revoke(id);
  assert.equal(signIns.find(id), undefined);
});

Deno.test("SignIns.find() counts as a use", () => {
  let now = 0;
  const signIns = new SignIns({ lifetime: 100, now: () => now });
  const [used, unused] = [signIns.add(ADA), signIns.add(ADA)];
  now = 60;
  assert.equal(signIns.find(used), ADA);
  now = 120;
  assert.equal(signIns.find(used), ADA);
  assert.equal(signIns.find(unused), undefined);
  now = 220;
  assert.equal(signIns.find(used), undefined);
  assert.equal(signIns.size, 0);
});

Deno.test("SignIns.add() ends the sign-in that was used least recently", () => {
  const signIns = new SignIns({ limit: 2 });
  const [a, b] = [signIns.add(ADA), signIns.add(ADA)];
  signIns.find(a);
  const c = signIns.add(ADA);
  assert.deepEqual([a, b, c].map((id) => signIns.find(id) !== undefined), [true, false, true]);
});

Deno.test("Attempts.wait() asks a remote to wait after its last try, and not the others", () => {
  let now = 0;
  const attempts = new Attempts({ remote: { capacity: 3, rate: 0.5 }, now: () => now });
  for (let i = 0; i < 3; i++) {
    assert.equal(attempts.wait("a"), 0);
    attempts.failed("a");
  }
  assert.equal(attempts.wait("a"), 2);
  assert.equal(attempts.wait("b"), 0);
  now = 1000;
  assert.equal(attempts.wait("a"), 1);
  now = 2000;
  assert.equal(attempts.wait("a"), 0);
});

Deno.test("Attempts.wait() asks everybody to wait when many remotes guess", () => {
  let now = 0;
  const attempts = new Attempts({ total: { capacity: 5, rate: 1 }, limit: 4, now: () => now });
  for (let i = 0; i < 5; i++) attempts.failed(`remote ${i}`);
  assert.equal(attempts.wait("another"), 1);
  assert.equal(attempts.size, 4);
  now = 1000;
  assert.equal(attempts.wait("another"), 0);
});

Deno.test("TokenAuthentication makes a token that cannot be guessed", () => {
  const [a, b] = [new TokenAuthentication(), new TokenAuthentication()];
  assert.match(a.token, /^[A-Za-z0-9_-]{32}$/);
  assert.notEqual(a.token, b.token);
  assert.equal(a.guessable, false);
  assert.equal(new TokenAuthentication("secret").guessable, true);
  assert.throws(() => new TokenAuthentication(""), TypeError);
});

Deno.test("TokenAuthentication.verify() takes the token and nothing else", () => {
  const auth = new TokenAuthentication("schlüssel");
  assert.equal(auth.verify({ token: "schlüssel" })?.role, "control");
  for (const token of ["", "schlüsse", "schlüssel ", "Schlüssel", "schlu\u0308ssel"]) {
    assert.equal(auth.verify({ token }), undefined);
  }
  assert.equal(auth.anonymous, undefined);
});

Deno.test("createAuthentication() follows the settings", () => {
  assert.ok(createAuthentication({ auth: "none" }) instanceof NoAuthentication);
  const auth = createAuthentication({ auth: "token", token: "secret" });
  assert.ok(auth instanceof TokenAuthentication);
  assert.equal(auth.token, "secret");
});
