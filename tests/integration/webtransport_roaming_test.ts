import assert from "node:assert/strict";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import { WebTransportTransport as ClientTransport } from "../../web/worker/webtransport_transport.ts";
import { UdpRelay } from "../support/udp_relay.ts";
import { until } from "../support/until.ts";
import { TestServer } from "../support/webtransport.ts";

Deno.test("WebTransportServer keeps a session whose client gets another address", async () => {
  await using host = await TestServer.start();
  await using relay = UdpRelay.open(host.server.address.port);
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
  }, 10);
  try {
    for (let round = 0; round < 5; round++) {
      const ports = relay.clientPorts;
      const before = arrivals.length;
      relay.rebind();
      const rebound = performance.now();
      await until("frames come by the new address", () => arrivals.length >= before + 30);
      assert.notDeepEqual(relay.clientPorts, ports);
      let last = rebound;
      let worst = 0;
      for (const arrival of arrivals.slice(before)) {
        worst = Math.max(worst, arrival - last);
        last = arrival;
      }
      // The way back opens again with the client's next packet, which is an ack or a ping.
      assert.ok(worst < 2500, `nothing came for ${worst} ms`);
    }
    assert.equal(host.server.sessions, 1);
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
