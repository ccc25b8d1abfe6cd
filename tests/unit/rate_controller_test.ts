import assert from "node:assert/strict";
import fc from "fast-check";
import { type InFlight, NOTHING_IN_FLIGHT } from "../../src/rate/ack_event.ts";
import { RateController } from "../../src/rate/rate_controller.ts";
import type { RateControllerOptions } from "../../src/rate/rate_decision.ts";
import { SentLedger } from "../../src/rate/sent_ledger.ts";
import {
  bytes,
  bytesPerSecond,
  kbitPerSecond,
  milliseconds,
  perSecond,
  toBytesPerSecond,
} from "../../src/rate/units.ts";

const ms = milliseconds;
const OPTIONS: RateControllerOptions = {
  maxBitrate: kbitPerSecond(50_000),
  maxFrameRate: perSecond(60),
};
const PACKET = 1400;

/** A path of a rate and a round trip that is kept as full as the controller allows, packet by packet. */
class FullPath {
  readonly controller: RateController;
  readonly ledger = new SentLedger();
  now = 0;
  rate: number;
  rtt: number;
  #free = 0;
  readonly #acks: number[] = [];

  constructor(rate: number, rtt: number, options: Partial<RateControllerOptions> = {}) {
    this.controller = new RateController({ ...OPTIONS, ...options });
    this.rate = rate;
    this.rtt = rtt;
  }

  get inFlight(): InFlight {
    return this.ledger.inFlight;
  }

  get limit(): number {
    return this.controller.outstandingLimit(ms(this.now), this.inFlight);
  }

  /** Sends what there is room for. */
  fill(): void {
    while (this.inFlight.outstanding + PACKET <= this.limit) {
      this.ledger.sent(bytes(PACKET), ms(this.now));
      this.#free = Math.max(this.#free, this.now) + PACKET * 1000 / this.rate;
      this.#acks.push(this.#free + this.rtt);
    }
  }

  /** Lets time pass; acks come, and are answered by sending more. */
  run(duration: number, { fill = true } = {}): void {
    const end = this.now + duration;
    if (fill) this.fill();
    for (let next = this.#acks[0]; next !== undefined && next <= end; next = this.#acks[0]) {
      this.#acks.shift();
      this.now = next;
      const event = this.ledger.acked(bytes(PACKET), ms(next));
      this.controller.acked(event, this.inFlight);
      if (fill) this.fill();
    }
    this.now = end;
  }

  /** What may be under way beyond what the path holds, in ms. */
  get queue(): number {
    return this.limit * 1000 / this.rate - this.rtt;
  }

  get believed(): number {
    return this.controller.rate(ms(this.now), this.inFlight);
  }
}

Deno.test("RateController starts with 16 KiB, or less, and takes frames at once", () => {
  const controller = new RateController(OPTIONS);
  const decision = controller.decide(ms(0), NOTHING_IN_FLIGHT, { keyframe: true });
  assert.equal(decision.outstandingLimit, 16 * 1024);
  assert.equal(decision.encoderBitrate, 2700);
  assert.ok(controller.hasRoom(bytes(100_000), ms(0), NOTHING_IN_FLIGHT));
  const little = { ...NOTHING_IN_FLIGHT, outstanding: bytes(300) };
  assert.ok(controller.hasRoom(bytes(100_000), ms(0), little));
  const full = { ...NOTHING_IN_FLIGHT, outstanding: bytes(16_000) };
  assert.ok(!controller.hasRoom(bytes(100_000), ms(0), full));
  const small = new RateController({ ...OPTIONS, maxOutstanding: bytes(8000) });
  assert.equal(small.outstandingLimit(ms(0), NOTHING_IN_FLIGHT), 8000);
});

Deno.test("RateController starts with what it is told of the path", () => {
  const initialRate = toBytesPerSecond(kbitPerSecond(20_000));
  const controller = new RateController({ ...OPTIONS, initialRate });
  assert.equal(controller.encoderBitrate(ms(0), NOTHING_IN_FLIGHT), 18_000);
});

