import assert from "node:assert/strict";
import { parsePageOptions, withoutToken } from "../../web/options.ts";
import { webSocketUrl } from "../../web/worker/transports.ts";

Deno.test("parsePageOptions() reads the transport, the decoder, the token and the debug switch", () => {
  assert.deepEqual(
    parsePageOptions("http://h:1/?transport=webtransport&decoder=wasm&debug#token=a%2Bb"),
    {
      transport: "webtransport",
      decoder: "wasm",
      debug: true,
      token: "a+b",
      signInFailure: undefined,
    },
  );
  assert.deepEqual(parsePageOptions("http://h:1/?transport=pigeon&decoder=abacus#token="), {
    transport: "auto",
    decoder: "auto",
    debug: false,
    token: undefined,
    signInFailure: undefined,
  });
  assert.equal(parsePageOptions("http://h/#sign-in=denied").signInFailure, "denied");
});

Deno.test("withoutToken() leaves the rest of the address alone", () => {
  assert.equal(withoutToken("http://h/d/?debug#token=x"), "http://h/d/?debug");
  assert.equal(withoutToken("http://h/#panel=s&token=x"), "http://h/#panel=s");
  assert.equal(withoutToken("http://h/?debug#sign-in=denied"), "http://h/?debug");
  assert.equal(withoutToken("http://h/#about"), "http://h/#about");
});

Deno.test("webSocketUrl() stays below the page and as secure as it", () => {
  const path = "api/websocket?ticket=t";
  assert.equal(
    webSocketUrl(path, new URL("http://h:8080/desk/")).href,
    "ws://h:8080/desk/api/websocket?ticket=t",
  );
  assert.equal(
    webSocketUrl(path, new URL("https://h/")).href,
    "wss://h/api/websocket?ticket=t",
  );
});
