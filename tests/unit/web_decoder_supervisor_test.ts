import assert from "node:assert/strict";
import fc from "fast-check";
import {
  DecoderStalledError,
  DecoderSupervisor,
  type DecoderTrouble,
  FAULT_WINDOW,
  KEYFRAME_INTERVAL,
  RETRY_DELAYS,
  STALL_TIMEOUT,
} from "../../web/worker/decoder_supervisor.ts";
import type {
  AccessUnit,
  DecodedFrame,
  DecoderEvents,
  PictureDecoder,
} from "../../web/worker/picture_decoder.ts";

const CONFIG = { codec: "avc1.42c01f", codedWidth: 1280, codedHeight: 720 };

class FakeDecoder implements PictureDecoder {
  closed = false;
  readonly units: number[] = [];
  readonly configured: string[] = [];
  /** Throws at the next unit instead of taking it. */
  refuses = false;

  constructor(readonly events: DecoderEvents<DecodedFrame>) {}

  configure(config: typeof CONFIG, acceleration: string): void {
    assert.equal(this.closed, false);
    this.configured.push(`${config.codec} ${config.codedWidth} ${acceleration}`);
  }

  decode(unit: AccessUnit): void {
    assert.equal(this.closed, false);
    assert(this.configured.length > 0);
    if (this.refuses) {
      this.refuses = false;
      throw new TypeError("Refused");
    }
    this.units.push(unit.timestamp);
  }

  close(): void {
    this.closed = true;
  }

  /** As WebCodecs does: an error closes the decoder first. */
  fail(message = "Broken"): void {
    this.closed = true;
    this.events.error(new Error(message));
  }
}

class Bench {
  time = 1_000;
  readonly decoders: FakeDecoder[] = [];
  readonly asked: string[] = [];
  readonly troubles: (DecoderTrouble | undefined)[] = [];
  readonly frames: number[] = [];
  closedFrames = 0;
  readonly timers = new Map<number, { at: number; callback: () => void }>();
  #timer = 0;
  #timestamp = 0;

  readonly supervisor = new DecoderSupervisor<DecodedFrame>({
    create: (events) => {
      const decoder = new FakeDecoder(events);
      this.decoders.push(decoder);
      return decoder;
    },
    frame: (frame) => {
      this.frames.push(frame.timestamp);
      frame.close();
    },
    requestKeyframe: (reason) => void this.asked.push(reason),
    trouble: (trouble) => void this.troubles.push(trouble),
    now: () => this.time,
    schedule: (ms, callback) => {
      const id = ++this.#timer;
      this.timers.set(id, { at: this.time + ms, callback });
      return () => this.timers.delete(id);
    },
  });

  get decoder(): FakeDecoder {
    return this.decoders.at(-1)!;
  }

  pass(ms: number): void {
    const end = this.time + ms;
    for (;;) {
      const due = [...this.timers].filter(([, { at }]) =>
        at <= end
      ).sort((a, b) => a[1].at - b[1].at)[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.time = due[1].at;
      due[1].callback();
    }
    this.time = end;
  }

  key(config = CONFIG): boolean {
    return this.#decode(true, config);
  }

  delta(): boolean {
    return this.#decode(false);
  }

  #decode(keyframe: boolean, config?: typeof CONFIG): boolean {
    const timestamp = ++this.#timestamp;
    return this.supervisor.decode({
      keyframe,
      timestamp,
      data: new Uint8Array(1),
      ...(config && { config }),
    });
  }

  /** The decoder gives out what it was given last. */
  output(decoder = this.decoder): void {
    const timestamp = decoder.units.at(-1)!;
    decoder.events.frame({ timestamp, close: () => void this.closedFrames++ });
  }
}

Deno.test("DecoderSupervisor.decode() drops what comes before the first keyframe and asks once", () => {
  const bench = new Bench();
  for (let index = 0; index < 10; index++) assert.equal(bench.delta(), false);
  assert.equal(bench.asked.length, 1);
  bench.pass(KEYFRAME_INTERVAL);
  bench.delta();
  assert.equal(bench.asked.length, 2);
  assert.equal(bench.key(), true);
  assert.equal(bench.delta(), true);
  assert.deepEqual(bench.decoder.units, [12, 13]);
  assert.deepEqual(bench.decoder.configured, ["avc1.42c01f 1280 no-preference"]);
});

Deno.test("DecoderSupervisor.decode() configures anew only when codec or size change", () => {
  const bench = new Bench();
  bench.key();
  bench.key();
  bench.key({ ...CONFIG, codedWidth: 1920 });
  bench.key({ ...CONFIG, codedWidth: 1920, codec: "vp8" });
  assert.equal(bench.decoders.length, 1);
  assert.deepEqual(bench.decoder.configured, [
    "avc1.42c01f 1280 no-preference",
    "avc1.42c01f 1920 no-preference",
    "vp8 1920 no-preference",
  ]);
});

Deno.test("DecoderSupervisor goes on from a keyframe when the decoder refuses one unit", () => {
  const bench = new Bench();
  bench.key();
  bench.decoder.refuses = true;
  assert.equal(bench.delta(), false);
  assert.deepEqual(bench.asked, ["TypeError: Refused"]);
  assert.equal(bench.delta(), false);
  assert.equal(bench.key(), true);
  assert.equal(bench.decoders.length, 1, "the decoder is still good");
});