Deno.test("RateController fills a path, with about 15 ms of queue", () => {
  for (const [rate, rtt] of [[125_000, 80], [1_250_000, 40], [1_250_000, 200], [12_500_000, 5]]) {
    const path = new FullPath(rate!, rtt!);
    path.run(7000);
    assert.ok(Math.abs(path.believed / rate! - 1) < 0.05, `${path.believed} of ${rate}`);
    const serialisation = PACKET * 1000 / rate!;
    const { queue } = path;
    assert.ok(queue > 8 && queue < 20 + 2 * serialisation, `${queue} ms at ${rate}, ${rtt} ms`);
  }
});

Deno.test("RateController halves within a round trip of the first late ack", () => {
  for (const [from, to] of [[1_250_000, 250_000], [1_250_000, 50_000], [6_250_000, 625_000]]) {
    const path = new FullPath(from!, 40);
    path.run(3000);
    const before = path.limit;
    path.rate = to!;
    // What is under way already still comes at the old rate: one round trip, and its queue.
    path.run(60);
    path.run(40);
    assert.ok(path.limit < before / 2, `${path.limit} after ${before}`);
    assert.ok(path.believed < from! / 2);
  }
});

Deno.test("RateController halves within a round trip and a half if no ack comes at all", () => {
  const path = new FullPath(1_250_000, 40);
  path.run(3000);
  const bitrate = path.controller.encoderBitrate(ms(path.now), path.inFlight);
  path.rate = 1;
  path.run(56);
  path.run(60);
  const { controller, inFlight } = path;
  const later = controller.encoderBitrate(ms(path.now), inFlight);
  assert.ok(later < bitrate / 2, `${later} after ${bitrate}`);
  assert.ok(!controller.hasRoom(bytes(1000), ms(path.now), inFlight));
  assert.ok(!controller.mayTopOff(ms(path.now), inFlight));
});

Deno.test("RateController follows a path up, by less than its target queue", () => {
  const path = new FullPath(250_000, 40);
  path.run(3000);
  path.rate = 1_250_000;
  path.run(1000);
  assert.ok(path.believed > 1_100_000, `${path.believed}`);
  assert.ok(path.queue < 25, `${path.queue}`);
});

Deno.test("RateController does not mistake its own queue for the path's length", () => {
  const path = new FullPath(1_250_000, 40);
  path.run(40_000);
  assert.ok(path.controller.model.leastRtt! < 46, `${path.controller.model.leastRtt}`);
  path.rtt = 120;
  path.run(5000);
  assert.ok(Math.abs(path.controller.model.leastRtt! - 121) < 8);
  assert.ok(Math.abs(path.believed / 1_250_000 - 1) < 0.05, `${path.believed}`);
});

Deno.test("RateController keeps a part of the limit free of bulk flows", () => {
  const path = new FullPath(1_250_000, 40);
  path.run(3000);
  const { bulkLimit, outstandingLimit } = path.controller.decide(ms(path.now), path.inFlight);
  const free = (outstandingLimit - bulkLimit) * 1000 / 1_250_000;
  assert.ok(free > 8 && free < 15, `${free} ms`);
  assert.ok(bulkLimit > 0.95 * 50_000, `${bulkLimit}`);
});

Deno.test("RateController.hasRoom() opens when the path is about to run dry", () => {
  const path = new FullPath(1_250_000, 40);
  path.run(3000);
  const { controller } = path;
  const room = (outstanding: number, yielding = 0) =>
    controller.hasRoom(
      bytes(12_000),
      ms(path.now),
      { ...path.inFlight, outstanding: bytes(outstanding) },
      bytes(yielding),
    );
  // The path holds 50,000 octets.
  assert.ok(room(0));
  assert.ok(room(50_000));
  assert.ok(!room(65_000));
  // What yields does not keep a frame waiting.
  assert.ok(room(65_000, 30_000));
});

