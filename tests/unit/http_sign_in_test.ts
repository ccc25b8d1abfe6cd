import assert from "node:assert/strict";
import { Attempts } from "../../src/http/attempts.ts";
import {
  createAuthentication,
  NoAuthentication,
  TokenAuthentication,
} from "../../src/http/auth.ts";
import { SignIns } from "../../src/http/sign_ins.ts";

const ADA = { name: "ada", role: "control" } as const;

Deno.test("SignIns.find() knows a secret until it is revoked", () => {
  const signIns = new SignIns();
  const secret = signIns.add(ADA);
  assert.equal(signIns.find(secret)?.identity, ADA);
  assert.equal(signIns.find(secret)?.identity, ADA);
  assert.equal(signIns.find(`${secret}x`), undefined);
  signIns.revoke(secret);
  assert.equal(signIns.find(secret), undefined);
});

Deno.test("SignIns.find() counts as a use, and so does uses()", () => {
  let now = 0;
  const signIns = new SignIns({ lifetime: 100, now: () => now });
  const [used, unused] = [signIns.add(ADA), signIns.add(ADA)];
  now = 60;
  const { id } = signIns.find(used)!;
  now = 120;
  assert.equal(signIns.uses(id), true);
  assert.equal(signIns.find(unused), undefined);
  now = 210;
  assert.equal(signIns.find(used)?.id, id);
  now = 310;
  assert.equal(signIns.uses(id), false);
  assert.equal(signIns.size, 0);
});

Deno.test("SignIns ends a sign-in after its longest time, however much it is used", () => {
  let now = 0;
  const signIns = new SignIns({ lifetime: 100, longest: 250, now: () => now });
  const ended: string[] = [];
  signIns.onend = ({ id }) => ended.push(id);
  const secret = signIns.add(ADA);
  for (now of [90, 180, 240]) assert.equal(signIns.find(secret)?.id, "1");
  assert.deepEqual(ended, []);
  now = 250;
  signIns.sweep();
  assert.deepEqual(ended, ["1"]);
  assert.equal(signIns.find(secret), undefined);
});

Deno.test("SignIns.end() ends those that are meant, and says so", () => {
  const signIns = new SignIns();
  const secrets = [signIns.add(ADA), signIns.add(ADA), signIns.add(ADA)];
  const ended: string[] = [];
  signIns.onend = ({ id }) => ended.push(id);
  signIns.end(({ id }) => id !== "2");
  assert.deepEqual(ended, ["1", "3"]);
  assert.deepEqual(secrets.map((secret) => signIns.find(secret)?.id), [undefined, "2", undefined]);
});

Deno.test("SignIns.add() ends the sign-in that was used least recently", () => {
  const signIns = new SignIns({ limit: 2 });
  const [a, b] = [signIns.add(ADA), signIns.add(ADA)];
  signIns.find(a);
  const c = signIns.add(ADA);
  assert.deepEqual([a, b, c].map((id) => signIns.find(id) !== undefined), [true, false, true]);
});

Deno.test("SignIns.add() keeps to one sign-in when a browser's user signs in once more", () => {
  const signIns = new SignIns();
  const ended: string[] = [];
  signIns.onend = ({ id }) => ended.push(id);
  const first = signIns.add(ADA);
  const again = signIns.add({ ...ADA }, first);
  const other = signIns.add({ ...ADA, role: "view" }, again);
  const strange = signIns.add(ADA, "no secret of ours");
  const ids = [first, again, other, strange].map((secret) => signIns.find(secret)?.id);
  assert.deepEqual(ids, ["1", "1", "2", "3"]);
  assert.equal(signIns.size, 3);
  signIns.revoke(first);
  assert.deepEqual(ended, ["1"]);
  assert.equal(signIns.find(again), undefined);
  assert.equal(signIns.uses("1"), false);
  assert.equal(signIns.uses("2"), true);
});

Deno.test("SignIns ends a sign-in with the last secret that stands for it", () => {
  let now = 0;
  const signIns = new SignIns({ longest: 100, now: () => now });
  const ended: string[] = [];
  signIns.onend = ({ id }) => ended.push(id);
  const first = signIns.add(ADA);
  now = 60;
  const again = signIns.add(ADA, first);
  now = 110;
  assert.equal(signIns.find(first), undefined);
  assert.equal(signIns.uses("1"), true);
  assert.deepEqual(ended, []);
  now = 160;
  assert.equal(signIns.find(again), undefined);
  assert.deepEqual(ended, ["1"]);
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
