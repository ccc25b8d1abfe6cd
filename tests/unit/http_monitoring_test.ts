import assert from "node:assert/strict";
import { type AppOptions, createApp } from "../../src/http/app.ts";
import { Attempts } from "../../src/http/attempts.ts";
import { TokenAuthentication } from "../../src/http/auth.ts";
import { ClientFiles } from "../../src/http/client_files.ts";
import { Invitations } from "../../src/http/invitations.ts";
import { Metrics } from "../../src/metrics.ts";
import { TrafficCounter } from "../../src/traffic_counter.ts";
import { SessionCounters } from "../../src/session/session_counters.ts";
import { serverViewer } from "../support/server_viewer.ts";

const TOKEN = "open sesame";

async function siteOf(options: Partial<AppOptions> = {}) {
  const app = createApp({
    client: await ClientFiles.of({ "index.html": new TextEncoder().encode("page") }),
    auth: new TokenAuthentication(TOKEN),
    onViewer: () => assert.fail("Nobody connects."),
    health: () => ({ healthy: true, state: "live", viewers: 0 }),
    metrics: () => Promise.resolve({ contentType: "text/plain", text: "figures" }),
    ...options,
  });
  return async (path: string, headers: Record<string, string> = {}) => {
    const remoteAddr = { transport: "tcp", hostname: "192.0.2.1", port: 4242 } as const;
    const init = { headers: { host: "127.0.0.1:8080", ...headers } };
    const response = await app.request(`http://127.0.0.1:8080${path}`, init, { remoteAddr });
    return { status: response.status, text: await response.text() };
  };
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

Deno.test("GET /metrics is for the owners of the session only", async () => {
  const invitations = new Invitations();
  const get = await siteOf({ invitations });
  const none = await get("/metrics");
  assert.equal(none.status, 401);
  assert.doesNotMatch(none.text, /figures/);
  assert.equal((await get("/metrics", bearer("wrong"))).status, 401);
  assert.deepEqual(await get("/metrics", bearer(TOKEN)), { status: 200, text: "figures" });
  const guest = await get("/metrics", bearer(invitations.create("control")!.token));
  assert.equal(guest.status, 403);
  assert.equal(
    (await (await siteOf({ metrics: undefined! }))("/metrics", bearer(TOKEN))).status,
    404,
  );
});

Deno.test("GET /metrics has a token of its own, which opens nothing else and cannot be guessed for long", async () => {
  const metricsToken = "for the collector";
  const attempts = new Attempts({ remote: { capacity: 2, rate: 0.001 } });
  const get = await siteOf({ metricsToken, attempts });
  assert.equal((await get("/metrics", bearer(metricsToken))).status, 200);
  assert.equal((await get("/metrics", bearer(TOKEN))).status, 200);
  for (const status of [401, 401, 429]) {
    assert.equal((await get("/metrics", bearer("guess"))).status, status);
  }
  assert.equal((await get("/metrics", bearer(metricsToken))).status, 429);
  const other = await siteOf({ metricsToken });
  assert.equal((await other("/api/session", bearer(metricsToken))).status, 404);
});

Deno.test("GET /readyz tells whether a viewer would be served now", async () => {
  const stop = new AbortController();
  const get = await siteOf({ signal: stop.signal });
  assert.deepEqual(await get("/readyz"), {
    status: 200,
    text: '{"status":"ready","state":"live"}',
  });
  const full = await siteOf({ maxViewers: 0 });
  assert.deepEqual(await full("/readyz"), {
    status: 503,
    text: '{"status":"full","state":"live"}',
  });
  const lost = await siteOf({
    health: () => ({ healthy: false, state: "encoder-lost", viewers: 1 }),
  });
  assert.equal((await lost("/readyz")).status, 503);
  stop.abort();
  assert.equal((await get("/readyz")).status, 503);
  // It lives all the same, while it stops.
  assert.equal((await get("/healthz")).status, 200);
});

Deno.test("Metrics tells of viewers, what they were sent, and forgets those that have left", async () => {
  const counts = new SessionCounters();
  const viewers = new Set<ReturnType<typeof serverViewer>["viewer"]>();
  const traffic = new TrafficCounter();
  const metrics = new Metrics({
    session: { state: "live", viewers, counts },
    ready: () => true,
    signIns: { size: 3 },
    traffic,
  });
  const { transport, viewer } = serverViewer("control");
  viewers.add(viewer);
  traffic.add(viewer.transport!);
  counts.frame(20, 1000);
  counts.frame(30, 500);
  for (let path = 0; path < 3; path++) counts.path(viewer);
  const { text } = await metrics.read();
  for (
    const line of [
      /^# TYPE skerry_frames_encoded_total counter$/m,
      /^skerry_frames_encoded_total 2$/m,
      /^skerry_encode_seconds_total 0.05$/m,
      /^skerry_video_bytes_total 1500$/m,
      /^skerry_failovers_total 2$/m,
      /^skerry_ready 1$/m,
      /^skerry_sign_ins 3$/m,
      /^skerry_viewers\{transport="websocket",role="control"\} 0$/m,
      /^process_resident_memory_bytes \d{7,}$/m,
    ]
  ) assert.match(text, line);
  await transport.ping();
  await viewer.transport!.ping();
  const figure = (text: string) =>
    Number(/^skerry_viewer_rtt_seconds\{viewer="\d+",transport="memory"\} (\S+)$/m.exec(text)?.[1]);
  assert.ok(figure((await metrics.read()).text) >= 0);
  viewers.delete(viewer);
  assert.doesNotMatch((await metrics.read()).text, /skerry_viewer_rtt_seconds\{/);
  transport.close();
  await transport.closed;
});

Deno.test("Metrics sums what all connections of a kind carry, also those that have ended", async () => {
  const traffic = new TrafficCounter();
  const metrics = new Metrics({
    session: { state: "live", viewers: new Set(), counts: new SessionCounters() },
    ready: () => false,
    signIns: { size: 0 },
    traffic,
  });
  const { transport, viewer } = serverViewer("view");
  const ours = viewer.transport!;
  const named = new Proxy(ours, {
    get: (target, name) =>
      name === "kind" ? "websocket" : Reflect.get(target, name, target) as unknown,
  });
  traffic.add(named);
  await transport.ping();
  const sent = async () =>
    Number(
      /^skerry_sent_bytes_total\{transport="websocket"\} (\d+)$/m.exec((await metrics.read()).text)
        ?.[1],
    );
  const before = await sent();
  assert.ok(before > 0);
  transport.close();
  await ours.closed;
  assert.ok(await sent() >= before);
  assert.match(
    (await metrics.read()).text,
    /^skerry_connections_total\{transport="websocket"\} 1$/m,
  );
});
