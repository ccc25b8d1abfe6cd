import assert from "node:assert/strict";
import { HonoRequest } from "hono/request";
import { type AppOptions, createApp, type SessionAnswer } from "../../src/http/app.ts";
import { Attempts } from "../../src/http/attempts.ts";
import { NoAuthentication, TokenAuthentication } from "../../src/http/auth.ts";
import { readText } from "../../src/http/body.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import type { AppContext } from "../../src/http/context.ts";
import type { ErrorBody } from "../../src/http/errors.ts";
import { Tickets } from "../../src/http/tickets.ts";
import type { ViewerGrant } from "../../src/http/upgrade.ts";

const HOST = "127.0.0.1:8080";
const ORIGIN = `http://${HOST}`;

async function app(options: Partial<AppOptions> = {}) {
  const page = new TextEncoder().encode("<!doctype html><title>Skerry</title>");
  const hono = createApp({
    client: await ClientFiles.of({ "index.html": page }),
    auth: new TokenAuthentication("open sesame"),
    onViewer: () => assert.fail("Nobody connects."),
    health: () => ({ healthy: true, state: "live", viewers: 2 }),
    ...options,
  });
  return {
    request(path: string, init: RequestInit = {}, remote = "192.0.2.1") {
      const headers = new Headers(init.headers);
      if (!headers.has("host")) headers.set("host", HOST);
      const remoteAddr = { transport: "tcp", hostname: remote, port: 4242 } as const;
      return hono.request(`http://${HOST}${path}`, { ...init, headers }, { remoteAddr });
    },
    post(path: string, body?: unknown, headers: Record<string, string> = {}, remote?: string) {
      return this.request(path, {
        method: "POST",
        headers: { "content-type": "application/json", "origin": ORIGIN, ...headers },
        body: body === undefined ? null : JSON.stringify(body),
      }, remote);
    },
    async login() {
      const response = await this.post("/api/login", { token: "open sesame" });
      assert.equal(response.status, 200);
      await response.body?.cancel();
      return response.headers.get("set-cookie")!;
    },
  };
}

async function refusal(response: Response) {
  const { error } = await response.json() as ErrorBody;
  assert.match(error.message, /^[A-Z].*[.]$/s);
  return [response.status, error.code];
}

Deno.test("GET / gives the page with headers that allow our own files only", async () => {
  const response = await (await app()).request("/");
  assert.equal(response.status, 200);
  assert.match(await response.text(), /<title>Skerry/);
  const policy = response.headers.get("content-security-policy")!;
  assert.match(policy, /default-src 'none'/);
  // WebAssembly may be compiled; nothing may be made of text.
  assert.match(policy, /script-src 'self' 'wasm-unsafe-eval'(;|$)/);
  assert.match(policy, /frame-ancestors 'self'(;|$)/);
  assert.doesNotMatch(policy, /'unsafe/);
  const expected = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cache-control": "no-cache",
  };
  for (const [name, value] of Object.entries(expected)) {
    assert.equal(response.headers.get(name), value, name);
  }
  assert.match(response.headers.get("permissions-policy")!, /fullscreen=\(self\)/);
});

Deno.test("GET of an unknown path is a 404 in JSON", async () => {
  const { request } = await app();
  for (const path of ["/nothing", "/api", "/api/nothing", "/..%2fdeno.json", "/%ff", "/%"]) {
    assert.deepEqual(await refusal(await request(path)), [404, "not-found"], path);
  }
});

Deno.test("GET /healthz tells the state without a sign-in", async () => {
  const { request } = await app();
  const response = await request("/healthz");
  assert.equal(response.status, 200);
  const { status, state, viewers } = await response.json();
  assert.deepEqual({ status, state, viewers }, { status: "ok", state: "live", viewers: 2 });
  const failing = await app({ health: () => ({ healthy: false, state: "ended", viewers: 0 }) });
  const bad = await failing.request("/healthz");
  assert.equal(bad.status, 503);
  assert.equal((await bad.json()).status, "failing");
});

Deno.test("POST /api/login sets a cookie that opens a session", async () => {
  const site = await app();
  const cookie = await site.login();
  assert.match(cookie, /^skerry-8080=[A-Za-z0-9_-]{32};/);
  assert.match(cookie, /; HttpOnly/);
  assert.match(cookie, /; SameSite=Strict/);
  assert.match(cookie, /; Path=\/(;|$)/);
  const response = await site.post("/api/session", undefined, { cookie: cookie.split(";")[0]! });
  assert.equal(response.status, 200);
  assert.equal(response.headers.get("cache-control"), "no-store");
  const answer = await response.json() as SessionAnswer;
  assert.match(answer.websocket!.path, /^api\/websocket\?ticket=[A-Za-z0-9_-]{32}$/);
  assert.deepEqual(answer.transports, ["websocket"]);
  assert.equal(answer.ticketLifetime, 10_000);
});

