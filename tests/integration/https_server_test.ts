import assert from "node:assert/strict";
import { connect } from "node:tls";
import { Hono } from "hono";
import { createApp, type SessionAnswer } from "../../src/http/app.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import type { Bindings } from "../../src/http/context.ts";
import { PortInUseError } from "../../src/http/errors.ts";
import { HttpServer } from "../../src/http/server.ts";
import { type Certificate, makeCertificate } from "../../src/tls/mod.ts";
import { until } from "../support/until.ts";

const TOKEN = "open sesame";

function certificate(): Promise<Certificate> {
  const notBefore = Date.now() - 3600_000;
  return makeCertificate({ notBefore, notAfter: notBefore + 24 * 3600_000, names: ["127.0.0.1"] });
}

/** The fingerprint of what the server shows to a connection that is new. */
async function shown(port: number): Promise<string> {
  return await new Promise<string>((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      const { fingerprint256 } = socket.getPeerCertificate();
      socket.once("close", () => resolve(fingerprint256.replaceAll(":", "").toLowerCase()));
      socket.destroy();
    });
    socket.once("error", reject);
  });
}

/** A server with HTTPS, whose viewers get their own messages back. */
async function start(served: Certificate) {
  const stop = new AbortController();
  const slow = Promise.withResolvers<void>();
  const app = new Hono<{ Bindings: Bindings }>();
  app.get("/slow", async (c) => {
    await slow.promise;
    return c.text("slow");
  });
  app.route(
    "/",
    createApp({
      client: await ClientFiles.of({ "index.html": new TextEncoder().encode("page") }),
      auth: new TokenAuthentication(TOKEN),
      onViewer: (socket) => socket.onmessage = ({ data }) => socket.send(data),
      health: () => ({ healthy: true, state: "live", viewers: 0 }),
      signal: stop.signal,
    }),
  );
  const server = HttpServer.listen({ hostname: "127.0.0.1", port: 0, app, certificate: served });
  return {
    server,
    app,
    port: server.address.port,
    goOn: () => slow.resolve(),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.close();
    },
  };
}

Deno.test("HttpServer serves page, API and WebSocket over TLS, by HTTP/1.1 and HTTP/2", async () => {
  const served = await certificate();
  await using site = await start(served);
  assert.equal(site.server.url, `https://127.0.0.1:${site.port}/`);
  for (const http2 of [false, true]) {
    using client = Deno.createHttpClient({ caCerts: [served.cert], http1: !http2, http2 });
    assert.equal(await (await fetch(site.server.url, { client })).text(), "page");
    const login = await fetch(`${site.server.url}api/login`, {
      client,
      method: "POST",
      headers: { "content-type": "application/json", "origin": new URL(site.server.url).origin },
      body: JSON.stringify({ token: TOKEN }),
    });
    assert.equal(login.status, 200, await login.text());
    assert.match(login.headers.get("set-cookie") ?? "", /; Secure/);
  }
  using client = Deno.createHttpClient({ caCerts: [served.cert] });
  const session = await fetch(`${site.server.url}api/session`, {
    client,
    method: "POST",
    headers: { authorization: `Bearer ${TOKEN}` },
  });
  const { websocket } = await session.json() as SessionAnswer;
  const url = new URL(websocket?.path ?? "", site.server.url.replace("https:", "wss:"));
  const options: WebSocketOptions = { client };
  // The page's types know nothing of Deno's options.
  const socket: WebSocket = Reflect.construct(WebSocket, [url, options]);
  const answer = await new Promise<unknown>((resolve, reject) => {
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = (event) => reject((event as ErrorEvent).message);
  });
  assert.equal(answer, "hello");
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
});

Deno.test("HttpServer.use() serves another certificate on the same port, and lets requests end", async () => {
  const [first, second] = [await certificate(), await certificate()];
  await using site = await start(first);
  assert.equal(await shown(site.port), first.hash.toHex());
  using client = Deno.createHttpClient({ caCerts: [first.cert, second.cert] });
  const slow = fetch(`${site.server.url}slow`, { client });
  await (await fetch(site.server.url, { client })).body?.cancel();
  site.server.use(second);
  site.goOn();
  assert.equal(await (await slow).text(), "slow");
  await until("only the second is shown", async () => {
    for (let count = 0; count < 8; count++) {
      if (await shown(site.port) !== second.hash.toHex()) return false;
    }
    return true;
  });
  assert.equal(site.server.address.port, site.port);
  using fresh = Deno.createHttpClient({ caCerts: [second.cert] });
  assert.equal(await (await fetch(site.server.url, { client: fresh })).text(), "page");
});

Deno.test("HttpServer.use() keeps the certificate when the new one cannot be served", async () => {
  const first = await certificate();
  await using site = await start(first);
  assert.throws(() => site.server.use({ cert: "no certificate", key: "no key" }));
  assert.equal(await shown(site.port), first.hash.toHex());
});

Deno.test("HttpServer.listen() shares its port with no other server, though it could", async () => {
  const first = await certificate();
  await using site = await start(first);
  assert.throws(
    () =>
      HttpServer.listen({
        hostname: "127.0.0.1",
        port: site.port,
        app: site.app,
        certificate: first,
      }),
    PortInUseError,
  );
});

Deno.test("HttpServer refuses plain HTTP on its HTTPS port at once, and goes on", async () => {
  const served = await certificate();
  await using site = await start(served);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
  await connection.write(new TextEncoder().encode("GET / HTTP/1.1\r\nhost: x\r\n\r\n"));
  const answer = new Uint8Array(100);
  const length = await connection.read(answer) ?? 0;
  // A fatal alert (RFC 8446 §6), which a client that speaks HTTP shows as a failure.
  assert.deepEqual([...answer.subarray(0, length)].slice(0, 2), [0x15, 3]);
  assert.equal(await connection.read(answer), null);
  assert.equal(await shown(site.port), served.hash.toHex());
});