Deno.test("RateController.roomAt() expects a tail to be there before its ack is", () => {
  const controller = new RateController({ ...OPTIONS, ackWindow: bytes(2800) });
  controller.roundTrip(ms(40), ms(0));
  const tail = { octets: bytes(20_000), sentAt: ms(1000) };
  const inFlight = { outstanding: tail.octets, awaitedSince: undefined, tail };
  assert.ok(!controller.hasRoom(bytes(5000), ms(1010), inFlight));
  const at = controller.roomAt(ms(1010), inFlight);
  assert.ok(at >= 1040 && at < 1060, `${at}`);
  assert.ok(controller.hasRoom(bytes(5000), at, inFlight));
  assert.equal(controller.roomAt(at, inFlight), Infinity);
  assert.equal(controller.roomAt(ms(1010), { ...inFlight, awaitedSince: ms(1000) }), Infinity);
});

Deno.test("RateController never goes above what it may, nor below what is of use", () => {
  const path = new FullPath(12_500_000, 20, {
    maxBitrate: kbitPerSecond(8000),
    maxOutstanding: bytes(50_000),
  });
  path.run(2000);
  const { controller } = path;
  assert.equal(controller.encoderBitrate(ms(path.now), path.inFlight), 8000);
  assert.equal(path.limit, 50_000);
  const slow = new FullPath(1000, 40);
  slow.run(60_000);
  assert.equal(slow.controller.encoderBitrate(ms(slow.now), slow.inFlight), 100);
  assert.ok(slow.limit >= 2800);
});

Deno.test("RateController takes less after it has lost much, and comes back", () => {
  const controller = new RateController(OPTIONS);
  const ledger = new SentLedger();
  let now = 0;
  const round = (lost: number) => {
    for (let n = 0; n < 40; n++) ledger.sent(bytes(PACKET), ms(now));
    ledger.lost(bytes(lost * PACKET));
    for (let n = 0; n < 40; n++) {
      controller.acked(ledger.acked(bytes(PACKET), ms(now + 40 + n)), ledger.inFlight);
    }
    now += 100;
  };
  const limit = () => controller.outstandingLimit(ms(now), ledger.inFlight);
  for (let n = 0; n < 20; n++) round(1);
  const before = limit();
  assert.ok(Math.abs(controller.model.loss - 0.025) < 0.01, `${controller.model.loss}`);
  for (let n = 0; n < 3; n++) round(10);
  assert.ok(limit() < before * 0.75, `${limit()} after ${before}`);
  for (let n = 0; n < 20; n++) round(0);
  assert.ok(limit() > before * 0.95, `${limit()} after ${before}`);
});

Deno.test("RateController.paddingAt() is for a path that was faster and is idle", () => {
  const path = new FullPath(1_250_000, 40, { ackWindow: bytes(0) });
  path.run(3000);
  path.rate = 125_000;
  path.run(2000);
  path.run(1100, { fill: false });
  const { controller } = path;
  const at = controller.paddingAt(ms(path.now), path.inFlight);
  assert.ok(at <= path.now, `${at}`);
  const amount = controller.padding(ms(path.now), path.inFlight);
  assert.ok(amount >= 3 * PACKET && amount < 10_000, `${amount}`);
  assert.ok(controller.paddingAt(ms(path.now), path.inFlight) > path.now);
  // Not while anything is under way, and not on a path that is as fast as it ever was.
  path.fill();
  assert.equal(controller.paddingAt(ms(path.now), path.inFlight), Infinity);
  const fast = new FullPath(1_250_000, 40);
  fast.run(3000);
  fast.run(1000, { fill: false });
  assert.equal(fast.controller.paddingAt(ms(fast.now), fast.inFlight), Infinity);
});

