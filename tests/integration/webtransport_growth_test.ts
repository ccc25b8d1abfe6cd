import assert from "node:assert/strict";
import type { Transport } from "../../src/protocol/flow.ts";
import { hasRoom } from "../../src/protocol/flow_gate.ts";
import { CertificateRotation, makeCertificate } from "../../src/tls/mod.ts";
import { collectGarbage } from "../support/garbage.ts";
import { TestServer } from "../support/webtransport.ts";

const HOUR = 3600_000;
/** How many access units there are in all, and after how many the memory is looked at. */
const UNITS = 40_000;
const STEP = 5_000;
/** How often the certificate changes in all. */
const ROTATIONS = 48;

/** Sends access units whenever there is room, and resolves when the last has been answered. */
async function stream(transport: Transport, first: number, end: number): Promise<number> {
  const video = transport.openFlow(new Uint8Array(1), { delivery: "independent" });
  const done = Promise.withResolvers<void>();
  let worst = 0;
  let answered = performance.now();
  transport.closed.then(({ reason }) => done.reject(new Error(`It ended: ${reason}`)));
  transport.onflow = (flow) => {
    flow.onmessage = (message) => {
      const now = performance.now();
      worst = Math.max(worst, now - answered);
      answered = now;
      const number = new DataView(message.buffer, message.byteOffset).getUint32(0);
      if (number === end - 1) done.resolve();
    };
  };
  let next = first;
  const fill = () => {
    for (; next < end; next++) {
      const unit = new Uint8Array(100 + (next * 7919) % 8000);
      if (!hasRoom(transport, video, unit.length)) return;
      new DataView(unit.buffer).setUint32(0, next);
      video.write(unit);
    }
  };
  transport.onroom = fill;
  fill();
  await done.promise;
  video.close();
  await video.closed;
  return worst;
}

Deno.test("WebTransportServer carries 40,000 access units through a day of rotation, and does not grow", async () => {
  let now = Date.now();
  // A day of certificates that each serve for half an hour.
  const rotation = await CertificateRotation.start({
    now: () => now,
    make: (validity) => makeCertificate(validity),
    validity: HOUR,
    margin: 60_000,
  });
  await using host = await TestServer.start({ certificate: rotation.current });
  const coming = host.session();
  await using client = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-check", "--config", new URL("../../deno.json", import.meta.url).pathname],
      ...["--allow-net", new URL("../support/counting_client.ts", import.meta.url).pathname],
      ...[host.url(), rotation.current.hash.toBase64()],
    ],
  }).spawn();
  const { transport } = await coming;
  const resident: number[] = [];
  let rotations = 0;
  const start = now;
  for (let unit = 0; unit < UNITS; unit += STEP) {
    for (let at = unit; at < unit + STEP; at += UNITS / ROTATIONS) {
      now = start + 24 * HOUR * at / UNITS + HOUR / 2;
      if (await rotation.rotate()) {
        rotations++;
        host.server.use(rotation.current);
      }
    }
    const worst = await stream(transport, unit, unit + STEP);
    assert.ok(worst < 5000, `nothing came for ${worst} ms`);
    await collectGarbage();
    resident.push(Deno.memoryUsage().rss / 2 ** 20);
  }
  assert.ok(rotations >= ROTATIONS - 2, `${rotations} rotations`);
  assert.equal(transport.statistics.outstandingBytes, 0);
  // What V8 and QUIC take at first, they keep; after that, a kilobyte for each unit would be 30 MB.
  const [, early = 0] = resident;
  const late = resident.at(-1) ?? 0;
  assert.ok(late - early < 15, `the process has grown: ${resident.map(Math.round).join(", ")} MiB`);
  await transport[Symbol.asyncDispose]();
  await client.status;
});
