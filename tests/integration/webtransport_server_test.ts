import assert from "node:assert/strict";
import { Priority, type Transport } from "../../src/protocol/flow.ts";
import { WebTransportListenError } from "../../src/transport/webtransport_errors.ts";
import { WebTransportServer } from "../../src/transport/webtransport_server.ts";
import {
  WebTransportFailedError,
  WebTransportTransport as ClientTransport,
} from "../../web/worker/webtransport_transport.ts";
import { collectGarbage } from "../support/garbage.ts";
import { until } from "../support/until.ts";
import { testCertificate, TestServer } from "../support/webtransport.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (octets: Uint8Array) => new TextDecoder().decode(octets);

/** One message through a transport and back. */
async function echoes(server: Transport, client: Transport): Promise<void> {
  const answer = Promise.withResolvers<string>();
  client.onflow = (flow) => flow.onmessage = (message) => answer.resolve(text(message));
  const flow = server.openFlow(bytes("test"), { priority: Priority.Flash });
  flow.write(bytes("hello"));
  assert.equal(await answer.promise, "hello");
  flow.close();
}

Deno.test("WebTransportServer hands over the ticket's grant and the client's address", async () => {
  await using host = await TestServer.start();
  const coming = host.session();
  const url = host.url(host.tickets.issue("ada"));
  await using client = await ClientTransport.connect({ url, hashes: [host.certificate.hash] });
  const session = await coming;
  assert.equal(session.grant, "ada");
  assert.equal(session.remote, "127.0.0.1");
  assert.equal(host.server.sessions, 1);
  await echoes(session.transport, client);
});

Deno.test("WebTransportServer lets nobody in without a ticket, or twice with one", async () => {
  await using host = await TestServer.start();
  const hashes = [host.certificate.hash];
  const ticket = host.tickets.issue("ada");
  const coming = host.session();
  await using client = await ClientTransport.connect({ url: host.url(ticket), hashes });
  const { transport } = await coming;
  const elsewhere = host.url().replace("/api/webtransport", "/elsewhere");
  for (const url of [host.url(ticket), host.url(""), host.url("x".repeat(5000)), elsewhere]) {
    await assert.rejects(ClientTransport.connect({ url, hashes }), WebTransportFailedError);
  }
  await until("no handshake is left", () => host.server.handshakes === 0);
  assert.equal(host.server.sessions, 1);
  await echoes(transport, client);
});

Deno.test("WebTransportServer refuses a client that pins another certificate", async () => {
  await using host = await TestServer.start();
  const other = await testCertificate();
  await assert.rejects(
    ClientTransport.connect({ url: host.url(), hashes: [other.hash] }),
    WebTransportFailedError,
  );
  await until("no handshake is left", () => host.server.handshakes === 0);
});

Deno.test("WebTransportServer.use() serves another certificate, and sessions go on", async () => {
  await using host = await TestServer.start();
  const before = await host.connect();
  const next = await testCertificate();
  host.server.use(next);
  const coming = host.session();
  // As a page does that was told both.
  const hashes = [host.certificate.hash, next.hash];
  await using client = await ClientTransport.connect({ url: host.url(), hashes });
  await echoes((await coming).transport, client);
  await assert.rejects(
    ClientTransport.connect({ url: host.url(), hashes: [host.certificate.hash] }),
    WebTransportFailedError,
  );
  await echoes(before.server, before.client);
  await before.client[Symbol.asyncDispose]();
});

Deno.test("WebTransportServer takes sessions through many rotations", async () => {
  await using host = await TestServer.start();
  const certificates = await Promise.all([testCertificate(), testCertificate()]);
  await using first = (await host.connect()).client;
  // A day of one every half hour. The listeners that are no longer used must not be collected.
  for (let rotation = 0; rotation < 48; rotation++) {
    const certificate = certificates[rotation % 2];
    assert.ok(certificate);
    host.server.use(certificate);
    if (rotation % 12 !== 11) continue;
    await collectGarbage();
    const coming = host.session();
    await using client = await ClientTransport.connect({
      url: host.url(),
      hashes: [certificate.hash],
    });
    await echoes((await coming).transport, client);
  }
  assert.equal(first.statistics.outstandingBytes, 0);
});

Deno.test("WebTransportServer.use() keeps what it serves when the new one is bad", async () => {
  await using host = await TestServer.start();
  assert.throws(() => host.server.use({ cert: "no certificate", key: "no key" }));
  const { server, client } = await host.connect();
  await echoes(server, client);
  await client[Symbol.asyncDispose]();
});

Deno.test("WebTransportServer cuts off a client that does not finish its handshake", async () => {
  await using host = await TestServer.start({ limits: { handshakeTimeout: 200 } });
  const { port } = host.server.address;
  // TLS is done, and no HTTP/3 follows.
  const connection = await Deno.connectQuic({
    hostname: "127.0.0.1",
    port,
    alpnProtocols: ["h3"],
    serverCertificateHashes: [{ algorithm: "sha-256", value: host.certificate.hash }],
  } as Deno.ConnectQuicOptions<false>);
  const { closeCode } = await connection.closed;
  assert.equal(closeCode, 0x10c);
  assert.equal(host.server.handshakes, 0);
});