Deno.test("RateController pads half as often each time that nothing comes of it", () => {
  const path = new FullPath(1_250_000, 40);
  path.run(3000);
  path.rate = 125_000;
  path.run(2000);
  path.run(5000, { fill: false });
  const { controller } = path;
  let sent = 0;
  for (let seconds = 0; seconds < 3600; seconds++) {
    path.run(1000, { fill: false });
    if (controller.paddingAt(ms(path.now), path.inFlight) > path.now) continue;
    controller.padding(ms(path.now), path.inFlight);
    sent++;
  }
  assert.ok(sent > 50 && sent < 75, `${sent} in an hour`);
});

Deno.test("RateController's decisions make sense whatever the acks say", () => {
  const step = fc.record({
    send: fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 4 }),
    wait: fc.oneof(fc.double({ min: 0, max: 50, noNaN: true }), fc.constant(0), fc.constant(1e7)),
    ack: fc.double({ min: 0, max: 1, noNaN: true }),
    lost: fc.integer({ min: 0, max: 5000 }),
    frame: fc.boolean(),
    idle: fc.boolean(),
    window: fc.constantFrom(0, 0, 0, 2800, 22_400),
    ping: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const controller = new RateController(OPTIONS);
      const ledger = new SentLedger();
      let now = 0;
      for (const { send, wait, ack, lost, frame, idle, window, ping } of steps) {
        if (window > 0) {
          ledger.setAckWindow(bytes(window));
          controller.setAckWindow(bytes(window));
        }
        for (const octets of send) ledger.sent(bytes(octets), ms(now));
        ledger.lost(bytes(lost));
        if (frame) controller.frameTaken(ms(now));
        if (idle) ledger.applicationLimited();
        now += wait;
        if (ping !== null) controller.roundTrip(ms(ping), ms(now));
        const octets = Math.floor(ledger.inFlight.outstanding * ack);
        if (octets > 0) controller.acked(ledger.acked(bytes(octets), ms(now)), ledger.inFlight);
        const decision = controller.decide(ms(now), ledger.inFlight, { keyframe: frame });
        const { outstandingLimit, bulkLimit, encoderBitrate, frameRateCap, frameBudgetBits } =
          decision;
        assert.ok(outstandingLimit >= 2832 && outstandingLimit <= 4 * 1024 * 1024);
        assert.ok(bulkLimit > 0 && bulkLimit <= outstandingLimit);
        assert.ok(encoderBitrate >= 100 && encoderBitrate <= 50_000);
        assert.ok(frameRateCap >= 5 && frameRateCap <= 60);
        assert.ok(frameBudgetBits >= 8000 && Number.isFinite(frameBudgetBits));
        assert.ok(controller.model.queueDelay >= 0 && controller.model.standingDelay >= 0);
        assert.ok(controller.model.loss >= 0 && controller.model.loss <= 1);
        assert.ok(Number.isFinite(controller.rate(ms(now), ledger.inFlight)));
        const idlePath = ledger.inFlight.outstanding === 0;
        if (idlePath) assert.ok(controller.hasRoom(bytes(1e6), ms(now), ledger.inFlight));
        assert.ok(controller.padding(ms(now), ledger.inFlight) >= 4000);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("RateController lets a frame go again after any history, once everything is acknowledged", () => {
  const path = new FullPath(1_250_000, 40);
  path.run(3000);
  path.rate = 1;
  path.run(10_000);
  assert.ok(!path.controller.hasRoom(bytes(1000), ms(path.now), path.inFlight));
  const rest = path.inFlight.outstanding;
  path.controller.acked(path.ledger.acked(rest, ms(path.now)), path.inFlight);
  assert.ok(path.controller.hasRoom(bytes(1000), ms(path.now), path.inFlight));
  const decision = path.controller.decide(ms(path.now), path.inFlight);
  assert.ok(decision.frameBudgetBits >= 8000);
  assert.ok(decision.encoderBitrate >= kbitPerSecond(100));
  assert.ok(bytesPerSecond(path.believed) > 0);
});
