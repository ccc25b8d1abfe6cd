import assert from "node:assert/strict";
import { decodeVideoMessage, type VideoMessage } from "../../src/protocol/video_message.ts";
import { decodeMetadata } from "../../src/protocol/metadata.ts";
import type { EncodedFrame } from "../../src/session/screen_encoder.ts";
import { VideoBroadcast } from "../../src/session/video_broadcast.ts";
import { Viewer, type ViewerRole } from "../../src/session/viewer.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";

const HEADROOM = 256;
const CHANGED = [{ x: 1, y: 2, width: 3, height: 4 }];

function frame(keyframe: boolean, octets = 100): EncodedFrame {
  return {
    chunk: {
      data: new Uint8Array(HEADROOM + octets).fill(1, HEADROOM),
      headroom: HEADROOM,
      keyframe,
      timestampUs: 0,
      config: keyframe ? { codec: "vp8", codedWidth: 16, codedHeight: 16 } : undefined,
    },
    changed: CHANGED,
    grabbedAt: performance.now(),
    damageToGrab: 0,
    grab: 0,
    convert: 0,
    encode: 0,
  };
}

const hello = {
  type: "hello",
  protocol: 1,
  session: "s",
  viewer: "v",
  role: "control",
  display: { width: 16, height: 16, server: "xvnc", resizable: true },
  encoder: { name: "vp8enc", codec: "vp8" },
  startedAt: 0,
} as const;

/** A viewer over a transport in memory, and what arrives at its page. */
class Page implements AsyncDisposable {
  readonly received: VideoMessage[] = [];
  readonly viewer: Viewer;
  readonly #client;
  stalled = false;
  silent = false;

  constructor(id: string, role: ViewerRole = "control") {
    const [server, client] = memoryTransportPair();
    this.#client = client;
    client.onflow = (flow) => {
      flow.onmessage = () => {};
      if (decodeMetadata(flow.metadata).kind !== "video") return;
      flow.onmessage = (octets) => this.received.push(decodeVideoMessage(octets.slice()));
    };
    this.viewer = new Viewer({
      id,
      role,
      events: {
        hello: () => hello,
        oncontrol() {},
        oninput() {},
        onroom() {},
        onvideolost() {},
        onpath() {},
      },
    });
    this.viewer.attach(server);
    const real = Object.getOwnPropertyDescriptor(Viewer.prototype, "hasRoom")!.get!;
    Object.defineProperties(this.viewer, {
      hasRoom: { get: () => !this.stalled && real.call(this.viewer) },
      isBehind: { get: () => this.stalled },
      isSilent: { get: () => this.silent },
    });
  }

  async [Symbol.asyncDispose]() {
    await this.#client[Symbol.asyncDispose]();
    await this.viewer.transport?.[Symbol.asyncDispose]();
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve, 5));

Deno.test("VideoBroadcast wants a keyframe at once for the first viewer, and nothing before", async () => {
  const broadcast = new VideoBroadcast();
  assert.equal(broadcast.wanted, false);
  assert.equal(broadcast.keyframeDueAt, Infinity);
  await using page = new Page("1");
  broadcast.add(page.viewer);
  await settle();
  assert.equal(broadcast.wanted, true);
  assert.ok(broadcast.keyframeDueAt <= performance.now());
});

Deno.test("VideoBroadcast gives two viewers that join within a second one keyframe", async () => {
  const broadcast = new VideoBroadcast();
  await using first = new Page("1");
  await using second = new Page("2");
  broadcast.add(first.viewer);
  broadcast.deliver(frame(true), { topOff: false });
  broadcast.deliver(frame(false), { topOff: false });
  broadcast.add(second.viewer);
  broadcast.deliver(frame(false), { topOff: false });
  await settle();
  assert.equal(broadcast.keyframeDueAt, Infinity);
  for (const { received } of [first, second]) {
    assert.deepEqual(received.map(({ keyframe }) => keyframe), [true, false, false]);
    assert.deepEqual(received.map(({ sequence }) => sequence), [0, 1, 2]);
  }
});

Deno.test("VideoBroadcast makes a keyframe as small as the slowest needs it who waits for it", async () => {
  const broadcast = new VideoBroadcast();
  await using fast = new Page("1");
  await using slow = new Page("2", "view");
  const allow = ({ viewer }: Page, mostBits: number) =>
    Object.defineProperty(viewer, "gate", { get: () => ({ decide: () => ({ mostBits }) }) });
  allow(fast, 1_000_000);
  allow(slow, 100_000);
  broadcast.add(fast.viewer);
  const bits = (keyframe: boolean) => broadcast.decide({ changedAt: 0, keyframe }).mostBits;
  assert.equal(bits(true), 1_000_000);
  broadcast.add(slow.viewer);
  assert.equal(bits(true), 100_000);
  // What it does not get is not made for it.
  assert.equal(bits(false), 1_000_000);
  slow.stalled = true;
  assert.equal(bits(true), 1_000_000);
});

