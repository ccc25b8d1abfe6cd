import assert from "node:assert/strict";
import { Invitations } from "../../src/http/invitations.ts";
import { decodeServerMessage, type Sharing } from "../../src/protocol/control_message.ts";
import { decodeMetadata } from "../../src/protocol/metadata.ts";
import { SharingFeature } from "../../src/session/sharing_feature.ts";
import type { MemoryTransport } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { connect, serverViewer } from "../support/server_viewer.ts";

/** What a page is told of sharing, the oldest first. */
function told(transport: MemoryTransport): Sharing[] {
  const told: Sharing[] = [];
  transport.onflow = (flow) => {
    const { kind } = decodeMetadata(flow.metadata);
    flow.onmessage = (octets) => {
      if (kind !== "control") return;
      const message = decodeServerMessage(octets);
      if (message.type === "sharing") told.push(message);
    };
  };
  return told;
}

function bench() {
  const clock = new VirtualClock();
  const invitations = new Invitations();
  const sharing = new SharingFeature(
    invitations,
    undefined,
    (ms, callback) => clock.schedule(ms, callback),
  );
  return { clock, invitations, sharing };
}

Deno.test("SharingFeature tells the others once of all that one asks for at a time", async () => {
  const { clock, invitations, sharing } = bench();
  await using feature = sharing;
  const [owner, other] = [serverViewer("control"), serverViewer("control")];
  const news = told(other.transport);
  feature.onjoin(owner.viewer);
  feature.onjoin(other.viewer);
  await clock.advance(1000);
  await other.transport.ping();
  const before = news.length;
  // So much that nobody could have read it, were it said one by one.
  for (let count = 0; count < 5000; count++) {
    feature.oncontrol(owner.viewer, { type: "share", ask: { action: "invite", role: "view" } });
  }
  await clock.advance(1000);
  await other.transport.ping();
  assert.equal(other.transport.statistics.bytesReceived > 0, true);
  assert.ok(news.length - before <= 2, `${news.length - before} messages`);
  assert.deepEqual(news.at(-1)?.links.map(({ id }) => id), invitations.all.map(({ id }) => id));
  for (const { transport } of [owner, other]) await transport[Symbol.asyncDispose]();
});

Deno.test("SharingFeature keeps only the newest for who is away, and tells it on return", async () => {
  const { clock, invitations, sharing } = bench();
  await using feature = sharing;
  const [owner, other] = [serverViewer("control"), serverViewer("control")];
  feature.onjoin(owner.viewer);
  feature.onjoin(other.viewer);
  await other.transport[Symbol.asyncDispose]();
  feature.onpath(other.viewer);
  for (let count = 0; count < 3; count++) {
    feature.oncontrol(owner.viewer, { type: "share", ask: { action: "invite", role: "view" } });
    await clock.advance(1000);
  }
  const transport = connect(other.viewer);
  const news = told(transport);
  feature.onpath(other.viewer);
  await transport.ping();
  assert.equal(news.length, 1);
  assert.equal(news[0]?.links.length, invitations.all.length);
  // Nothing is new since.
  feature.onpath(other.viewer);
  await transport.ping();
  assert.equal(news.length, 1);
  for (const each of [owner.transport, transport]) await each[Symbol.asyncDispose]();
});
