import assert from "node:assert/strict";
import { type AudioMessage, encodeAudioMessage } from "../../src/protocol/audio_message.ts";
import type { FromPlayout, ToPlayout } from "../../web/audio/audio_messages.ts";
import { LipSync } from "../../web/audio/lip_sync.ts";
import { PictureAge } from "../../web/audio/picture_age.ts";
import type { PlayoutReport } from "../../web/audio/playout.ts";
import type { SoundDecoder, SoundDecoderEvents } from "../../web/audio/sound_decoder.ts";
import { SoundPlayer } from "../../web/audio/sound_player.ts";

type Samples = Extract<ToPlayout, { type: "samples" }>;

/** A decoder that gives out at once what it is given: samples with the packet's first octet. */
class FakeDecoder implements SoundDecoder {
  static made = 0;
  closed = false;
  /** What it does in place of decoding. */
  static behaviour: "decode" | "throw" | "fail" | "swallow" = "decode";
  readonly #events: SoundDecoderEvents;

  constructor(events: SoundDecoderEvents) {
    this.#events = events;
    FakeDecoder.made++;
  }

  decode(packet: Uint8Array, timestamp: number, duration: number): void {
    switch (FakeDecoder.behaviour) {
      case "throw":
        throw new TypeError("no");
      case "fail":
        this.closed = true;
        return this.#events.error(new Error("broken"));
      case "swallow":
        return;
      case "decode":
        this.#events.sound({
          timestamp,
          channels: [new Float32Array(duration * 48 / 1000).fill(packet[0]!)],
        });
    }
  }

  close(): void {
    this.closed = true;
  }
}

/** A player with a fake decoder, and what reaches the audio thread. */
function bench() {
  FakeDecoder.made = 0;
  FakeDecoder.behaviour = "decode";
  const port = {
    posted: [] as ToPlayout[],
    closed: false,
    onmessage: undefined as ((event: { data: FromPlayout }) => void) | undefined,
    postMessage: (message: ToPlayout) => port.posted.push(message),
    close: () => port.closed = true,
  };
  const clock = { now: 1000, picture: undefined as number | undefined, changes: 0 };
  const player = new SoundPlayer({
    createDecoder: (events) => new FakeDecoder(events),
    toViewer: (microseconds) => microseconds / 1000 + 5000,
    pictureAge: () => clock.picture,
    now: () => clock.now,
    repeatsChanged: () => clock.changes++,
  });
  player.connect(port as unknown as MessagePort);
  const send = (message: Partial<AudioMessage> & { sequence: number }) =>
    player.play(encodeAudioMessage({
      captureTime: 1_000_000 + message.sequence * 10_000,
      duration: 10_000,
      silenceFollows: false,
      packet: Uint8Array.of(message.sequence, 0, 0, 0),
      repeated: [],
      ...message,
    }));
  const samples = () =>
    port.posted.filter((message): message is Samples => message.type === "samples");
  return { player, port, clock, send, samples };
}

const positions = (samples: Samples[]) => samples.map(({ position }) => position);

Deno.test("SoundPlayer puts packets one after the other, whatever the capture times waver", () => {
  const { send, samples } = bench();
  assert.deepEqual([FakeDecoder.made, samples().length], [1, 0], "ready, and nothing to be heard");
  for (const [sequence, wavering] of [0, 3000, -2000, 9000].entries()) {
    send({ sequence, captureTime: 1_000_000 + sequence * 10_000 + wavering });
  }
  assert.deepEqual(positions(samples()), [48_000, 48_480, 48_960, 49_440]);
});

Deno.test("SoundPlayer leaves room for what is lost, and repairs it if it comes again", () => {
  const { player, send, samples } = bench();
  send({ sequence: 0 });
  send({ sequence: 2 });
  const repeated = (...sequences: number[]) => sequences.map((sequence) => Uint8Array.of(sequence));
  send({ sequence: 4, repeated: repeated(3, 2) });
  send({ sequence: 3 });
  send({ sequence: 4 });
  assert.deepEqual(positions(samples()), [48_000, 48_960, 49_440, 49_920]);
  assert.deepEqual(samples().map(({ channels }) => channels[0]![0]), [0, 2, 3, 4]);
  assert.equal(player.statistics(), undefined, "nothing was played yet");
  send({ sequence: 7, repeated: repeated(6, 5) });
  send({ sequence: 11, repeated: repeated(10, 9) });
  assert.deepEqual(samples().map(({ channels }) => channels[0]![0]).slice(4), [5, 6, 7, 9, 10, 11]);
  assert.deepEqual(
    positions(samples()).map((position) => (position - 48_000) / 480),
    [0, 2, 3, 4, 5, 6, 7, 9, 10, 11],
  );
});

Deno.test("SoundPlayer has the beginning of a sound repeated, too", () => {
  const { send, samples } = bench();
  send({ sequence: 0, silenceFollows: true });
  send({ sequence: 2, captureTime: 3_010_000, repeated: [Uint8Array.of(1)] });
  assert.deepEqual(positions(samples()), [48_000, 144_000, 144_480]);
});

Deno.test("SoundPlayer finds its place again after silence, and after a jump of the clock", () => {
  const { send, samples } = bench();
  send({ sequence: 0, silenceFollows: true });
  send({ sequence: 1, captureTime: 3_000_000 });
  send({ sequence: 2, captureTime: 3_010_000 });
  send({ sequence: 3, captureTime: 9_000_000 });
  assert.deepEqual(positions(samples()), [48_000, 144_000, 144_480, 432_000]);
  assert.equal(samples()[0]!.silenceFollows, true);
});

