import assert from "node:assert/strict";
import { interpolate } from "../../web/audio/resampler.ts";
import { DriftController, MOST_CORRECTION } from "../../web/audio/drift_controller.ts";
import { DELAY_LIMITS, DelayTarget } from "../../web/audio/delay_target.ts";
import { JitterEstimator } from "../../web/audio/jitter_estimator.ts";
import { Playout } from "../../web/audio/playout.ts";
import { SampleRing } from "../../web/audio/sample_ring.ts";
import {
  ClickMeter,
  pseudoRandom,
  simulatePlayout,
  type SimulationOptions,
} from "../support/audio_simulation.ts";
import { times } from "../support/long.ts";

/** A click is a step of the slope; that of a sine of 440 Hz at full volume is 0.0033. */
const CLICK = 0.1;

/** Runs a simulation and looks for clicks, gaps and the longest buffer after the first second. */
function listen(options: SimulationOptions) {
  const clicks = new ClickMeter();
  let gaps = 0;
  let quiet = 0;
  let longest = 0;
  const report = simulatePlayout({
    ...options,
    played(samples, time, playout) {
      clicks.add(samples);
      if (time < 48_000) return;
      // A sine of 440 Hz is not below a tenth of its height for as long as a quantum.
      const sounds = samples.some((sample) => Math.abs(sample) > 0.1);
      if (!sounds && quiet++ === 0) gaps++;
      if (sounds) quiet = 0;
      if (time % 12_800 === 0) longest = Math.max(longest, playout.report().buffer);
    },
  });
  return { ...report, clicks: clicks.largest, gaps, longest };
}

Deno.test("Playout plays an even stream without a gap, 30 ms behind", () => {
  const { underruns, gaps, clicks, buffer, longest, jitter } = listen({ seconds: 20 });
  assert.deepEqual([underruns, gaps], [0, 0]);
  assert.ok(clicks < 0.02, `${clicks}`);
  assert.ok(Math.abs(buffer - 30) < 2, `${buffer} ms`);
  assert.ok(longest < 42, `${longest} ms`);
  assert.ok(jitter < 3, `${jitter} ms`);
});

/** Minutes; after five of them, what is not corrected has grown twice as long as the buffer. */
const DRIFTING = times(10, 60);

Deno.test(`Playout plays ${DRIFTING} minutes at 200 ppm without a gap or growing delay`, () => {
  const random = pseudoRandom(7);
  const { underruns, jumps, gaps, clicks, buffer, longest, drift } = listen({
    seconds: DRIFTING * 60,
    drift: 200,
    delay: () => 0.01 + random() * 0.008,
  });
  assert.deepEqual([underruns, jumps, gaps], [0, 0, 0]);
  assert.ok(clicks < 0.02, `${clicks}`);
  assert.ok(longest < 45, `${longest} ms`);
  assert.ok(Math.abs(buffer - 30) < 5, `${buffer} ms`);
  assert.ok(Math.abs(drift - 200e-6) < 20e-6, `${drift * 1e6} ppm`);
});

Deno.test("Playout keeps up with a clock that is slower, and with other sizes and rates", () => {
  for (
    const options of [
      { drift: -200 },
      { drift: 200, outputRate: 44_100 },
      { outputRate: 96_000, frames: 240 },
      { frames: 960, batch: 8 },
    ]
  ) {
    const { underruns, gaps, clicks, longest } = listen({ seconds: 20, ...options });
    assert.deepEqual([underruns, gaps], [0, 0], JSON.stringify(options));
    assert.ok(clicks < 0.05 && longest < 80, JSON.stringify({ ...options, clicks, longest }));
  }
});

Deno.test("Playout forgets a slow start within a second or two", () => {
  const cold = (packet: number) => Math.max(0.005, 0.15 - packet * 0.01);
  const { buffer, underruns, clicks } = listen({ seconds: 3, delay: cold });
  assert.ok(buffer < 45, `${buffer} ms`);
  assert.ok(underruns <= 1, `${underruns}`);
  assert.ok(clicks < CLICK, `${clicks}`);
});

