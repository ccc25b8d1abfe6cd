import assert from "node:assert/strict";
import { decodeServerMessage, type ServerMessage } from "../../src/protocol/control_message.ts";
import { decodeMetadata } from "../../src/protocol/metadata.ts";
import type { MemoryTransport } from "../../src/transport/memory.ts";
import { connect, serverViewer } from "../support/server_viewer.ts";
import { until } from "../support/until.ts";

/** Far more than anybody reads at a time. */
const MUCH = 6000;

/** What a page is told, the oldest first. */
function told(transport: MemoryTransport): ServerMessage[] {
  const told: ServerMessage[] = [];
  transport.onflow = (flow) => {
    const { kind } = decodeMetadata(flow.metadata);
    flow.onmessage = (octets) => {
      if (kind === "control") told.push(decodeServerMessage(octets));
    };
  };
  return told;
}

/** How something is, in the end, after it has changed more often than anybody reads. */
function flood(viewer: ReturnType<typeof serverViewer>["viewer"]): void {
  for (let number = 1; number <= MUCH; number++) {
    viewer.tell({ type: "status", state: "live", detail: `${number} ${"x".repeat(200)}` });
    if (number === MUCH / 2) viewer.tell({ type: "size", width: 640, height: 480 });
  }
}

/** That it has been told how things are, and has not been told all that was in between. */
async function isUpToDate(news: readonly ServerMessage[]): Promise<void> {
  const details = () => news.flatMap((each) => each.type === "status" ? [each.detail] : []);
  await until("the last is told", () => details().at(-1)?.startsWith(`${MUCH} `));
  assert.ok(news.some(({ type }) => type === "size"));
  assert.ok(details().length < MUCH / 2, `${details().length} were told`);
}

Deno.test("Viewer.tell() leaves out what is old, and sends nobody away, however much there is", async () => {
  const { transport: first, viewer } = serverViewer("view");
  await first[Symbol.asyncDispose]();
  const transport = connect(viewer);
  const news = told(transport);
  let gone = false;
  transport.closed.then(() => gone = true);
  flood(viewer);
  await isUpToDate(news);
  // In its order again, now that there is room.
  viewer.tell({ type: "status", state: "live", detail: "calm" });
  viewer.tell({ type: "size", width: 320, height: 200 });
  await transport.ping();
  assert.deepEqual(news.slice(-2).map(({ type }) => type), ["status", "size"]);
  assert.equal(gone, false);
  await transport[Symbol.asyncDispose]();
});

Deno.test("Viewer.tell() keeps little for who is away, and the newest in any case", async () => {
  const { transport, viewer } = serverViewer("view");
  await transport[Symbol.asyncDispose]();
  flood(viewer);
  const back = connect(viewer);
  await isUpToDate(told(back));
  await back[Symbol.asyncDispose]();
});
