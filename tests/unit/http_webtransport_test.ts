import assert from "node:assert/strict";
import { createApp, type SessionAnswer } from "../../src/http/app.ts";
import { NoAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import type { Resolve, WebTransportPlace } from "../../src/http/webtransport_place.ts";

const HASH = new Uint8Array(32).fill(7);

/** What a page at some host is told of the WebTransport server, and what it may connect to. */
async function told(
  host: string,
  place: WebTransportPlace,
  { remote = "192.0.2.1", resolve = () => assert.fail("Nothing has to be resolved.") }: {
    remote?: string;
    resolve?: Resolve;
  } = {},
) {
  const app = createApp({
    client: await ClientFiles.of({ "index.html": new Uint8Array(1) }),
    auth: new NoAuthentication(),
    onViewer: () => assert.fail("Nobody connects."),
    health: () => ({ healthy: true, state: "live", viewers: 0 }),
    hostNames: [new URL(`http://${host}`).hostname],
    webtransport: () => place,
    resolve,
  });
  const remoteAddr = { transport: "tcp", hostname: remote, port: 4242 } as const;
  const response = await app.request(`http://${host}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json", "origin": `http://${host}`, host },
    body: "{}",
  }, { remoteAddr });
  assert.equal(response.status, 200, await response.clone().text());
  const { webtransport, transports } = await response.json() as SessionAnswer;
  assert.ok(webtransport);
  assert.deepEqual(transports, ["webtransport", "websocket"]);
  const policy = response.headers.get("content-security-policy") ?? "";
  return {
    ...webtransport,
    allowed: /connect-src 'self' (\S+?);/.exec(policy)?.[1],
  };
}

Deno.test("POST /api/session says where WebTransport is, with a ticket and the hashes", async () => {
  const answer = await told("skerry.example:8080", { port: 8080, hashes: [HASH, HASH] });
  assert.equal(answer.hostname, undefined, "the page's own");
  assert.equal(answer.port, 8080);
  assert.match(answer.path, /^\/api\/webtransport\?ticket=\S{20,}$/);
  assert.deepEqual(answer.certificateHashes, [HASH.toBase64(), HASH.toBase64()]);
  assert.equal(answer.allowed, "https://skerry.example:8080");
});

Deno.test("POST /api/session gives the address that is advertised, whatever the page's", async () => {
  const place = { hostname: "udp.example", port: 4433, hashes: [HASH] };
  for (const host of ["skerry.example", "localhost:8080"]) {
    const answer = await told(host, place);
    assert.equal(answer.hostname, "udp.example");
    assert.equal(answer.allowed, "https://udp.example:4433");
  }
});

Deno.test("POST /api/session spares a page on localhost the name that Chromium takes for ::1", async () => {
  const four = await told("localhost:8080", { address: "127.0.0.1", port: 8080, hashes: [HASH] });
  assert.equal(four.hostname, "127.0.0.1");
  assert.equal(four.allowed, "https://127.0.0.1:8080");
  const all = await told("localhost:8080", { address: "0.0.0.0", port: 8080, hashes: [HASH] });
  assert.equal(all.hostname, "127.0.0.1");
  const six = await told("localhost:8080", { address: "::1", port: 8080, hashes: [HASH] });
  assert.equal(six.hostname, "::1");
  // A certificate that an authority has signed is for its names only.
  const own = await told("localhost:8080", { address: "127.0.0.1", port: 8080, hashes: [] });
  assert.equal(own.hostname, undefined);
});

/** A machine that DNS knows two addresses of, and itself one more. */
const resolve: Resolve = (_name, family) =>
  Promise.resolve(
    family === 4 ? ["127.0.1.1", "198.51.100.7"] : ["::1", "2001:db8::7"],
  );

Deno.test("POST /api/session names an address of the family that the server listens on", async () => {
  const host = "skerry.example:8080";
  const place = (address: string) => ({ address, port: 8080, hashes: [HASH] });
  const four = await told(host, place("0.0.0.0"), { resolve });
  assert.equal(four.hostname, "198.51.100.7");
  assert.equal(four.allowed, "https://*:8080", "no address but 127.0.0.1 can be named there");
  const six = await told(host, place("2001:db8::7"), { resolve });
  assert.equal(six.hostname, "2001:db8::7");
  // Where it listens on both, the page's name will do.
  const both = await told(host, place("::"));
  assert.equal(both.hostname, undefined);
  assert.equal(both.allowed, "https://skerry.example:8080");
  // A page on the same machine gets by loopback where the name leads there.
  const here = await told(host, place("0.0.0.0"), { resolve, remote: "127.0.0.1" });
  assert.equal(here.hostname, "127.0.1.1");
  const known = await told(host, place("198.51.100.7"), { resolve, remote: "127.0.0.1" });
  assert.equal(known.hostname, "198.51.100.7");
});

Deno.test("POST /api/session leaves a name alone that is an address, certified or not to be resolved", async () => {
  const place = { address: "0.0.0.0", port: 8080, hashes: [HASH] };
  for (const host of ["198.51.100.7:8080", "[2001:db8::7]:8080"]) {
    assert.equal((await told(host, place)).hostname, undefined);
  }
  assert.equal((await told("skerry.example:8080", { ...place, hashes: [] })).hostname, undefined);
  const fails: Resolve = () => Promise.reject(new Error("ENOTFOUND"));
  assert.equal(
    (await told("skerry.example:8080", place, { resolve: fails })).hostname,
    undefined,
  );
  // It is not waited for either.
  const late: Resolve = () => new Promise(() => {});
  assert.equal((await told("skerry.example:8080", place, { resolve: late })).hostname, undefined);
  const loopback: Resolve = () => Promise.resolve(["127.0.1.1"]);
  assert.equal(
    (await told("skerry.example:8080", place, { resolve: loopback })).hostname,
    undefined,
  );
});
