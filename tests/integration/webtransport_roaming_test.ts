import assert from "node:assert/strict";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import { WebTransportTransport as ClientTransport } from "../../web/worker/webtransport_transport.ts";
import { UdpRelay } from "../support/udp_relay.ts";
import { until } from "../support/until.ts";
import { TestServer } from "../support/webtransport.ts";

/** One way, in ms. */
const DELAY = 20;

/** The longest time without a frame between two times, in ms. */
function worstGap(arrivals: readonly number[], from: number, to: number): number {
  let last = arrivals.findLast((arrival) => arrival <= from) ?? from;
  let worst = 0;
  for (const arrival of [...arrivals.filter((arrival) => arrival > from && arrival <= to), to]) {
    worst = Math.max(worst, arrival - last);
    last = arrival;
  }
  return worst;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

Deno.test("WebTransportServer keeps a session whose client gets another address, and its frames coming", async () => {
  await using host = await TestServer.start();
  await using relay = UdpRelay.open(host.server.address.port);
  relay.delay = DELAY;
  const url = new URL(host.url());
  url.port = String(relay.port);
  const coming = host.session();
  await using client = await ClientTransport.connect({ url, hashes: [host.certificate.hash] });
  const { transport } = await coming;
  const arrivals: number[] = [];
  client.onflow = (flow) => flow.onmessage = () => arrivals.push(performance.now());
  const video = transport.openFlow(new Uint8Array(1), { delivery: "independent" });
  const frame = new Uint8Array(5000);
  const timer = setInterval(() => {
    if (hasRoom(transport, video, frame.length)) video.write(frame);
  }, 16);
  let moves = 0;
  transport.onmoved = () => moves++;
  const gaps: Record<"quiet" | "rebound", number[]> = { quiet: [], rebound: [] };
  try {
    await until("frames come", () => arrivals.length >= 30);
    for (let round = 0; round < 9; round++) {
      // In turns, so that both are measured on a machine that is equally busy.
      for (const kind of ["quiet", "rebound"] as const) {
        const ports = relay.clientPorts;
        const before = arrivals.length;
        const from = performance.now();
        if (kind === "rebound") {
          relay.rebind();
          assert.notDeepEqual(relay.clientPorts, ports);
        }
        await new Promise((resolve) => setTimeout(resolve, 400));
        await until("frames come", () => arrivals.length >= before + 5);
        gaps[kind].push(worstGap(arrivals, from, performance.now()));
      }
    }
    assert.equal(host.server.sessions, 1);
    assert.equal(moves, gaps.rebound.length);
    // A round trip for the server to hear of it and for frames to come there, and one for those that
    // were lost meanwhile. The rest is for machines that run tests.
    const longer = median(gaps.rebound) - median(gaps.quiet);
    assert.ok(longer < 200, `nothing came for ${longer} ms more: ${JSON.stringify(gaps)}`);
  } finally {
    clearInterval(timer);
  }
});

Deno.test("WebTransportServer ends a session whose path is cut, and so does its client", async () => {
  await using host = await TestServer.start({ limits: { idleTimeout: 1000 } });
  await using relay = UdpRelay.open(host.server.address.port);
  const url = new URL(host.url());
  url.port = String(relay.port);
  const coming = host.session();
  await using client = await ClientTransport.connect({ url, hashes: [host.certificate.hash] });
  const { transport } = await coming;
  relay.blocked = true;
  const [here, there] = await Promise.all([transport.closed, client.closed]);
  assert.deepEqual([here.clean, here.code], [false, 1006]);
  assert.deepEqual([there.clean, there.code], [false, 1006]);
  await until("the session has ended", () => host.server.sessions === 0);
});
