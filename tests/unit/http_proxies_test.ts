import assert from "node:assert/strict";
import fc from "fast-check";
import { TrustedProxies } from "../../src/http/proxies.ts";

const PROXY = { transport: "tcp", hostname: "10.0.0.5", port: 1 } as const;
const STRANGER = { transport: "tcp", hostname: "192.0.2.9", port: 1 } as const;
const SOCKET = { transport: "unix", path: "/run/skerry" } as const;

const FORWARDED = {
  "x-forwarded-for": "203.0.113.7, 10.0.0.9",
  "x-forwarded-host": "desk.example",
  "x-forwarded-proto": "https",
  "x-forwarded-prefix": "/desk/ada/",
};

function request(headers: Record<string, string> = {}) {
  return new Request("http://127.0.0.1:8080/", { headers: { host: "inside:8080", ...headers } });
}

Deno.test("TrustedProxies.peerOf() believes proxies that it was told of", () => {
  const proxies = new TrustedProxies(["10.0.0.0/8"]);
  assert.deepEqual(proxies.peerOf(request(FORWARDED), PROXY), {
    remote: "203.0.113.7",
    host: "desk.example",
    secure: true,
    prefix: "/desk/ada",
    proxied: true,
  });
});

Deno.test("TrustedProxies.peerOf() believes nobody else", () => {
  const direct = {
    remote: "192.0.2.9",
    host: "inside:8080",
    secure: false,
    prefix: "",
    proxied: false,
  };
  for (const list of [[], ["10.0.0.0/8"], ["unix"]]) {
    assert.deepEqual(new TrustedProxies(list).peerOf(request(FORWARDED), STRANGER), direct);
  }
  assert.equal(new TrustedProxies(["unix"]).peerOf(request(FORWARDED), SOCKET).proxied, true);
  assert.equal(new TrustedProxies(["::1"]).peerOf(request(FORWARDED), SOCKET).proxied, false);
});

Deno.test("TrustedProxies.peerOf() takes no address from whoever is in front of the proxies", () => {
  const proxies = new TrustedProxies(["10.0.0.5", "10.0.0.6"]);
  const remoteOf = (forwardedFor: string) =>
    proxies.peerOf(request({ "x-forwarded-for": forwardedFor }), PROXY).remote;
  assert.equal(remoteOf("127.0.0.1, 203.0.113.7, 10.0.0.6"), "203.0.113.7");
  assert.equal(remoteOf("203.0.113.7:4711"), "203.0.113.7");
  assert.equal(remoteOf("[2001:db8::1]:4711"), "2001:db8::1");
  assert.equal(remoteOf("nonsense"), "10.0.0.5");
  assert.equal(remoteOf("10.0.0.6"), "10.0.0.6");
});

Deno.test("TrustedProxies.peerOf() lets nothing but paths and hosts through", () => {
  const proxies = new TrustedProxies(["10.0.0.5"]);
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), fc.string({ maxLength: 40 }), (prefix, host) => {
      const headers = new Headers({ host: "inside:8080" });
      try {
        headers.set("x-forwarded-prefix", prefix);
        headers.set("x-forwarded-host", host);
      } catch {
        return; // No header can have that.
      }
      const peer = proxies.peerOf(new Request("http://inside:8080/", { headers }), PROXY);
      assert.match(peer.prefix, /^(\/[^\s;,"\\<>/]+)*$/);
      assert.match(peer.host, /^[\w.:[\]-]+$/);
    }),
  );
});

Deno.test("TrustedProxies refuses what is no address", () => {
  for (const entry of ["", "desk.example", "10.0.0.0/33", "10.0.0.0/", "10.0.0", "::/129"]) {
    assert.throws(() => new TrustedProxies([entry]), RangeError, entry);
  }
});