Deno.test("WebTransportServer refuses more sessions than its limit, and takes one when one ends", async () => {
  await using host = await TestServer.start({ limits: { maxSessions: 1 } });
  const hashes = [host.certificate.hash];
  const { client } = await host.connect();
  await assert.rejects(
    ClientTransport.connect({ url: host.url(), hashes }),
    WebTransportFailedError,
  );
  await client[Symbol.asyncDispose]();
  await until("the session has ended", () => host.server.sessions === 0);
  const again = await host.connect();
  await echoes(again.server, again.client);
  await again.client[Symbol.asyncDispose]();
});

Deno.test("WebTransportServer ends a session when nothing is heard of its client", async () => {
  // Less than the keep-alive of either side.
  await using host = await TestServer.start({ limits: { idleTimeout: 300 } });
  const { server, client } = await host.connect();
  const flow = server.openFlow(bytes("test"));
  const { clean, code, reason } = await server.closed;
  assert.deepEqual([clean, code], [false, 1006]);
  assert.match(reason, /timed out|lost/);
  assert.equal(flow.state, "closed");
  assert.equal((await client.closed).clean, false);
  await client[Symbol.asyncDispose]();
});

Deno.test("WebTransportServer ends a session when its client closes", async () => {
  await using host = await TestServer.start();
  const { server, client } = await host.connect();
  const started = server.openFlow(bytes("test"));
  await client[Symbol.asyncDispose]();
  const { clean } = await server.closed;
  assert.equal(clean, true);
  await started.closed;
  await until("the session has ended", () => host.server.sessions === 0);
});

Deno.test("WebTransportServer closes its sessions when it is told to", async () => {
  const stop = new AbortController();
  const host = await TestServer.start({ signal: stop.signal });
  const { client } = await host.connect();
  stop.abort();
  const { clean, code } = await client.closed;
  assert.deepEqual([clean, code], [true, 1000]);
  await host[Symbol.asyncDispose]();
  await client[Symbol.asyncDispose]();
  await assert.rejects(
    ClientTransport.connect({ url: host.url(), hashes: [host.certificate.hash] }, {
      signal: AbortSignal.timeout(300),
    }),
  );
});

Deno.test("WebTransportServer.listen() throws when the port is taken or the signal aborted", async () => {
  await using host = await TestServer.start();
  const options = {
    hostname: "127.0.0.1",
    port: host.server.address.port,
    certificate: host.certificate,
    redeem: () => undefined,
    onsession: () => {},
  };
  assert.throws(() => WebTransportServer.listen(options), (error: unknown) => {
    assert.ok(error instanceof WebTransportListenError);
    assert.match(error.message, new RegExp(`UDP port ${options.port} of "127.0.0.1"`));
    return true;
  });
  assert.throws(
    () => WebTransportServer.listen({ ...options, port: 0, signal: AbortSignal.abort() }),
    { name: "AbortError" },
  );
  assert.throws(
    () => WebTransportServer.listen({ ...options, port: 0, certificate: { cert: "", key: "" } }),
    WebTransportListenError,
  );
});

Deno.test("WebTransportServer ends a session whose owner fails, and no other", async () => {
  let fails = true;
  const sessions: Transport[] = [];
  await using host = await TestServer.start({
    onsession: ({ transport }) => {
      sessions.push(transport);
      if (fails) throw new TypeError("A mistake");
    },
  });
  const hashes = [host.certificate.hash];
  await using one = await ClientTransport.connect({ url: host.url(), hashes });
  assert.equal((await one.closed).code, 4011);
  fails = false;
  await using two = await ClientTransport.connect({ url: host.url(), hashes });
  const [, transport] = sessions;
  assert.ok(transport);
  await echoes(transport, two);
});

Deno.test({
  name: 'WebTransportServer takes clients of both families on "::"',
  // Some machines, and most containers, have no IPv6.
  ignore: !Deno.networkInterfaces().some(({ address }) => address === "::1"),
  async fn() {
    await using host = await TestServer.start({ hostname: "::" });
    const { port } = host.server.address;
    const coming = host.session();
    await using client = await ClientTransport.connect({
      url: host.url().replace(/:\/\/.*?:\d+\//, `://127.0.0.1:${port}/`),
      hashes: [host.certificate.hash],
    });
    const session = await coming;
    assert.equal(session.remote, "127.0.0.1");
    await echoes(session.transport, client);
    // Deno's own client takes no address of IPv6 in a URL, so TLS has to do.
    const connection = await Deno.connectQuic({
      hostname: "::1",
      port,
      alpnProtocols: ["h3"],
      serverCertificateHashes: [{ algorithm: "sha-256", value: host.certificate.hash }],
    } as Deno.ConnectQuicOptions<false>);
    await until("it is in its handshake", () => host.server.handshakes === 1);
    connection.close();
    await until("it is gone", () => host.server.handshakes === 0);
  },
});