Deno.test("SoundPlayer replaces a decoder that fails, and not too often", (test) => {
  const warn = console.warn;
  console.warn = () => {};
  try {
    for (const behaviour of ["throw", "fail"] as const) {
      const { player, clock, port, send, samples } = bench();
      FakeDecoder.behaviour = behaviour;
      for (let sequence = 0; sequence < 100; sequence++) {
        send({ sequence });
        clock.now += 10;
      }
      assert.equal(FakeDecoder.made, 2, `${test.name}: ${behaviour}`);
      FakeDecoder.behaviour = "decode";
      clock.now += 500;
      send({ sequence: 100 });
      assert.equal(samples().length, 1);
      port.onmessage?.({ data: { type: "report", report: REPORT } });
      assert.equal(player.statistics()?.decoderFaults, 2);
    }
  } finally {
    console.warn = warn;
  }
});

Deno.test("SoundPlayer gives a decoder up that gives nothing out", () => {
  const warn = console.warn;
  console.warn = () => {};
  try {
    const { clock, send, samples } = bench();
    FakeDecoder.behaviour = "swallow";
    for (let sequence = 0; sequence < 250; sequence++) {
      send({ sequence });
      clock.now += 10;
    }
    assert.equal(FakeDecoder.made, 2);
    FakeDecoder.behaviour = "decode";
    send({ sequence: 250 });
    assert.equal(samples().length, 1);
  } finally {
    console.warn = warn;
  }
});

const REPORT: PlayoutReport = {
  playing: true,
  drift: 25e-6,
  buffer: 31,
  target: 30,
  jitter: 4,
  position: 48_000,
  time: 96_000,
  underruns: 1,
  losses: 2,
  jumps: 0,
};

Deno.test("SoundPlayer knows how old sound is when it is heard, and waits for the picture", () => {
  const { player, port, clock, send } = bench();
  send({ sequence: 0 });
  // Frame 96,000 is heard at 6080 ms; position 48,000 was made at 1 s, which is 6000 ms here.
  player.outputClock = { contextTime: 1.5, heardAt: 5580, rate: 48_000 };
  clock.picture = 100;
  port.onmessage?.({ data: { type: "report", report: REPORT } });
  const statistics = player.statistics();
  assert.equal(statistics?.latency, 80);
  assert.equal(statistics?.behindPicture, -20);
  assert.equal(statistics?.drift, 25);
  assert.equal(statistics?.kilobitsPerSecond, 20 * 8 / 2000);
  assert.deepEqual(port.posted.at(-1), { type: "extra-delay", frames: 48 });
});

Deno.test("SoundPlayer plays to nobody once it is disconnected", () => {
  const { player, port, send } = bench();
  assert.equal(player.enabled, true);
  player.connect(undefined);
  send({ sequence: 0 });
  assert.deepEqual([player.enabled, port.closed, port.posted.length], [false, true, 0]);
  // The one that was made ready when there was somebody.
  assert.equal(FakeDecoder.made, 1);
});

Deno.test("SoundPlayer asks for packets again until none was lost for half a minute", () => {
  const { player, clock, send } = bench();
  const wishes = () => [player.repeats, clock.changes];
  send({ sequence: 0 });
  assert.deepEqual(wishes(), [1, 0]);
  clock.now += 20_000;
  send({ sequence: 2 });
  assert.deepEqual(wishes(), [2, 1]);
  clock.now += 20_000;
  send({ sequence: 3 });
  assert.deepEqual(wishes(), [2, 1]);
  clock.now += 20_000;
  send({ sequence: 4 });
  assert.deepEqual(wishes(), [0, 2]);
  send({ sequence: 6 });
  assert.deepEqual(wishes(), [2, 3]);
});

Deno.test("SoundPlayer asks for no packet again where none gets lost", () => {
  const { player, clock, send } = bench();
  send({ sequence: 0 });
  clock.now += 31_000;
  send({ sequence: 1 });
  assert.deepEqual([player.repeats, clock.changes], [0, 1]);
});

Deno.test("LipSync lets sound wait for a late picture, and gives the wait back", () => {
  const sync = new LipSync();
  const network = 60;
  for (let i = 0; i < 200; i++) sync.update(network + sync.extra, 180);
  const ahead = 180 - (network + sync.extra);
  assert.ok(ahead > 0 && ahead < 20, `${ahead} ms`);
  for (let i = 0; i < 200; i++) sync.update(network + sync.extra, 40);
  assert.ok(sync.extra < 1, `${sync.extra} ms`);
  for (let i = 0; i < 200; i++) sync.update(network, 5000);
  assert.equal(sync.extra, 300);
  for (let i = 0; i < 200; i++) sync.update(network + sync.extra, undefined);
  assert.equal(sync.extra, 0);
});

Deno.test("PictureAge is the usual age of a moving picture, and unknown of a still one", () => {
  const age = new PictureAge();
  for (let i = 0; i < 4; i++) age.add(30, 1000 + i);
  assert.equal(age.at(1010), undefined);
  for (let i = 0; i < 4; i++) age.add(50, 1010 + i * 16);
  age.add(900, 1100);
  assert.equal(age.at(1100), 50);
  assert.equal(age.at(2300), undefined);
});