Deno.test("POST /api/session names the viewer, and gives the one that asks again its own", async () => {
  const tickets = new Tickets<ViewerGrant>();
  const site = await app({ tickets });
  const headers = { authorization: "Bearer open sesame" };
  const ask = async (body?: unknown) => {
    const response = await site.post("/api/session", body, headers);
    return await response.json() as SessionAnswer;
  };
  const grantOf = ({ websocket }: SessionAnswer) =>
    tickets.redeem(websocket!.path.slice("api/websocket?ticket=".length));
  const first = await ask();
  assert.match(first.viewer, /^[A-Za-z0-9_-]{32}$/);
  assert.deepEqual(grantOf(first)?.viewer, first.viewer);
  const { viewer } = first;
  const again = await ask({ viewer, standby: true });
  assert.equal(again.viewer, viewer);
  const { standby, viewer: granted } = grantOf(again)!;
  assert.deepEqual([granted, standby], [viewer, true]);
  assert.notEqual((await ask({})).viewer, viewer);
  for (const bad of ["", "short", "x".repeat(65), `${viewer.slice(1)}/`]) {
    const response = await site.post("/api/session", { viewer: bad }, headers);
    assert.deepEqual(await refusal(response), [400, "bad-request"]);
  }
});

Deno.test("POST /api/leave names the viewer that leaves, for whoever is signed in", async () => {
  const left: unknown[] = [];
  const onLeave = ({ viewer }: ViewerGrant, maybe: boolean) => left.push([viewer, maybe]);
  const site = await app({ basePath: "/desk/ada", onLeave });
  const headers = { authorization: "Bearer open sesame" };
  const viewer = "v".repeat(32);
  const leave = (body: unknown, more: Record<string, string> = headers) =>
    site.post("/desk/ada/api/leave", body, more);
  assert.deepEqual(await refusal(await leave({ viewer }, {})), [401, "not-signed-in"]);
  const foreign = { ...headers, origin: "http://elsewhere.example" };
  assert.deepEqual(await refusal(await leave({ viewer }, foreign)), [403, "wrong-origin"]);
  const short = { viewer: "short" };
  for (const bad of [{}, short, { viewer: `${viewer.slice(1)}/` }, { viewer, maybe: "no" }]) {
    assert.deepEqual(await refusal(await leave(bad)), [400, "bad-request"]);
  }
  assert.deepEqual(left, []);
  for (const body of [{ viewer, maybe: true }, { viewer }]) {
    const response = await leave(body);
    assert.equal(response.status, 200);
    await response.body?.cancel();
  }
  assert.deepEqual(left, [[viewer, true], [viewer, false]]);
});

Deno.test("POST /api/logout ends the sign-in", async () => {
  const site = await app();
  const cookie = (await site.login()).split(";")[0]!;
  const out = await site.post("/api/logout", undefined, { cookie });
  assert.equal(out.status, 200);
  assert.match(out.headers.get("set-cookie")!, /^skerry-8080=; Max-Age=0/);
  const after = await site.post("/api/session", undefined, { cookie });
  assert.deepEqual(await refusal(after), [401, "not-signed-in"]);
});

Deno.test("POST /api/session takes a bearer token", async () => {
  const site = await app();
  const ask = (authorization: string) => site.post("/api/session", undefined, { authorization });
  const response = await ask("Bearer open sesame");
  assert.equal(response.status, 200);
  await response.body?.cancel();
  assert.deepEqual(await refusal(await ask("Bearer open sesam")), [401, "wrong-token"]);
  assert.deepEqual(await refusal(await ask("Basic b3BlbjpzZXNhbWU=")), [401, "not-signed-in"]);
  assert.deepEqual(await refusal(await ask("Bearer ")), [401, "not-signed-in"]);
});

Deno.test("POST /api/session refuses who is not signed in", async () => {
  const { post } = await app().then((site) => ({ post: site.post.bind(site) }));
  assert.deepEqual(await refusal(await post("/api/session")), [401, "not-signed-in"]);
  const forged = { cookie: "skerry-8080=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" };
  assert.deepEqual(await refusal(await post("/api/session", undefined, forged)), [
    401,
    "not-signed-in",
  ]);
});

Deno.test("POST /api/login refuses a wrong token, and tells bodies that are wrong apart", async () => {
  const site = await app();
  const wrong = await site.post("/api/login", { token: "open says me" });
  assert.equal(wrong.headers.get("set-cookie"), null);
  assert.deepEqual(await refusal(wrong), [401, "wrong-token"]);
  for (const body of [{}, { token: 7 }, [], "open sesame", null, { token: "x".repeat(513) }]) {
    assert.deepEqual(await refusal(await site.post("/api/login", body)), [400, "bad-request"]);
  }
  const send = (body: string, type: string) =>
    site.request("/api/login", { method: "POST", headers: { "content-type": type }, body });
  assert.deepEqual(await refusal(await send("{", "application/json")), [400, "bad-request"]);
  // A form of a foreign page can only send these.
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) {
    assert.deepEqual(await refusal(await send('{"token":"open sesame"}', type)), [
      415,
      "json-only",
    ]);
  }
});

