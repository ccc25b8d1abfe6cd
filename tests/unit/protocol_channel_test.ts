import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Channel,
  CHANNEL_KINDS,
  MAX_CHANNEL_MESSAGE_OCTETS,
  maxQueuedOctets,
  ReplayedChannel,
} from "../../src/protocol/channel.ts";
import { ProtocolError, QueueFullError } from "../../src/protocol/errors.ts";
import { Priority } from "../../src/protocol/flow.ts";
import { MAX_KEPT_MESSAGES } from "../../src/protocol/replay.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { STANDBY, ViewerBench } from "../support/viewer_bench.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { PageChannels } from "../../web/channels.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A page and a server with a channel between them, and what has come at either end. */
class Rig {
  readonly bench = new ViewerBench();
  readonly server = this.bench.server.channel("clipboard");
  readonly page = this.bench.page.channel("clipboard");
  readonly atServer: string[] = [];
  readonly atPage: string[] = [];

  constructor() {
    this.server.onmessage = (octets) => void this.atServer.push(decoder.decode(octets));
    this.page.onmessage = (octets) => void this.atPage.push(decoder.decode(octets));
  }
}

Deno.test("ReplayedChannel carries messages both ways, whatever was sent before there was a path", async () => {
  const rig = new Rig();
  rig.server.send(encoder.encode("from the server"));
  rig.page.send(encoder.encode("from the page"));
  await rig.bench.join();
  rig.page.send(new Uint8Array());
  await rig.bench.pass(100);
  assert.deepEqual(rig.atPage, ["from the server"]);
  assert.deepEqual(rig.atServer, ["from the page", ""]);
  await rig.bench.pass(500);
  assert.equal(rig.server.queuedOctets, 0);
  assert.equal(rig.page.queuedOctets, 0);
});

Deno.test("ReplayedChannel delivers once and in order, whichever paths fail when", async () => {
  const fail = fc.constantFrom("block", "close", "activate", "join", "none");
  await fc.assert(
    fc.asyncProperty(fc.array(fail, { minLength: 1, maxLength: 12 }), async (steps) => {
      const rig = new Rig();
      const { bench } = rig;
      const paths = [await bench.join(), await bench.join()];
      let sent = 0;
      const send = () => {
        rig.server.send(encoder.encode(`${sent}`));
        rig.page.send(encoder.encode(`${sent++}`));
      };
      for (const step of steps) {
        send();
        send();
        const path = paths.find(({ server }) => server === bench.server.transport);
        if (step === "block") path?.block();
        else if (step === "close") path?.server.close();
        else if (step === "join") paths.push(await bench.join());
        else if (step === "activate") {
          const reserve = [...bench.page.paths].find((other) => other !== bench.pagePath);
          if (reserve !== undefined) bench.page.activate(reserve, STANDBY);
        }
        send();
        await bench.pass(30);
      }
      for (const path of paths) path.unblock();
      if (bench.page.active === undefined) await bench.join();
      await bench.pass(8000);
      // All paths may have been found silent, and given up.
      if (bench.page.active === undefined || bench.server.transport === undefined) {
        await bench.join();
        await bench.pass(3000);
      }
      const all = Array.from({ length: sent }, (_, index) => `${index}`);
      assert.deepEqual(rig.atServer, all);
      assert.deepEqual(rig.atPage, all);
    }),
    { numRuns: 25 },
  );
});

Deno.test("ReplayedChannel.send() refuses more than may wait, and ondrain says when to go on", async () => {
  const clock = new VirtualClock();
  const [near, far] = memoryTransportPair({
    clock,
    links: [{ delay: 10, rate: 1e6 }, { delay: 10, rate: 1e6 }],
  });
  for (const kind of CHANNEL_KINDS) {
    const channel = new ReplayedChannel(kind);
    const other = new ReplayedChannel(kind);
    let received = 0;
    other.onmessage = (octets) => void (received += octets.length);
    far.onflow = (flow) => flow.onmessage = (octets) => other.receive(octets);
    const chunk = new Uint8Array(MAX_CHANNEL_MESSAGE_OCTETS);
    let count = 0;
    assert.throws(() => {
      for (;; count++) channel.send(chunk);
    }, QueueFullError);
    assert.ok(count * chunk.length > maxQueuedOctets(kind) / 2);
    assert.ok(channel.queuedOctets <= maxQueuedOctets(kind));
    let drained = 0;
    channel.ondrain = () => {
      drained++;
      assert.ok(channel.queuedOctets < maxQueuedOctets(kind) / 2);
      if (drained < 3) { while (channel.queuedOctets < maxQueuedOctets(kind) / 2) send(); }
    };
    const send = () => {
      count++;
      channel.send(chunk);
    };
    channel.attach(near);
    await clock.advance(60_000);
    assert.equal(drained, 3);
    assert.equal(received, count * chunk.length);
  }
});