Deno.test("VideoBroadcast never lets a slow viewer gate the pacing one, and gives it a keyframe later", async () => {
  const broadcast = new VideoBroadcast();
  await using fast = new Page("1");
  await using slow = new Page("2", "view");
  broadcast.add(fast.viewer);
  broadcast.add(slow.viewer);
  broadcast.deliver(frame(true), { topOff: false });
  slow.stalled = true;
  broadcast.deliver(frame(false), { topOff: false });
  assert.equal(broadcast.hasRoom, true);
  await settle();
  assert.equal(fast.received.length, 2);
  assert.equal(slow.received.length, 1);
  // While it has no room a keyframe would be lost as well.
  assert.equal(broadcast.keyframeDueAt, Infinity);
  slow.stalled = false;
  assert.ok(broadcast.keyframeDueAt < Infinity);
  broadcast.deliver(frame(false), { topOff: false });
  broadcast.deliver(frame(true), { topOff: false });
  await settle();
  assert.deepEqual(slow.received.map(({ sequence }) => sequence), [0, 3]);
});

Deno.test("VideoBroadcast names an input to the viewer that made it, and to no other", async () => {
  const broadcast = new VideoBroadcast();
  await using typist = new Page("1");
  await using other = new Page("2");
  broadcast.add(typist.viewer);
  broadcast.add(other.viewer);
  broadcast.lastInput = { viewer: typist.viewer, sequence: 42, at: performance.now() - 3 };
  broadcast.begin();
  // Came while the frame was encoded, which therefore cannot show it.
  broadcast.lastInput = { viewer: typist.viewer, sequence: 43, at: performance.now() };
  broadcast.deliver(frame(true), { topOff: false });
  await settle();
  assert.equal(typist.received[0]?.lastInput, 42);
  assert.ok(typist.received[0]!.inputToGrab >= 3000);
  assert.equal(other.received[0]?.lastInput, 0);
  assert.equal(other.received[0]?.inputToGrab, 0);
});

Deno.test("VideoBroadcast says where the picture changed, and nothing of that for whole pictures", async () => {
  const broadcast = new VideoBroadcast();
  await using page = new Page("1");
  broadcast.add(page.viewer);
  broadcast.deliver(frame(true), { topOff: false });
  broadcast.deliver(frame(false), { topOff: false });
  broadcast.deliver(frame(false), { topOff: true });
  await settle();
  assert.deepEqual(page.received.map(({ changed }) => changed), [[], CHANGED, []]);
});

Deno.test("VideoBroadcast hands the pace on when the pacing viewer leaves", async () => {
  const broadcast = new VideoBroadcast();
  await using first = new Page("1");
  await using second = new Page("2");
  broadcast.add(first.viewer);
  broadcast.add(second.viewer);
  broadcast.setPacing(second.viewer);
  second.stalled = true;
  assert.equal(broadcast.hasRoom, false);
  broadcast.remove(second.viewer);
  assert.equal(broadcast.hasRoom, true);
  broadcast.remove(first.viewer);
  assert.equal(broadcast.hasRoom, false);
});

Deno.test("VideoBroadcast.restart() lets nobody decode before the next keyframe", async () => {
  const broadcast = new VideoBroadcast();
  await using page = new Page("1");
  broadcast.add(page.viewer);
  broadcast.deliver(frame(true), { topOff: false });
  broadcast.restart();
  broadcast.deliver(frame(false), { topOff: false });
  assert.ok(broadcast.keyframeDueAt <= performance.now());
  broadcast.deliver(frame(true), { topOff: false });
  await settle();
  assert.deepEqual(page.received.map(({ keyframe }) => keyframe), [true, true]);
});

Deno.test("VideoBroadcast waits for no viewer that is silent, and for it again when it is not", async () => {
  const broadcast = new VideoBroadcast();
  await using first = new Page("1");
  await using second = new Page("2", "view");
  broadcast.add(first.viewer);
  broadcast.add(second.viewer);
  broadcast.deliver(frame(true), { topOff: false });
  first.stalled = first.silent = true;
  assert.equal(broadcast.hasRoom, true);
  broadcast.deliver(frame(false), { topOff: false });
  await settle();
  assert.deepEqual([first, second].map(({ received }) => received.length), [1, 2]);
  first.silent = false;
  assert.equal(broadcast.hasRoom, false);
  second.silent = first.silent = true;
  assert.equal(broadcast.hasRoom, false);
});

Deno.test("VideoBroadcast.urgent is true from an input of the pacing viewer's to the next frame", async () => {
  const broadcast = new VideoBroadcast();
  await using first = new Page("1");
  await using second = new Page("2", "view");
  broadcast.add(first.viewer);
  broadcast.add(second.viewer);
  assert.equal(broadcast.urgent, false);
  broadcast.lastInput = { viewer: first.viewer, sequence: 1, at: performance.now() };
  assert.equal(broadcast.urgent, true);
  broadcast.begin();
  assert.equal(broadcast.urgent, false);
  broadcast.lastInput = { viewer: second.viewer, sequence: 1, at: performance.now() };
  assert.equal(broadcast.urgent, false);
});