Deno.test("Playout buffers as much as the jitter measured needs, and less again after it", () => {
  const random = pseudoRandom(1);
  const jittery = listen({ seconds: 30, delay: () => 0.005 + random() * 0.05 });
  assert.ok(jittery.buffer > 48 && jittery.buffer < 62, `${jittery.buffer} ms`);
  assert.ok(jittery.underruns < 5, `${jittery.underruns}`);
  assert.ok(jittery.clicks < CLICK, `${jittery.clicks}`);
  const calm = listen({
    seconds: 60,
    delay: (packet) => 0.005 + random() * (packet < 1000 ? 0.05 : 0.002),
  });
  assert.ok(calm.buffer < 32, `${calm.buffer} ms`);
});

Deno.test("Playout covers what comes late often, and lets single events pass", () => {
  const random = pseudoRandom(1);
  const often = listen({
    seconds: 60,
    delay: () => 0.02 + (random() < 0.01 ? 0.08 : random() * 0.005),
  });
  assert.ok(often.underruns <= 6, `${often.underruns}`);
  assert.ok(often.buffer > 78 && often.buffer < 95, `${often.buffer} ms`);
  const once = listen({ seconds: 20, delay: (packet) => packet === 1500 ? 0.1 : 0.005 });
  assert.ok(once.underruns === 1 && once.longest < 115, JSON.stringify(once));
  assert.ok(once.clicks < CLICK, `${once.clicks}`);
});

Deno.test("Playout jumps over what a long stall has piled up, without a click", () => {
  const stall = (packet: number) =>
    packet > 500 && packet < 600 ? 0.005 + (600 - packet) * 0.01 : 0.005;
  const { jumps, underruns, buffer, clicks } = listen({ seconds: 40, delay: stall });
  assert.ok(underruns <= 2 && jumps >= 1, `${underruns} underruns, ${jumps} jumps`);
  assert.ok(buffer < 150, `${buffer} ms`);
  assert.ok(clicks < CLICK, `${clicks}`);
});

Deno.test("Playout bridges lost packets without a click and without more delay", () => {
  const random = pseudoRandom(3);
  const { losses, underruns, clicks, longest } = listen({
    seconds: 30,
    delay: () => random() < 0.02 ? undefined : 0.005,
  });
  assert.ok(losses > 20, `${losses}`);
  assert.equal(underruns, 0);
  assert.ok(clicks < CLICK, `${clicks}`);
  assert.ok(longest < 42, `${longest} ms`);
});

Deno.test("Playout takes announced silence for no underrun, and skips no beginning", () => {
  const starts: number[] = [];
  let silent = true;
  const { underruns, losses, playing } = simulatePlayout({
    seconds: 20,
    drift: 300,
    silent: (packet) => packet % 300 >= 100,
    played(samples, time) {
      const sounds = samples.some((sample) => sample !== 0);
      if (sounds && silent) starts.push(time);
      silent = !sounds;
    },
  });
  assert.deepEqual([underruns, losses, playing], [0, 0, false]);
  assert.equal(starts.length, 7);
  // What starts every three seconds is heard every three seconds.
  for (const [index, start] of starts.entries()) {
    const late = (start - starts[0]!) / 48 - index * 3000;
    assert.ok(Math.abs(late) < 25, `${late} ms`);
  }
});

Deno.test("Playout waits longer for the sake of the picture when it is told to", () => {
  let playout: Playout | undefined;
  const { buffer } = simulatePlayout({
    seconds: 60,
    played(_samples, _time, playing) {
      if (playout === undefined) playing.extraDelay = 48 * 100;
      playout = playing;
    },
  });
  assert.ok(Math.abs(buffer - 130) < 3, `${buffer} ms`);
});

Deno.test("Playout drops what comes twice", () => {
  const playout = new Playout(48_000, 1);
  const block = { position: 0, channels: [new Float32Array(480)], silenceFollows: false };
  playout.push(block);
  playout.push(block);
  playout.push({ ...block, position: 480 });
  assert.equal(playout.report().losses, 0);
});