/** Sends the smallest messages until one is refused. */
function fill(channel: Channel): number {
  for (let sent = 0;; sent++) {
    try {
      channel.send(new Uint8Array(1));
    } catch (error) {
      assert.ok(error instanceof QueueFullError);
      return sent;
    }
  }
}

Deno.test("channels that refused one of many small messages say when to go on", async () => {
  const clock = new VirtualClock();
  const link = { delay: 10, rate: 1e6 };
  const [near, far] = memoryTransportPair({ clock, links: [link, link] });
  far.onflow = (flow) => flow.onmessage = () => {};
  const channel = new ReplayedChannel("files");
  const pages = new PageChannels(() => {});
  const page = pages.open("files");
  const drained: Channel[] = [];
  for (const end of [channel, page]) {
    end.ondrain = () => drained.push(end);
    assert.equal(fill(end), MAX_KEPT_MESSAGES);
    assert.ok(end.queuedOctets < maxQueuedOctets("files") / 2);
  }
  channel.attach(near);
  await clock.advance(1000);
  pages.handle({ type: "channel-delivered", kind: "files", octets: 5, messages: 1 });
  assert.deepEqual(drained, [channel, page]);
});

Deno.test("ReplayedChannel.send() refuses a message that is too large", () => {
  const channel = new ReplayedChannel("clipboard");
  assert.throws(() => channel.send(new Uint8Array(MAX_CHANNEL_MESSAGE_OCTETS + 1)), RangeError);
  assert.equal(channel.queuedOctets, 0);
});

Deno.test("ReplayedChannel.receive() refuses what is no message", () => {
  const channel = new ReplayedChannel("clipboard");
  for (const length of [0, 3, MAX_CHANNEL_MESSAGE_OCTETS + 5]) {
    assert.throws(() => channel.receive(new Uint8Array(length)), ProtocolError);
  }
  assert.throws(() => channel.receive(new Uint8Array(4)), ProtocolError);
});

Deno.test("Viewer takes no channel that no feature has asked for", async () => {
  const rig = new ViewerBench();
  const files = rig.page.channel("files");
  await rig.join();
  files.send(new Uint8Array(100));
  await rig.pass(500);
  assert.equal(files.queuedOctets, 0, "It is given up.");
});

Deno.test("ReplayedChannel.reset() forgets what was said to somebody else", async () => {
  const rig = new Rig();
  const first = await rig.bench.join();
  rig.page.send(encoder.encode("one"));
  rig.server.send(encoder.encode("one"));
  await rig.bench.pass(300);
  first.block();
  rig.page.send(encoder.encode("lost"));
  rig.bench.page.drop(rig.bench.pagePath!, { kind: "lost", detail: "" });
  await rig.bench.pass(100);
  const other = rig.bench.viewer("2");
  const atOther: string[] = [];
  const channel = other.channel("clipboard");
  channel.onmessage = (octets) => void atOther.push(decoder.decode(octets));
  channel.send(encoder.encode("hello"));
  await rig.bench.join(STANDBY, { server: other });
  rig.page.send(encoder.encode("two"));
  await rig.bench.pass(500);
  assert.deepEqual(atOther, ["two"]);
  assert.deepEqual(rig.atPage, ["one", "hello"]);
});

for (const delay of [5, 20, 100]) {
  const name =
    `ReplayedChannel of files uses a path of ${delay} ms each way, and leaves it to keys`;
  Deno.test(name, async () => {
    const clock = new VirtualClock();
    const rate = 1_250_000;
    const link = { delay, rate };
    const [near, far] = memoryTransportPair({ clock, links: [link, link] });
    const channel = new ReplayedChannel("files");
    const other = new ReplayedChannel("files");
    let received = 0;
    other.onmessage = (octets) => void (received += octets.length);
    const delays: number[] = [];
    far.onflow = (flow) => {
      flow.onmessage = (octets) => {
        if (flow.metadata.length > 1) return other.receive(octets);
        delays.push(clock.now() - new DataView(octets.buffer, octets.byteOffset).getFloat64(0));
      };
    };
    const keys = near.openFlow(new Uint8Array(1), { priority: Priority.FlashOverride });
    const chunk = new Uint8Array(48 * 1024);
    const send = () => {
      while (channel.queuedOctets + 2 * chunk.length < maxQueuedOctets("files")) {
        channel.send(chunk);
      }
    };
    channel.attach(near);
    channel.ondrain = send;
    send();
    const seconds = 10;
    for (let at = 0; at < seconds * 1000; at += 50) {
      await clock.advance(50);
      const key = new Uint8Array(16);
      new DataView(key.buffer).setFloat64(0, clock.now());
      keys.write(key);
    }
    await clock.advance(1000);
    delays.sort((a, b) => a - b);
    const middle = delays[delays.length >> 1]!;
    assert.ok(middle < delay + 25, `${middle} ms`);
    assert.ok(delays.at(-1)! < delay + 80, `${delays.at(-1)} ms`);
    // A long path is found out about slowly.
    assert.ok(received > 0.5 * rate * seconds, `${received} octets`);
  });
}
