import assert from "node:assert/strict";
import { CaptureClock } from "../../src/audio/capture_clock.ts";
import { PulseProtocolError, TagReader, TagWriter } from "../../src/audio/pulse_tagstruct.ts";
import { SilenceGate } from "../../src/audio/silence_gate.ts";
import { soundOrigin } from "../../src/session/sound_origin.ts";

const FRAME = 10_000;

/** The capture times of packets that arrive with these delays, in µs. */
function capture(delays: readonly number[], { rate = 1 } = {}): number[] {
  const clock = new CaptureClock();
  return delays.map((delay, index) => {
    const position = index * FRAME;
    const made = 1_000_000 + position * rate;
    return clock.captured(position, FRAME, made + FRAME + delay);
  });
}

Deno.test("CaptureClock takes no delay of a single packet for a change of the clock", () => {
  const delays = Array.from({ length: 1000 }, (_, index) => 500 + (index * 7919) % 60_000);
  const times = capture(delays);
  for (const [index, time] of times.entries()) {
    if (index < 200) continue;
    assert.ok(Math.abs(time - (1_000_000 + index * FRAME + 500)) < 2_000, `${index}: ${time}`);
  }
});

Deno.test("CaptureClock follows clocks that drift apart either way", () => {
  for (const rate of [1 + 200e-6, 1 - 200e-6]) {
    const times = capture(Array(60_000).fill(0), { rate });
    for (const [index, time] of times.entries()) {
      const right = 1_000_000 + index * FRAME * rate;
      // A clock that runs slower is seen once the packets before are forgotten.
      assert.ok(Math.abs(time - right) < 10_000 * 200e-6 * 1000 + 1000, `${index}: ${time}`);
    }
  }
});

Deno.test("CaptureClock is never before the start of time", () => {
  assert.equal(new CaptureClock().captured(5e6, FRAME, 100), 0);
});

Deno.test("SilenceGate sends no silence at the start", () => {
  const gate = new SilenceGate();
  for (const octets of [3, 3, 1, 1]) {
    assert.deepEqual(gate.pass(octets), { send: false, silenceFollows: true });
  }
});

Deno.test("SilenceGate lets three packets of silence follow each sound, and announces the rest", () => {
  const gate = new SilenceGate();
  const verdicts = [160, 3, 160, 3, 3, 3, 3, 1, 1, 3, 160].map((octets) => gate.pass(octets));
  assert.deepEqual(
    verdicts.map(({ send }) => send ? "x" : "-").join(""),
    "xxxxxx----x",
  );
  assert.deepEqual(
    verdicts.map(({ send, silenceFollows }) => send && silenceFollows ? "x" : "-").join(""),
    "-----x-----",
  );
});

Deno.test("TagReader reads what TagWriter writes, and refuses the rest", () => {
  const written = new TagWriter().u32(0xfedcba98).string("sink").string(undefined).boolean(true)
    .properties({ "application.name": "Skerry" }).u32(7).finish();
  const read = (octets: Uint8Array) => {
    const reader = new TagReader(octets);
    const values = [reader.u32(), reader.string(), reader.string(), reader.boolean()];
    reader.skipProperties();
    return [...values, reader.u32()];
  };
  assert.deepEqual(read(written), [0xfedcba98, "sink", undefined, true, 7]);
  for (let length = 0; length < written.length; length++) {
    assert.throws(() => read(written.subarray(0, length)), PulseProtocolError, `${length} octets`);
  }
  assert.throws(() => new TagReader(written).string(), PulseProtocolError);
  assert.throws(() => new TagReader(written).boolean(), PulseProtocolError);
  assert.throws(() => new TagReader(written).skipVolumes(), PulseProtocolError);
});

Deno.test("TagWriter writes what PulseAudio's client library does", () => {
  // SUBSCRIBE, with tag 2, to sink inputs.
  const message = new TagWriter().u32(35).u32(2).u32(4).finish();
  assert.deepEqual([...message], [0x4c, 0, 0, 0, 35, 0x4c, 0, 0, 0, 2, 0x4c, 0, 0, 0, 4]);
});

Deno.test("soundOrigin() gives a new display its own server, and an old one the user's", () => {
  const none = () => false;
  const any = () => true;
  const auto = { kind: "auto" } as const;
  assert.deepEqual(soundOrigin(auto, "new", {}, none), { kind: "private" });
  assert.deepEqual(soundOrigin({ kind: "off" }, "new", {}, any), { kind: "off" });
  const server = { kind: "server", address: "tcp:desk" } as const;
  assert.deepEqual(soundOrigin(server, "new", {}, none), server);
  assert.deepEqual(soundOrigin(server, ":0", {}, none), server);
  assert.deepEqual(soundOrigin(auto, ":0", { PULSE_SERVER: "tcp:desk" }, none), server);
  const runtime = { XDG_RUNTIME_DIR: "/run/user/7" };
  assert.deepEqual(soundOrigin(auto, ":0", runtime, any), {
    kind: "server",
    address: "unix:/run/user/7/pulse/native",
  });
  assert.equal(soundOrigin(auto, ":0", runtime, none).kind, "off");
  assert.equal(soundOrigin(auto, ":0", {}, any).kind, "off");
});

Deno.test("CaptureClock places what comes after a pause where the packets that follow it are", () => {
  const clock = new CaptureClock();
  const step = 10_000;
  const captured = (position: number, arrived: number, paused = false) =>
    clock.captured(position, step, arrived, paused ? step : undefined);
  let arrived = 1_000_000;
  for (let position = 7500; position <= 597_500; position += step) {
    captured(position, arrived = 1_000_000 + position);
  }
  // The first comes from where the recording was cut, as the encoder has it: 440 ms too early.
  for (const late of [0, 4000, 7500]) {
    arrived += 450_000;
    const position = arrived - 1_000_000;
    const first = captured(position - 440_000, arrived + late, true);
    assert.equal(captured(position + step, arrived + step), first + step);
  }
  // One that is placed right stays where it is.
  arrived += 450_000;
  const position = arrived - 1_000_000;
  const first = captured(position, arrived + 3000, true);
  assert.equal(captured(position + step, arrived + step), first + step);
});
