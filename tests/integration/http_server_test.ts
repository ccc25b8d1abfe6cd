import assert from "node:assert/strict";
import { createApp, type SessionAnswer } from "../../src/http/app.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { ListenError, PortInUseError } from "../../src/http/errors.ts";
import { HttpServer } from "../../src/http/server.ts";
import type { ViewerInfo } from "../../src/http/upgrade.ts";

const TOKEN = "open sesame";

/** A server whose viewers get their own messages back. */
async function start(options: { maxViewers?: number } = {}) {
  const stop = new AbortController();
  const viewers: ViewerInfo[] = [];
  const app = createApp({
    client: await ClientFiles.of({ "index.html": new TextEncoder().encode("page") }),
    auth: new TokenAuthentication(TOKEN),
    onViewer(socket, info) {
      assert.equal(socket.readyState, WebSocket.OPEN);
      viewers.push(info);
      socket.onmessage = ({ data }) => socket.send(data);
    },
    health: () => ({ healthy: true, state: "live", viewers: viewers.length }),
    signal: stop.signal,
    ...options,
  });
  const server = HttpServer.listen({ hostname: "127.0.0.1", port: 0, app });
  const { port } = server.address;
  return {
    server,
    viewers,
    port,
    stop,
    origin: `http://127.0.0.1:${port}`,
    async ticket(headers: Record<string, string> = { authorization: `Bearer ${TOKEN}` }) {
      const response = await fetch(`${server.url}api/session`, { method: "POST", headers });
      const answer = await response.json() as SessionAnswer;
      return answer.websocket!.path;
    },
    async cookie() {
      const response = await fetch(`${server.url}api/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: TOKEN }),
      });
      await response.body?.cancel();
      return response.headers.get("set-cookie")!.split(";")[0]!;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await server.close();
    },
  };
}

/**
 * A WebSocket handshake by hand, since a client's WebSocket neither tells the status of a refusal
 * nor lets go of the Origin header.
 */
async function handshake(port: number, path: string, headers: Record<string, string>) {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const lines = Object.entries({
    host: `127.0.0.1:${port}`,
    connection: "Upgrade",
    upgrade: "websocket",
    "sec-websocket-version": "13",
    "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  await connection.write(
    new TextEncoder().encode(`GET /${path} HTTP/1.1\r\n${lines.join("")}\r\n`),
  );
  const buffer = new Uint8Array(8192);
  let answer = "";
  while (!/\r\n\r\n/.test(answer) || (/"error"/.test(answer) && !/\}\}/.test(answer))) {
    const length = await connection.read(buffer);
    if (length === null) break;
    answer += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return {
    status: Number(/^HTTP\/1.1 (\d+)/.exec(answer)?.[1]),
    code: /"code":"([^"]+)"/.exec(answer)?.[1],
  };
}

function once<T extends Event>(target: EventTarget, type: string): Promise<T> {
  return new Promise((resolve) =>
    target.addEventListener(type, (event) => resolve(event as T), { once: true })
  );
}

Deno.test("HttpServer.listen() takes a free port and says which", async () => {
  await using site = await start();
  assert.ok(site.port > 0);
  assert.equal(site.server.url, `http://127.0.0.1:${site.port}/`);
  const response = await fetch(site.server.url);
  assert.equal(await response.text(), "page");
});

Deno.test("HttpServer.listen() says what to do when the port is taken", async () => {
  await using site = await start();
  await using other = await start();
  const app = createApp({
    client: await ClientFiles.of({}),
    auth: new TokenAuthentication(),
    onViewer: () => {},
    health: () => ({ healthy: true, state: "live", viewers: 0 }),
  });
  assert.notEqual(site.port, other.port);
  assert.throws(
    () => HttpServer.listen({ hostname: "127.0.0.1", port: site.port, app }),
    (error) => {
      assert.ok(error instanceof PortInUseError);
      assert.ok(error.message.includes(`Another program listens on 127.0.0.1:${site.port}`));
      assert.match(error.message, /--listen 127\.0\.0\.1:0/);
      return true;
    },
  );
  // The one who was there is unharmed.
  await (await fetch(site.server.url)).body?.cancel();
});

Deno.test("HttpServer.listen() says that an address is not this machine's", async () => {
  const app = createApp({
    client: await ClientFiles.of({}),
    auth: new TokenAuthentication(),
    onViewer: () => {},
    health: () => ({ healthy: true, state: "live", viewers: 0 }),
  });
  for (const hostname of ["192.0.2.1", "no-such-host.invalid"]) {
    assert.throws(() => HttpServer.listen({ hostname, port: 0, app }), (error) => {
      assert.ok(error instanceof ListenError, String(error));
      assert.ok(error.message.includes(`"${hostname}"`));
      return true;
    });
  }
});

Deno.test("the upgrade gives a viewer an open socket of binary messages", async () => {
  await using site = await start();
  const socket = new WebSocket(
    `ws://127.0.0.1:${site.port}/${await site.ticket()}`,
  );
  socket.binaryType = "arraybuffer";
  await once(socket, "open");
  socket.send(Uint8Array.of(1, 2, 3));
  const { data } = await once<MessageEvent<ArrayBuffer>>(socket, "message");
  assert.deepEqual(new Uint8Array(data), Uint8Array.of(1, 2, 3));
  const [viewer] = site.viewers;
  assert.equal(viewer?.remote, "127.0.0.1");
  assert.equal(viewer.grant.identity.role, "control");
  socket.close();
  await once(socket, "close");
});

Deno.test("the upgrade takes a ticket once", async () => {
  await using site = await start();
  const ticket = await site.ticket();
  const { origin } = site;
  assert.equal((await handshake(site.port, ticket, { origin })).status, 101);
  const second = await handshake(site.port, ticket, { origin });
  assert.deepEqual(second, { status: 401, code: "bad-ticket" });
  for (const path of ["api/websocket", "api/websocket?ticket=", "api/websocket?ticket=x"]) {
    assert.deepEqual(await handshake(site.port, path, { origin }), {
      status: 401,
      code: "bad-ticket",
    });
  }
});

Deno.test("the upgrade refuses other pages, and does not use up the ticket", async () => {
  await using site = await start();
  const ticket = await site.ticket();
  for (const origin of ["http://evil.example", "null", "http://127.0.0.1:1"]) {
    assert.deepEqual(await handshake(site.port, ticket, { origin }), {
      status: 403,
      code: "wrong-origin",
    });
  }
  assert.equal((await handshake(site.port, ticket, { origin: site.origin })).status, 101);
});

Deno.test("the upgrade wants an Origin where a cookie vouched", async () => {
  await using site = await start();
  const cookie = await site.cookie();
  const refused = await handshake(site.port, await site.ticket({ cookie }), {});
  assert.deepEqual(refused, { status: 403, code: "wrong-origin" });
  const { origin } = site;
  assert.equal((await handshake(site.port, await site.ticket({ cookie }), { origin })).status, 101);
  // A program that brought the token itself is no browser.
  assert.equal((await handshake(site.port, await site.ticket(), {})).status, 101);
});

Deno.test("the upgrade answers plain requests with 426", async () => {
  await using site = await start();
  const ticket = await site.ticket();
  const response = await fetch(`${site.server.url}${ticket}`);
  assert.equal(response.status, 426);
  await response.body?.cancel();
  assert.equal((await handshake(site.port, ticket, { origin: site.origin })).status, 101);
});

Deno.test("the upgrade survives a broken handshake", async () => {
  await using site = await start();
  const broken = await handshake(site.port, await site.ticket(), { connection: "close" });
  assert.deepEqual(broken, { status: 400, code: "bad-handshake" });
  await (await fetch(site.server.url)).body?.cancel();
});

Deno.test("HttpServer survives what is no HTTP", async () => {
  await using site = await start();
  const encoder = new TextEncoder();
  const requests = [
    crypto.getRandomValues(new Uint8Array(4096)),
    encoder.encode("GET / HTTP/1.1\r\nhost: x\r\nx: " + "y".repeat(200_000) + "\r\n\r\n"),
    encoder.encode("GET / HTTP/1.1\r\nhost: 127.0.0.1:4 159\r\n\r\n"),
    encoder.encode("GET http://[ HTTP/1.1\r\nhost: [\r\n\r\n"),
    encoder.encode("POST /api/login HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n"),
    encoder.encode(
      "POST /api/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n" +
        'content-length: 99999\r\n\r\n{"token":',
    ),
  ];
  for (const bytes of requests) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
    // It may hang up before it has read all.
    await connection.write(bytes).catch(() => {});
    const answer = new Uint8Array(1024);
    const length = await connection.read(answer).catch(() => null) ?? 0;
    const text = new TextDecoder().decode(answer.subarray(0, length));
    assert.doesNotMatch(text, /^HTTP\/1\.1 [25]/);
  }
  assert.equal(await (await fetch(site.server.url)).text(), "page");
  assert.equal(site.viewers.length, 0);
});

Deno.test("the upgrade bounds the number of viewers", async () => {
  await using site = await start({ maxViewers: 1 });
  const socket = new WebSocket(`ws://127.0.0.1:${site.port}/${await site.ticket()}`);
  await once(socket, "open");
  const refused = await handshake(site.port, await site.ticket(), {});
  assert.deepEqual(refused, { status: 503, code: "too-many-viewers" });
  socket.close();
  await once(socket, "close");
});

Deno.test("HttpServer.close() ends in time while a viewer is connected", async () => {
  const site = await start();
  const socket = new WebSocket(`ws://127.0.0.1:${site.port}/${await site.ticket()}`);
  await once(socket, "open");
  const closed = once<CloseEvent>(socket, "close");
  site.stop.abort();
  await site.server.close();
  assert.equal((await closed).code, 1001);
  await assert.rejects(fetch(site.server.url));
});

Deno.test("HttpServer.close() cuts off a request that does not end", async () => {
  const site = await start();
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: site.port });
  await connection.write(
    new TextEncoder().encode(
      `POST /api/login HTTP/1.1\r\nhost: 127.0.0.1:${site.port}\r\n` +
        'content-type: application/json\r\ncontent-length: 100\r\n\r\n{"token":',
    ),
  );
  // The server has the request once it answers a later one.
  await (await fetch(site.server.url)).body?.cancel();
  site.stop.abort();
  await site.server.close();
});