Deno.test("Playout does the same after weeks", () => {
  const output = [new Float32Array(128)];
  const playout = new Playout(48_000, 1);
  const channels = [Float32Array.from({ length: 480 }, (_, i) => Math.sin(i * Math.PI / 24))];
  const clicks = new ClickMeter();
  const start = 48_000 * 3600 * 24 * 60;
  for (let packet = 0, time = 0; time < 96_000; time += 128) {
    while (packet * 480 < time) {
      const position = start + packet++ * 480;
      playout.push({ position, channels, silenceFollows: false });
    }
    playout.render(output, time);
    clicks.add(output[0]!);
  }
  assert.equal(playout.report().underruns, 0);
  assert.ok(clicks.largest < 0.06, `${clicks.largest}`);
});

Deno.test("interpolate() gives samples back, and a sine in between", () => {
  const mask = 1023;
  const samples = Float32Array.from(
    { length: 1024 },
    (_, i) => Math.sin(2 * Math.PI * 16 * i / 1024),
  );
  for (const at of [0, 5, 777]) assert.equal(interpolate(samples, mask, at), samples[at]);
  for (let at = 0; at < 1024; at += 0.37) {
    const error = interpolate(samples, mask, at) - Math.sin(2 * Math.PI * 16 * at / 1024);
    assert.ok(Math.abs(error) < 1e-3, `${error} at ${at}`);
  }
});

Deno.test("DriftController learns a drift and never goes over its limit", () => {
  const controller = new DriftController();
  let error = 0.003;
  for (let second = 0; second < 600; second += 0.01) {
    error += (200e-6 - controller.correction) * 0.01;
    controller.update(error, 0.01);
  }
  assert.ok(Math.abs(controller.drift - 200e-6) < 5e-6, `${controller.drift}`);
  assert.ok(Math.abs(error) < 1e-4, `${error} s`);
  for (let i = 0; i < 1000; i++) controller.update(-10, 0.01);
  assert.ok(Math.abs(controller.correction + MOST_CORRECTION) < 1e-9);
  assert.ok(Math.abs(controller.drift - 200e-6) < 5e-6, "an event is no drift");
});

Deno.test("DelayTarget stays within its limits and falls slowly", () => {
  const jitter = new JitterEstimator();
  const target = new DelayTarget(100);
  jitter.add(0);
  assert.equal(target.update(jitter, 0), DELAY_LIMITS.initial);
  for (let i = 0; i < 1000; i++) jitter.add(i % 2 * 48_000);
  assert.equal(target.update(jitter, 0), DELAY_LIMITS.most);
  for (let i = 0; i < 2000; i++) jitter.add(10);
  assert.equal(jitter.least, 10);
  const falling = target.update(jitter, 48_000) - 10;
  assert.ok(falling < DELAY_LIMITS.most && falling > DELAY_LIMITS.most - 500, `${falling}`);
  for (let i = 0; i < 100; i++) target.update(jitter, 48_000);
  assert.equal(target.buffer, DELAY_LIMITS.least);
});

Deno.test("JitterEstimator forgets, and goes on elsewhere when it is told to", () => {
  const jitter = new JitterEstimator();
  for (let i = 0; i < 100; i++) jitter.add(1000 + i % 10);
  assert.deepEqual([jitter.least, jitter.latest], [1000, 1009]);
  jitter.rebase(50_000);
  assert.ok(Math.abs(jitter.least - 49_995) <= 1 && jitter.latest - jitter.least === 9);
  for (let i = 0; i < 1300; i++) jitter.add(7);
  assert.deepEqual([jitter.least, jitter.most, jitter.latest], [7, 7, 7]);
});

Deno.test("SampleRing keeps the newest frames and plays one channel on two", () => {
  const ring = new SampleRing(2);
  ring.restart(SampleRing.CAPACITY - 2);
  ring.append([Float32Array.of(1, 2, 3, 4)]);
  assert.equal(ring.end, SampleRing.CAPACITY + 2);
  for (const samples of ring.channels) {
    const kept = [-2, -1, 0, 1].map((i) => samples[(SampleRing.CAPACITY + i) & ring.mask]);
    assert.deepEqual(kept, [1, 2, 3, 4]);
  }
});
