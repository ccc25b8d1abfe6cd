import assert from "node:assert/strict";
import {
  AUDIO_VERSION,
  type AudioMessage,
  decodeAudioMessage,
} from "../../src/protocol/audio_message.ts";
import type { Transport } from "../../src/protocol/flow.ts";
import { decodeMetadata } from "../../src/protocol/metadata.ts";
import { AudioChannel } from "../../src/session/audio_channel.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";

const SOUND = { send: true, silenceFollows: false };
const LAST = { send: true, silenceFollows: true };
const SILENCE = { send: false, silenceFollows: true };

const packet = (index: number, octets = 1) => ({
  data: new Uint8Array(octets).fill(index),
  captureTime: 1000 + index * 10_000,
  duration: 10_000,
});

/** A transport of some kind, and what comes out at its other end. */
function line(kind: Transport["kind"]) {
  const [near, far] = memoryTransportPair();
  Object.defineProperty(near, "kind", { value: kind });
  const received: AudioMessage[] = [];
  let closed = 0;
  far.onflow = (flow) => {
    assert.deepEqual(decodeMetadata(flow.metadata), {
      kind: "audio",
      version: AUDIO_VERSION,
      format: "opus",
    });
    flow.onmessage = (octets) => received.push(decodeAudioMessage(octets.slice()));
    flow.onclose = () => closed++;
  };
  return {
    near,
    received,
    closed: () => closed,
    async [Symbol.asyncDispose]() {
      await near[Symbol.asyncDispose]();
      await far[Symbol.asyncDispose]();
    },
  };
}

/** Lets messages arrive. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

Deno.test("AudioChannel sends sound, and of silence only what comes first", async () => {
  await using there = line("websocket");
  using channel = new AudioChannel({ transport: there.near });
  channel.send(packet(0), SILENCE);
  channel.send(packet(1), SILENCE);
  channel.send(packet(2), SOUND);
  channel.send(packet(3), LAST);
  channel.send(packet(4), SILENCE);
  await settle();
  assert.deepEqual(
    there.received.map(({ packet, sequence }) => [packet[0], sequence]),
    [[0, 0], [2, 1], [3, 2]],
  );
  assert.deepEqual(
    there.received.map(({ silenceFollows }) => silenceFollows),
    [true, false, true],
  );
});

Deno.test("AudioChannel goes on by another transport under the next numbers", async () => {
  await using first = line("websocket");
  await using second = line("webtransport");
  const listener: { transport: Transport | undefined } = { transport: undefined };
  using channel = new AudioChannel(listener);
  channel.send(packet(0), SOUND);
  listener.transport = first.near;
  channel.send(packet(1), SOUND);
  await settle();
  listener.transport = second.near;
  channel.send(packet(2), SOUND);
  await settle();
  assert.deepEqual(first.received.map(({ packet }) => packet[0]), [1]);
  assert.equal(first.closed(), 1);
  assert.deepEqual(second.received.map(({ packet, sequence }) => [packet[0], sequence]), [[2, 1]]);
});

Deno.test("AudioChannel repeats packets where some get lost, if it is told to", async () => {
  for (
    const [kind, repeats, expected] of [
      // The last one before silence comes so many times more.
      ["webtransport", 1, [[], [0], [1], [2], [2], [], []]],
      ["webtransport", 2, [[], [0], [1, 0], [2, 1], [2, 1], [2, 1], [], []]],
      ["webtransport", 0, [[], [], [], [], [], []]],
      ["websocket", 2, [[], [], [], [], [], []]],
    ] as const
  ) {
    await using there = line(kind);
    using channel = new AudioChannel({ transport: there.near });
    channel.repeats = repeats;
    channel.send(packet(0), SOUND);
    channel.send(packet(1), SOUND);
    channel.send(packet(2), SOUND);
    channel.send(packet(3), LAST);
    channel.send(packet(30), SOUND);
    channel.send(packet(32), SOUND);
    await settle();
    const repeated = there.received.map(({ repeated }) => repeated.map(([first]) => first));
    assert.deepEqual(repeated, expected, kind);
  }
});

Deno.test("AudioChannel repeats no more than a datagram has room for", async () => {
  await using there = line("webtransport");
  using channel = new AudioChannel({ transport: there.near });
  channel.repeats = 2;
  for (const [index, octets] of [300, 300, 300, 640, 640, 100].entries()) {
    channel.send(packet(index, octets), SOUND);
  }
  await settle();
  assert.deepEqual(
    there.received.map(({ repeated }) => repeated.map(([first]) => first)),
    [[], [0], [1, 0], [2], [], [4]],
  );
});

Deno.test("AudioChannel ends its flow and not the transport", async () => {
  await using there = line("websocket");
  const channel = new AudioChannel({ transport: there.near });
  channel.send(packet(0), SOUND);
  await settle();
  channel[Symbol.dispose]();
  channel[Symbol.dispose]();
  await settle();
  assert.equal(there.closed(), 1);
  there.near.openFlow(new Uint8Array(1)).close();
});
