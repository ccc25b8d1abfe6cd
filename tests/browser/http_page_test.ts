import assert from "node:assert/strict";
import { createApp } from "../../src/http/app.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { HttpServer } from "../../src/http/server.ts";
import { BROWSERS, TestBrowser } from "../support/browser.ts";
import { eventually } from "../support/eventually.ts";

/** The least page that uses what the client uses: a module, a style, a worker and its WebSocket. */
const FILES = {
  "index.html": `<!doctype html><html lang="en"><head><title>waiting</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="style.css"><script type="module" src="main.js"></script></head>
    <body><script>document.title = "inline script ran";</script></body></html>`,
  "style.css": "body { color: rgb(1, 2, 3); }",
  "main.js": `
    const json = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body),
      headers: { "content-type": "application/json" } }).then((answer) => answer.json());
    const token = new URLSearchParams(location.hash.slice(1)).get("token");
    await json("api/login", { token });
    const { websocket } = await json("api/session", {});
    const worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ({ data }) => { document.title = data; };
    worker.postMessage(new URL(websocket.path, location.href).href);`,
  "worker.js": `
    onmessage = ({ data }) => {
      const socket = new WebSocket(data);
      socket.onmessage = ({ data }) => postMessage(data);
      socket.onerror = () => postMessage("socket failed");
    };`,
};

for (const name of BROWSERS) {
  Deno.test(`createApp() serves a page whose worker gets its WebSocket, in ${name}`, async () => {
    const stop = new AbortController();
    const auth = new TokenAuthentication();
    const encoder = new TextEncoder();
    const app = createApp({
      client: await ClientFiles.of(
        Object.fromEntries(
          Object.entries(FILES).map(([path, content]) => [path, encoder.encode(content)]),
        ),
      ),
      auth,
      onViewer: (socket) => socket.send("connected"),
      health: () => ({ healthy: true, state: "live", viewers: 0 }),
      signal: stop.signal,
    });
    await using server = HttpServer.listen({ hostname: "127.0.0.1", port: 0, app });
    await using browser = await TestBrowser.launch(name);
    const page = await browser.open(`${server.url}#token=${auth.token}`);
    const title = await eventually(async () => {
      const title = await page.title();
      return title !== "waiting" && title;
    }, "another title");
    assert.equal(title, "connected", browser.log.join("\n"));
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(1, 2, 3)");
    assert.equal(await page.evaluate(() => crossOriginIsolated), true);
    // The cookie is out of the reach of scripts.
    assert.equal(await page.evaluate(() => document.cookie), "");
    // The policy blocked the inline script, and nothing else was complained about.
    const complaints = browser.log.filter((line) => !/inline/.test(line));
    assert.deepEqual(complaints, []);
    stop.abort();
  });
}
