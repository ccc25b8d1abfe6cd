/**
 * What is sent twice on a path that loses packets: keys as datagrams, frames on second streams.
 */

import assert from "node:assert/strict";
import { Priority } from "../../src/protocol/flow.ts";
import { frameHeader } from "../../src/protocol/frame_reader.ts";
import { LossWatch } from "../../src/protocol/loss_watch.ts";
import { encodeData } from "../../src/protocol/rtwebsocket_message.ts";
import {
  encodeWebtransportMessage,
  WEBTRANSPORT_VERSION,
  type WebtransportControl,
} from "../../src/protocol/webtransport_message.ts";
import { ratePaths } from "../../src/rate/rate_path.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { simulatedWebtransportPair } from "../support/webtransport_simulation.ts";

const LINK = { minRtt: 40, rate: 1_250_000 };
const makePath = ratePaths({ maxBitrate: 20_000, maxFrameRate: 60 });

Deno.test("LossWatch wants copies after some losses, and not for ever", () => {
  const watch = new LossWatch();
  watch.seen(1000);
  assert.equal(watch.wantsCopies(LINK, 1000), false);
  watch.seen(1500);
  assert.equal(watch.wantsCopies(LINK, 1500), true);
  assert.equal(watch.wantsCopies(LINK, 60_000), true);
  assert.equal(watch.wantsCopies(LINK, 61_500), false);
});

Deno.test("LossWatch counts what the peer reports once", () => {
  const watch = new LossWatch();
  for (let count = 0; count < 10; count++) watch.report(1, 1000);
  assert.equal(watch.wantsCopies(LINK, 1000), false);
  watch.report(0, 1000);
  watch.report(2, 1000);
  assert.equal(watch.wantsCopies(LINK, 1000), true);
  watch.report(Number.MAX_SAFE_INTEGER, 1000);
});

Deno.test("LossWatch wants none on a short path, nor where there is no room for them", () => {
  const watch = new LossWatch();
  watch.report(3, 1000);
  assert.equal(watch.wantsCopies({ ...LINK, minRtt: 5 }, 1000), false);
  assert.equal(watch.wantsCopies({ minRtt: 40, rate: undefined }, 1000), true);
  for (let at = 1000; at < 2000; at += 10) watch.sent(5000, at);
  assert.equal(watch.wantsCopies(LINK, 2000), false, "500 kB/s, twice, of 1250");
  assert.equal(watch.wantsCopies({ minRtt: 40, rate: 2_500_000 }, 2000), true);
  assert.equal(watch.wantsCopies(LINK, 2500), true);
});

/** Frames of 6 kB thirty times a second, and a key each 50 ms, on 10 Mbit/s with 40 ms RTT. */
async function desktop(loss: number, duration = 40_000) {
  const clock = new VirtualClock();
  const path = { rate: 1_250_000, delay: 20, loss };
  const { near, far, carrier } = simulatedWebtransportPair(clock, path, 1, makePath);
  const frames: number[] = [];
  const keys: number[] = [];
  const counts = [0, 0];
  far.onflow = (flow) => {
    const kind = flow.metadata[0] ?? 0;
    flow.onmessage = (message) => {
      const view = new DataView(message.buffer, message.byteOffset, message.length);
      assert.equal(view.getUint32(8), counts[kind], "each once, and in order");
      counts[kind]!++;
      (kind === 0 ? frames : keys).push(clock.now() - view.getFloat64(0));
    };
  };
  const video = near.openFlow(Uint8Array.of(0), {
    priority: Priority.Elevated,
    delivery: "independent",
  });
  const control = near.openFlow(Uint8Array.of(1), { priority: Priority.Flash });
  // Whoever sends keys may use the same octets for each.
  const key = new Uint8Array(20);
  const stamp = (message: Uint8Array<ArrayBuffer>, sequence: number) => {
    const view = new DataView(message.buffer);
    view.setFloat64(0, clock.now());
    view.setUint32(8, sequence);
    return message;
  };
  for (let sent = 0; sent < duration / 33; sent++) {
    clock.schedule(200 + sent * 33, () => video.write(stamp(new Uint8Array(6000), sent)));
  }
  for (let sent = 0; sent < duration / 50; sent++) {
    clock.schedule(200 + sent * 50, () => control.write(stamp(key, sent)));
  }
  await clock.advance(duration + 3000);
  assert.equal(near.statistics.outstandingBytes, 0);
  const sent = Math.ceil(duration / 33);
  assert.equal(frames.length, sent);
  near.close();
  await clock.advance(2000);
  const settled = <T>(values: readonly T[]) => values.slice(values.length / 4);
  return { frames: settled(frames), keys: settled(keys), sent, streams: carrier.streams };
}

function share(values: readonly number[], above: number): number {
  return values.filter((value) => value > above).length / values.length;
}

Deno.test("a path that loses nothing gets no copies", async () => {
  const { sent, streams } = await desktop(0);
  assert.equal(streams, sent);
});

