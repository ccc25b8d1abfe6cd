import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { ClientFiles } from "../../src/http/client_files.ts";
import { ClientNotBuiltError } from "../../src/http/errors.ts";

const text = (content: string) => new TextEncoder().encode(content);
const SCRIPT = `console.log("${"a".repeat(1000)}");`;
const files = () =>
  ClientFiles.of({
    "index.html": text("<!doctype html>"),
    "main.js": text(SCRIPT),
    "icons/pointer.png": new Uint8Array(2000),
    "strange": text("?"),
  });

Deno.test("ClientFiles.respond() gives the page, files and their types", async () => {
  const client = await files();
  const types: Record<string, string> = {
    "": "text/html; charset=UTF-8",
    "index.html": "text/html; charset=UTF-8",
    "main.js": "text/javascript; charset=UTF-8",
    "icons/pointer.png": "image/png",
    "strange": "application/octet-stream",
  };
  for (const [path, type] of Object.entries(types)) {
    const response = client.respond(path, new Headers());
    assert.equal(response?.status, 200, path);
    assert.equal(response.headers.get("content-type"), type);
    await response.body?.cancel();
  }
  for (const path of ["nothing", "../deno.json", "icons", "icons/", "/index.html", "__proto__"]) {
    assert.equal(client.respond(path, new Headers()), undefined, path);
  }
});

Deno.test("ClientFiles.respond() compresses for those who take it", async () => {
  const client = await files();
  const ask = (encoding: string, path = "main.js") =>
    client.respond(path, new Headers({ "accept-encoding": encoding }))!;
  for (const encoding of ["gzip", "br, gzip;q=0.8", "*", "GZIP"]) {
    const response = ask(encoding);
    assert.equal(response.headers.get("content-encoding"), "gzip", encoding);
    const bytes = new Uint8Array(await response.arrayBuffer());
    assert.equal(response.headers.get("content-length"), String(bytes.byteLength));
    assert.equal(new TextDecoder().decode(gunzipSync(bytes)), SCRIPT);
  }
  for (const encoding of ["", "br", "gzip;q=0", "gzip; q=0.0", "x-gzip-not"]) {
    const response = ask(encoding);
    assert.equal(response.headers.get("content-encoding"), null, encoding);
    assert.equal(await response.text(), SCRIPT);
  }
  // Not worth it, or compressed already.
  for (const path of ["index.html", "icons/pointer.png"]) {
    const response = ask("gzip", path);
    assert.equal(response.headers.get("content-encoding"), null);
    await response.body?.cancel();
  }
});

Deno.test("ClientFiles.respond() answers 304 to a tag that still holds", async () => {
  const client = await files();
  const ask = (headers: HeadersInit) => client.respond("main.js", new Headers(headers))!;
  const first = ask({});
  await first.body?.cancel();
  const tag = first.headers.get("etag")!;
  assert.match(tag, /^"[^"]+"$/);
  for (const condition of [tag, `W/${tag}`, `"other", ${tag}`, "*"]) {
    const response = ask({ "if-none-match": condition });
    assert.equal(response.status, 304, condition);
    assert.equal(response.headers.get("etag"), tag);
    assert.equal(response.body, null);
  }
  const changed = ask({ "if-none-match": '"other"' });
  assert.equal(changed.status, 200);
  await changed.body?.cancel();
  const packed = ask({ "accept-encoding": "gzip" });
  await packed.body?.cancel();
  assert.notEqual(packed.headers.get("etag"), tag);
});

Deno.test("ClientFiles.load() reads a folder with its folders", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.mkdir(`${folder}/icons`);
    await Deno.writeTextFile(`${folder}/index.html`, "page");
    await Deno.writeTextFile(`${folder}/icons/100%.svg`, "<svg/>");
    const client = await ClientFiles.load(new URL(`file://${folder}`));
    assert.deepEqual(client.paths.sort(), ["icons/100%.svg", "index.html"]);
    assert.equal(await client.respond("icons/100%.svg", new Headers())?.text(), "<svg/>");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ClientFiles.load() says how to build what is missing", async () => {
  const missing = new URL("file:///nowhere/web/dist/");
  await assert.rejects(ClientFiles.load(missing), (error) => {
    assert.ok(error instanceof ClientNotBuiltError);
    assert.match(error.message, /"\/nowhere\/web\/dist\/"\. Build it with: deno task build/);
    return true;
  });
});
