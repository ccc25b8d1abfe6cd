/**
 * Sound from the server's channel to what is played, over a path that loses packets, and over one
 * that video fills; on a virtual clock.
 */

import assert from "node:assert/strict";
import { Priority, type ReceiveFlow, type Transport } from "../../src/protocol/flow.ts";
import { decodeAudioMessage } from "../../src/protocol/audio_message.ts";
import { AudioChannel } from "../../src/session/audio_channel.ts";
import { memoryTransportPair } from "../../src/transport/memory.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import type { FromPlayout, ToPlayout } from "../../web/audio/audio_messages.ts";
import { Playout } from "../../web/audio/playout.ts";
import type { SoundDecoder, SoundDecoderEvents } from "../../web/audio/sound_decoder.ts";
import { SoundPlayer } from "../../web/audio/sound_player.ts";
import { simulatedWebtransportPair } from "../support/webtransport_simulation.ts";

const PACKET_MS = 10;
/** 128 kbit/s. */
const PACKET_OCTETS = 160;
const QUANTUM = 128;
const RATE = 48_000;
const SOUND = { send: true, silenceFollows: false };

/** Gives out at once as many samples as were encoded. */
class InstantDecoder implements SoundDecoder {
  readonly closed = false;
  readonly #events: SoundDecoderEvents;

  constructor(events: SoundDecoderEvents) {
    this.#events = events;
  }

  decode(_packet: Uint8Array, timestamp: number, duration: number): void {
    const channels = [new Float32Array(duration * RATE / 1e6).fill(0.5)];
    this.#events.sound({ timestamp, channels });
  }

  close(): void {}
}

/** Sends a packet each 10 ms. */
function play(clock: VirtualClock, channel: AudioChannel, seconds: number): void {
  const data = new Uint8Array(PACKET_OCTETS).fill(1);
  const next = (index: number) => {
    if (index * PACKET_MS >= seconds * 1000) return;
    const captureTime = clock.now() * 1000;
    channel.send({ data, captureTime, duration: PACKET_MS * 1000 }, SOUND);
    clock.schedule(PACKET_MS, () => next(index + 1));
  };
  next(0);
}

/** The page's end: what comes of a flow is decoded and played. */
function listener(clock: VirtualClock, onwish: (repeats: number) => void) {
  const playout = new Playout(RATE, 1);
  const port = {
    onmessage: undefined as ((event: { data: FromPlayout }) => void) | undefined,
    postMessage(message: ToPlayout) {
      if (message.type === "samples") playout.push(message);
    },
    close() {},
  };
  const player = new SoundPlayer({
    createDecoder: (events) => new InstantDecoder(events),
    toViewer: (microseconds) => microseconds / 1000,
    pictureAge: () => undefined,
    now: () => clock.now(),
    repeatsChanged: () => onwish(player.repeats),
  });
  player.connect(port as unknown as MessagePort);
  const output = [new Float32Array(QUANTUM)];
  const render = (time: number) => {
    playout.render(output, time);
    clock.schedule(QUANTUM * 1000 / RATE, () => render(time + QUANTUM));
  };
  render(0);
  let missing = 0;
  return {
    onflow: (flow: ReceiveFlow) =>
      void (flow.onmessage = (octets) => void (missing += player.play(octets))),
    missing: () => missing,
    report: () => {
      const report = playout.report();
      port.onmessage?.({ data: { type: "report", report } });
      return { ...report, ...player.statistics()! };
    },
  };
}

Deno.test("sound has no gap in five minutes although one packet in a hundred is lost", async () => {
  const clock = new VirtualClock();
  // 10 Mbit/s and 40 ms RTT.
  const { near, far } = simulatedWebtransportPair(clock, {
    ...{ rate: 1_250_000, delay: 20, loss: 0.01 },
  });
  const transport: Transport = Object.assign(near, { kind: "webtransport" as const });
  using channel = new AudioChannel({ transport });
  const { missing, onflow, report } = listener(clock, (repeats) =>
    // The wish takes its time to get there.
    clock.schedule(20, () => void (channel.repeats = repeats)));
  channel.repeats = 1;
  far.onflow = onflow;
  play(clock, channel, 300);
  await clock.advance(299_000);
  const { repaired, losses, underruns, buffer } = report();
  assert.deepEqual([losses, underruns], [0, 0]);
  assert.ok(repaired > 200 && repaired < 400, `${repaired} repaired`);
  assert.equal(missing(), repaired, "each loss is told, and made up for");
  assert.ok(buffer < 50, `${buffer} ms`);
});

/** Sound beside more video than a link of 1 Mbit/s takes, which stands still for two seconds. */
async function besideVideo(): Promise<{ sequence: number; made: number; late: number }[]> {
  const clock = new VirtualClock();
  const link = { rate: 125_000, delay: 20, overhead: 46 };
  const [near, far] = memoryTransportPair({ clock, links: [link, link] });
  const heard: { sequence: number; made: number; late: number }[] = [];
  far.onflow = (flow) => {
    if (flow.metadata[0] === VIDEO[0]) return void (flow.onmessage = () => {});
    flow.onmessage = (octets) => {
      const { sequence, captureTime } = decodeAudioMessage(octets);
      const made = captureTime / 1000;
      heard.push({ sequence, made, late: clock.now() - made });
    };
  };
  const video = near.openFlow(VIDEO, { priority: Priority.Elevated });
  const frame = () => {
    video.write(new Uint8Array(8000), { startBy: clock.now() + 500 });
    clock.schedule(1000 / 30, frame);
  };
  frame();
  using channel = new AudioChannel({ transport: near });
  play(clock, channel, 20);
  clock.schedule(OUTAGE.from, () => near.link!.rate = 0);
  clock.schedule(OUTAGE.to, () => near.link!.rate = link.rate);
  await clock.advance(25_000);
  return heard;
}

/** What no metadata of ours begins with. */
const VIDEO = Uint8Array.of(1);
const OUTAGE = { from: 10_000, to: 12_000 };

Deno.test("sound goes before video on a WebSocket, and what is too late is not sent", async () => {
  const heard = await besideVideo();
  const between = (from: number, to: number) =>
    heard.filter(({ made }) => made > from && made < to);
  for (const part of [between(2000, OUTAGE.from - 500), between(OUTAGE.to + 1000, 19_000)]) {
    assert.ok(part.length > 500, `${part.length} packets`);
    const [first] = part;
    part.forEach(({ sequence }, index) => assert.equal(sequence, first!.sequence + index));
    const ages = part.map(({ late }) => late).sort((a, b) => a - b);
    assert.ok(ages[Math.floor(ages.length * 0.95)]! < 150, `${ages.at(-1)} ms`);
  }
  // What was on the link when it stood still arrives; what waited for it was given up.
  assert.equal(between(OUTAGE.from + 300, OUTAGE.to - 300).length, 0);
});