Deno.test("copies spare frames and keys the round trip that a loss costs", async () => {
  const { frames, keys, sent, streams } = await desktop(0.01);
  assert.ok(streams > 1.7 * sent, `${streams} streams for ${sent} frames`);
  // One way takes 25 ms, and what is sent again 40 more. Of 5 packets one is lost each 20th time, and the
  // frame after it waits, too.
  const late = [share(frames, 45), share(keys, 45)];
  assert.ok(late[0]! < 0.02, `${late[0]} of the frames are late`);
  assert.ok(late[1]! < 0.005, `${late[1]} of the keys are late`);
});

Deno.test("losses of sound get a still desktop's rare frames copied, which overtake nothing", async () => {
  const clock = new VirtualClock();
  const { near, far } = simulatedWebtransportPair(
    clock,
    { rate: 1_250_000, delay: 20, loss: 0.01 },
    3,
    makePath,
  );
  const frames: number[] = [];
  let sounds = 0;
  far.onflow = (flow) => {
    const isSound = flow.metadata[0] === 1;
    flow.onmessage = (message) => {
      const value = new DataView(message.buffer, message.byteOffset).getFloat64(0);
      if (isSound) {
        if (value > sounds) far.lossSeen();
        sounds = value + 1;
      } else {
        frames.push(clock.now() - value);
      }
    };
  };
  const video = near.openFlow(Uint8Array.of(0), { delivery: "independent" });
  const sound = near.openFlow(Uint8Array.of(1), { delivery: "losable" });
  const message = (size: number, value: number) => {
    const octets = new Uint8Array(size);
    new DataView(octets.buffer).setFloat64(0, value);
    return octets;
  };
  for (let second = 0; second < 300; second++) {
    clock.schedule(1000 * second, () => video.write(message(6000, clock.now())));
    for (let packet = 0; packet < 10; packet++) {
      const number = 10 * second + packet;
      clock.schedule(1000 * second + 10 * packet, () => sound.write(message(160, number)));
    }
  }
  await clock.advance(303_000);
  assert.equal(frames.length, 300);
  // Of 5 packets one is lost each 20th time, and sent again 40 ms later.
  const late = share(frames.slice(60), 45);
  assert.ok(late < 0.02, `${late} of the frames are late`);
  near.close();
  await clock.advance(2000);
});

/** A far end with one flow open, and what it hands on. */
async function receiver() {
  const clock = new VirtualClock();
  const { far } = simulatedWebtransportPair(clock, { rate: 1e6, delay: 5, loss: 0 });
  const received: string[] = [];
  far.onflow = (flow) => {
    flow.onmessage = (message) => received.push(new TextDecoder().decode(message));
  };
  const framed = (octets: Uint8Array) =>
    far.receive(
      new Uint8Array([...frameHeader(octets.length), ...octets]),
    );
  const tell = (message: WebtransportControl) => framed(encodeWebtransportMessage(message));
  const octets = (text: string) => new TextEncoder().encode(text);
  far.receive(Uint8Array.of(WEBTRANSPORT_VERSION));
  tell({ type: "open", flow: 0, metadata: new Uint8Array(0) });
  await clock.advance(10);
  return {
    received,
    reliable: (text: string) => framed(encodeData(0, octets(text), 0, text.length)),
    latest: (index: number, after: number, text: string) =>
      tell({ type: "latest", flow: 0, index, after, octets: octets(text) }),
    copy: (before: number, index: number, text: string) =>
      far.receiveDatagram(
        encodeWebtransportMessage({ type: "copy", flow: 0, before, index, octets: octets(text) }),
      ),
    end: async () => {
      far.close();
      await clock.advance(2000);
      return await far.closed;
    },
  };
}

Deno.test("a copy counts in its turn only, and its message does not count again", async () => {
  const { copy, end, latest, received, reliable } = await receiver();
  copy(1, 0, "b");
  assert.deepEqual(received, [], "nobody has had what comes before it");
  copy(0, 0, "a");
  copy(0, 0, "a");
  copy(1, 0, "b");
  assert.deepEqual(received, ["a", "b"]);
  reliable("a");
  reliable("b");
  reliable("c");
  copy(2, 0, "c");
  assert.deepEqual(received, ["a", "b", "c"]);
  // A replaceable message comes before it that is still under way.
  copy(3, 1, "click");
  assert.deepEqual(received, ["a", "b", "c"]);
  latest(1, 3, "move");
  copy(3, 1, "click");
  reliable("click");
  assert.deepEqual(received, ["a", "b", "c", "move", "click"]);
  assert.equal((await end()).error, undefined);
});

Deno.test("a copy on the reliable stream breaks the protocol", async () => {
  const clock = new VirtualClock();
  const { far, near } = simulatedWebtransportPair(clock, { rate: 1e6, delay: 5, loss: 0 });
  const octets = new Uint8Array(3);
  const frame = encodeWebtransportMessage({ type: "copy", flow: 0, before: 0, index: 0, octets });
  far.receive(new Uint8Array([WEBTRANSPORT_VERSION, ...frameHeader(frame.length), ...frame]));
  await clock.advance(2000);
  assert.match((await far.closed).error?.message ?? "", /datagrams only/);
  near.close();
  await clock.advance(2000);
});