Deno.test("POST refuses a body that is too large, announced or not", async () => {
  const site = await app();
  const large = JSON.stringify({ token: "x".repeat(5000) });
  const headers = { "content-type": "application/json" };
  const announced = { ...headers, "content-length": String(large.length) };
  const streamed = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(large));
        controller.close();
      },
    });
  for (
    const init of [{ headers: announced, body: large }, { headers, body: streamed() }]
  ) {
    const response = await site.request("/api/login", { method: "POST", ...init });
    assert.deepEqual(await refusal(response), [413, "too-large"]);
  }
});

Deno.test("POST gives up on a body that does not come, or is cut off", async () => {
  const body = (start: (controller: ReadableStreamDefaultController<Uint8Array>) => void) =>
    new Request(ORIGIN, { method: "POST", body: new ReadableStream({ start }) });
  const read = (request: Request) => readText({ req: new HonoRequest(request) } as AppContext, 20);
  const half = new TextEncoder().encode("{");
  await assert.rejects(read(body((controller) => controller.enqueue(half))), { code: "too-slow" });
  const cut = read(body((controller) => controller.error(new Error("gone"))));
  await assert.rejects(cut, { code: "cut-off" });
});

Deno.test("POST refuses other pages", async () => {
  const site = await app();
  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:8081"]) {
    const body = { token: "open sesame" };
    for (const path of ["/api/login", "/api/session", "/api/logout"]) {
      const response = await site.post(path, body, { origin, authorization: "Bearer open sesame" });
      assert.deepEqual(await refusal(response), [403, "wrong-origin"], `${path} from ${origin}`);
    }
  }
});

Deno.test("POST /api/login slows down guessing of a token that somebody chose", async () => {
  let now = 0;
  const attempts = new Attempts({ remote: { capacity: 2, rate: 1 }, now: () => now });
  const site = await app({ attempts });
  const login = (token: string, remote: string) => site.post("/api/login", { token }, {}, remote);
  for (const token of ["a", "b"]) {
    assert.deepEqual(await refusal(await login(token, "192.0.2.7")), [401, "wrong-token"]);
  }
  const slowed = await login("open sesame", "192.0.2.7");
  assert.equal(slowed.headers.get("retry-after"), "1");
  assert.deepEqual(await refusal(slowed), [429, "too-many-tries"]);
  const other = await login("open sesame", "192.0.2.8");
  assert.equal(other.status, 200);
  await other.body?.cancel();
  now = 1000;
  const later = await login("open sesame", "192.0.2.7");
  assert.equal(later.status, 200);
  await later.body?.cancel();
});

Deno.test("POST /api/login lets nobody lock out the holder of a random token", async () => {
  const auth = new TokenAuthentication();
  const attempts = new Attempts({ remote: { capacity: 1, rate: 0.001 } });
  const site = await app({ auth, attempts });
  const login = (token: string) => site.post("/api/login", { token });
  assert.deepEqual(await refusal(await login("x")), [401, "wrong-token"]);
  assert.deepEqual(await refusal(await login("x")), [429, "too-many-tries"]);
  const right = await login(auth.token);
  assert.equal(right.status, 200);
  await right.body?.cancel();
});

Deno.test("createApp() without sign-in answers to addresses and localhost only", async () => {
  const site = await app({ auth: new NoAuthentication(), hostNames: ["desk.example"] });
  const ask = (host: string) =>
    site.post("/api/session", undefined, { host, origin: `http://${host}` });
  for (const host of ["127.0.0.1:8080", "localhost:8080", "desk.example"]) {
    const response = await ask(host);
    assert.equal(response.status, 200, host);
    await response.body?.cancel();
  }
  // A page whose name was rebound to our address is of the same origin, and still a stranger's.
  assert.deepEqual(await refusal(await ask("evil.example:8080")), [421, "wrong-host"]);
});

Deno.test("createApp() serves below a base path", async () => {
  const site = await app({ basePath: "/desk/ada/" });
  const page = await site.request("/desk/ada/");
  assert.equal(page.status, 200);
  await page.body?.cancel();
  const bare = await site.request("/desk/ada");
  assert.equal(bare.status, 308);
  assert.equal(bare.headers.get("location"), "/desk/ada/");
  const login = await site.post("/desk/ada/api/login", { token: "open sesame" });
  assert.match(login.headers.get("set-cookie")!, /; Path=\/desk\/ada\/(;|$)/);
  await login.body?.cancel();
  for (const path of ["/", "/api/login", "/desk", "/desk/adas/"]) {
    assert.deepEqual(await refusal(await site.request(path)), [404, "not-found"], path);
  }
});

Deno.test("createApp() tells nobody about the inside of an error", async () => {
  const site = await app({
    health: () => {
      throw new Error("secret detail");
    },
  });
  const response = await site.request("/healthz");
  assert.equal(response.status, 500);
  assert.doesNotMatch(await response.text(), /secret detail/);
});
