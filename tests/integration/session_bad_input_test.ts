import assert from "node:assert/strict";
import { WebSocketTransport } from "../../src/transport/websocket.ts";
import { SkerryProcess } from "../support/skerry_process.ts";
import { TestViewer } from "../support/test_viewer.ts";
import { until } from "../support/until.ts";

/** Asks for a session; the answer is the response and, if it was granted, the WebSocket's URL. */
async function session(skerry: SkerryProcess, headers: Record<string, string>) {
  const response = await fetch(`${skerry.origin}api/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: "{}",
  });
  const body = await response.json();
  const path = body?.websocket?.path;
  const url = path && new URL(path, skerry.origin.replace(/^http/, "ws")).href as string;
  return { status: response.status, body, url };
}

const bearer = (skerry: SkerryProcess) => ({ authorization: `Bearer ${skerry.token}` });

async function ticketUrl(skerry: SkerryProcess): Promise<string> {
  const { url } = await session(skerry, bearer(skerry));
  assert.ok(url);
  return url;
}

/** Deno's can send headers; the types are the page's, whose cannot. */
const DenoWebSocket = WebSocket as unknown as new (
  url: string,
  options: { headers: Record<string, string> },
) => WebSocket;

/** A WebSocket as it comes, and how it ended. */
async function rawSocket(url: string, headers: Record<string, string> = {}) {
  const socket = new DenoWebSocket(url, { headers });
  socket.binaryType = "arraybuffer";
  const opened = new Promise<boolean>((resolve) => {
    socket.addEventListener("open", () => resolve(true), { once: true });
    socket.addEventListener("close", () => resolve(false), { once: true });
  });
  const closed = new Promise<CloseEvent>((resolve) =>
    socket.addEventListener("close", resolve, { once: true })
  );
  return { socket, opened: await opened, closed };
}

/** What no viewer sends: the same on every run. */
function garbage(length: number): Uint8Array<ArrayBuffer> {
  let state = length;
  return Uint8Array.from({ length }, () => {
    state = state * 1103515245 + 12345 & 0x7fffffff;
    return state >> 16;
  });
}

/** Octets that break the protocol, each in its own way. */
const GARBAGE: Readonly<Record<string, readonly (Uint8Array<ArrayBuffer> | string)[]>> = {
  "an empty message": [new Uint8Array(0)],
  "a text message": ["hello"],
  "an unknown message": [new Uint8Array([0x77, 1, 2, 3])],
  "data for a flow that is not open": [new Uint8Array([0x1d, 5, 1, 2, 3])],
  "a number without an end": [
    new Uint8Array([0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
  ],
  "noise": [garbage(1000), garbage(33), garbage(7), garbage(60_000)],
  "a megabyte of noise": [garbage(1_000_000)],
};

Deno.test("skerry stays up whatever is sent to it, and goes on for its other viewers", async (test) => {
  await using skerry = await SkerryProcess.start({ args: ["--", "sleep", "1000"] });
  const transport = await WebSocketTransport.connect(await ticketUrl(skerry));
  await using viewer = new TestViewer(transport);
  await viewer.hasFrames(1);

  await test.step("no token", async () => {
    const { body, status, url } = await session(skerry, {});
    assert.deepEqual([status, url], [401, undefined]);
    assert.match(body.error.message, /Sign in first: open the URL that Skerry printed/);
  });

  await test.step("a wrong token", async () => {
    const { body, status } = await session(skerry, { authorization: "Bearer guess" });
    assert.equal(status, 401);
    assert.match(body.error.message, /token is wrong/);
  });

  await test.step("a page of another site", async () => {
    const elsewhere = { origin: "https://elsewhere.example" };
    assert.equal((await session(skerry, { ...bearer(skerry), ...elsewhere })).status, 403);
    assert.equal((await rawSocket(await ticketUrl(skerry), elsewhere)).opened, false);
  });

  await test.step("a ticket for the second time", async () => {
    const url = await ticketUrl(skerry);
    const first = await rawSocket(url);
    assert.equal(first.opened, true);
    assert.equal((await rawSocket(url)).opened, false);
    first.socket.close();
    await first.closed;
  });

  await test.step("no ticket, and one that was never given", async () => {
    for (const query of ["", "?ticket=", "?ticket=AAAAAAAAAAAAAAAAAAAAAA"]) {
      const url = `${skerry.origin.replace(/^http/, "ws")}api/websocket${query}`;
      assert.equal((await rawSocket(url)).opened, false, query);
    }
  });

  for (const [name, messages] of Object.entries(GARBAGE)) {
    await test.step(`${name} after a good ticket`, async () => {
      const { closed, opened, socket } = await rawSocket(await ticketUrl(skerry));
      assert.equal(opened, true);
      for (const message of messages) socket.send(message);
      const { code } = await closed;
      assert.ok(code !== 1000 && code !== 1005, `It was closed with ${code}.`);
    });
  }

  await test.step("a viewer that just goes away", async () => {
    const { closed, socket } = await rawSocket(await ticketUrl(skerry));
    socket.close(4000);
    await closed;
  });

  const frames = viewer.frames.length;
  viewer.tell({ type: "request-keyframe", reason: "to see whether it lives" });
  await viewer.hasFrames(frames + 1);
  const health = await (await fetch(`${skerry.origin}healthz`)).json();
  assert.equal(health.status, "ok");
  await until(
    "the others are gone",
    async () => (await (await fetch(`${skerry.origin}healthz`)).json()).viewers === 1,
  );
  assert.doesNotMatch(skerry.stderr, /\[(error|fatal)\]/);
});