Deno.test("DecoderSupervisor makes a new decoder when the old one has closed itself", () => {
  const bench = new Bench();
  bench.key();
  bench.decoder.fail();
  assert.equal(bench.asked.length, 1);
  bench.delta();
  assert.equal(bench.decoders.length, 1, "not before there is a keyframe for it");
  bench.key();
  assert.equal(bench.decoders.length, 2);
  assert.deepEqual(bench.decoder.configured, ["avc1.42c01f 1280 no-preference"]);
});

Deno.test("DecoderSupervisor replaces the decoder at the second error and uses software at the third", () => {
  const bench = new Bench();
  bench.key();
  for (let error = 1; error <= 3; error++) {
    bench.decoder.refuses = true;
    bench.delta();
    bench.pass(100);
    bench.key();
  }
  assert.equal(bench.decoders.length, 3);
  assert.equal(bench.decoders[0]!.closed, true);
  assert.deepEqual(bench.decoder.configured, ["avc1.42c01f 1280 prefer-software"]);
});

Deno.test("DecoderSupervisor stops after the fourth error, tries three times more, then never again", () => {
  const bench = new Bench();
  bench.key();
  const failOnce = () => {
    bench.decoder.fail("Broken for good");
    bench.pass(10);
    bench.key();
  };
  for (let error = 0; error < 4; error++) failOnce();
  const expected: (number | undefined)[] = [...RETRY_DELAYS, undefined];
  for (const [attempt, delay] of expected.entries()) {
    assert.equal(bench.troubles.length, attempt + 1);
    assert.equal(bench.troubles.at(-1)!.retryIn, delay);
    assert.equal(bench.troubles.at(-1)!.error.message, "Broken for good");
    const { length } = bench.decoders;
    assert.equal(bench.key(), false, "nothing is decoded while stopped");
    assert.equal(bench.decoders.length, length);
    if (delay === undefined) break;
    const asked = bench.asked.length;
    bench.pass(delay);
    assert.equal(bench.asked.length, asked + 1);
    assert.equal(bench.key(), true);
    failOnce();
  }
  assert.equal(bench.timers.size, 0);
  bench.pass(1e9);
  assert.equal(bench.key(), false);
});

Deno.test("DecoderSupervisor.retry() gives a stopped decoder another chance", () => {
  const bench = new Bench();
  bench.key();
  for (let error = 0; error < 4; error++) {
    bench.decoder.fail();
    bench.key();
  }
  bench.supervisor.retry();
  assert.equal(bench.timers.size, 0, "the retry that was due is not needed any more");
  assert.equal(bench.key(), true);
  bench.output();
  assert.equal(bench.troubles.at(-1), undefined);
});

Deno.test("DecoderSupervisor forgets errors that are far apart", () => {
  const bench = new Bench();
  bench.key();
  for (let error = 0; error < 20; error++) {
    bench.pass(FAULT_WINDOW + 1);
    bench.key();
    bench.decoder.fail();
  }
  assert.deepEqual(bench.troubles, []);
  assert.equal(bench.supervisor.acceleration, "no-preference");
});

Deno.test("DecoderSupervisor takes a decoder that gives nothing for a broken one", () => {
  const bench = new Bench();
  bench.key();
  bench.output();
  bench.delta();
  bench.pass(STALL_TIMEOUT * 2);
  assert.equal(bench.decoder.closed, true);
  assert.match(bench.asked[0]!, new RegExp(DecoderStalledError.name));
});

Deno.test("DecoderSupervisor leaves no timer when all is decoded", () => {
  const bench = new Bench();
  bench.key();
  for (let frame = 0; frame < 100; frame++) {
    bench.output();
    bench.pass(50);
    bench.delta();
    assert(bench.timers.size <= 1);
  }
  bench.output();
  bench.pass(STALL_TIMEOUT * 2);
  assert.equal(bench.timers.size, 0);
  assert.equal(bench.decoder.closed, false);
  assert.equal(bench.supervisor.faults, 0);
});

Deno.test("DecoderSupervisor closes frames and ignores errors of a decoder it has left", () => {
  const bench = new Bench();
  bench.key();
  const old = bench.decoder;
  bench.supervisor.restart();
  bench.output(old);
  old.events.error(new Error("Late"));
  assert.deepEqual(bench.frames, []);
  assert.equal(bench.closedFrames, 1);
  assert.equal(bench.supervisor.faults, 0);
  assert.equal(old.closed, true);
});

Deno.test("DecoderSupervisor never loops, whatever the decoder and the stream do", () => {
  const step = fc.constantFrom("key", "delta", "output", "fail", "refuse", "wait", "restart");
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const bench = new Bench();
    let received = 0;
    let faults = 0;
    for (const step of steps) {
      const decoder = bench.decoders.at(-1);
      if (step === "key") bench.key();
      else if (step === "delta") bench.delta();
      else if (step === "output" && decoder?.units.length) bench.output();
      else if (step === "fail" && decoder && !decoder.closed) decoder.fail();
      else if (step === "refuse" && decoder) decoder.refuses = true;
      else if (step === "wait") bench.pass(700);
      else if (step === "restart") bench.supervisor.restart();
      if (step === "key" || step === "delta") received++;
      faults = bench.supervisor.faults;
    }
    // Each request is answered for by a unit, a fault or a timer; each decoder by a keyframe.
    assert(bench.asked.length <= received + faults + steps.length);
    assert(bench.decoders.length <= steps.filter((step) => step === "key").length);
    assert(bench.decoders.filter(({ closed }) => !closed).length <= 1);
    assert(bench.timers.size <= 2);
    bench.supervisor[Symbol.dispose]();
    assert.equal(bench.timers.size, 0);
    assert(bench.decoders.every(({ closed }) => closed));
  }));
});
