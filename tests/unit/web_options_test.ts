import assert from "node:assert/strict";
import { parsePageOptions, withoutToken } from "../../web/options.ts";
import { webSocketUrl } from "../../web/worker/transports.ts";

Deno.test("parsePageOptions() reads what the address asks for, and ignores what it cannot mean", () => {
  assert.deepEqual(
    parsePageOptions(
      "http://h:1/?transport=webtransport&decoder=wasm&monitor=2&debug#token=a%2Bb",
    ),
    {
      transport: "webtransport",
      decoder: "wasm",
      monitor: 2,
      debug: true,
      token: "a+b",
      signInFailure: undefined,
    },
  );
  assert.deepEqual(
    parsePageOptions("http://h:1/?transport=pigeon&decoder=abacus&monitor=65#token="),
    {
      transport: "auto",
      decoder: "auto",
      monitor: undefined,
      debug: false,
      token: undefined,
      signInFailure: undefined,
    },
  );
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
