import assert from "node:assert/strict";
import { RatePath, type RatePath as Path } from "../../src/rate/rate_path.ts";
import { kbitPerSecond, perSecond } from "../../src/rate/units.ts";

/** A receiver with an ack window, behind a path of some rate and round trip. */
class Receiver {
  now = 0;
  readonly path: Path;
  windows: number[] = [];
  #rate: number;
  #rtt: number;
  #free = 0;
  #window: number;
  #since = 0;
  #unacked = 0;
  readonly #acks: { at: number; octets: number }[] = [];

  constructor(rate: number, rtt: number, ackWindow: number) {
    this.#rate = rate;
    this.#rtt = rtt;
    this.#window = ackWindow;
    this.path = new RatePath({
      now: () => this.now,
      ackWindow,
      maxBitrate: kbitPerSecond(100_000),
      maxFrameRate: perSecond(60),
    });
  }

  set rate(octetsPerSecond: number) {
    this.#rate = octetsPerSecond;
  }

  /** Sends as much as there is room for, for some ms. */
  fill(duration: number): void {
    const end = this.now + duration;
    while (this.now < end) {
      while (this.path.room >= this.path.fragmentOctets) this.send(this.path.fragmentOctets);
      const ack = this.#acks.shift();
      if (ack === undefined) break;
      this.now = ack.at;
      this.path.acked(ack.octets, this.now);
    }
  }

  send(octets: number): void {
    const window = this.path.sent(octets, this.now);
    this.#free = Math.max(this.#free, this.now) + octets * 1000 / this.#rate;
    this.#unacked += octets;
    this.#since += octets;
    if (this.#since >= this.#window) {
      this.#acks.push({ at: this.#free + this.#rtt, octets: this.#unacked });
      this.#unacked = 0;
      this.#since = this.#window > 0 ? this.#since % this.#window : 0;
    }
    if (window === undefined) return;
    this.windows.push(window);
    this.#window = window;
    this.#since = 0;
  }
}

Deno.test("RatePath asks for acks often enough to measure frames, and no more often", () => {
  for (const [rate, window] of [[125_000, 1400], [1_250_000, 2800], [12_500_000, 22_400]]) {
    const receiver = new Receiver(rate!, 40, 2800);
    receiver.fill(5000);
    assert.equal(receiver.windows.at(-1) ?? 2800, window, `${rate}`);
    assert.ok(receiver.windows.length < 8, `${receiver.windows}`);
  }
});

Deno.test("RatePath asks for no window where there is none", () => {
  const receiver = new Receiver(1_250_000, 40, 0);
  receiver.fill(2000);
  assert.deepEqual(receiver.windows, []);
});

Deno.test("RatePath says what the protocol's statistics are made of", () => {
  const receiver = new Receiver(1_250_000, 40, 2800);
  const { path } = receiver;
  assert.deepEqual([path.rtt, path.minRtt, path.deliveryRate], [undefined, undefined, undefined]);
  assert.equal(path.limit, 16 * 1024);
  receiver.fill(3000);
  assert.ok(path.minRtt! >= 40 && path.minRtt! < 46, `${path.minRtt}`);
  assert.ok(path.rtt! > 50 && path.rtt! < 70, `${path.rtt}`);
  assert.ok(Math.abs(path.deliveryRate! / 1_250_000 - 1) < 0.1, `${path.deliveryRate}`);
  assert.ok(path.queueDelay > 5 && path.queueDelay < 25, `${path.queueDelay}`);
  assert.ok(path.limit > 60_000 && path.limit < 85_000, `${path.limit}`);
  assert.equal(path.room, Math.max(path.limit - path.outstanding, 0));
  assert.ok(path.bulkRoom < path.room || path.bulkRoom === 0);
  assert.equal(path.fragmentOctets, 1400);
});

Deno.test("RatePath has larger fragments on a fast path", () => {
  const receiver = new Receiver(25_000_000, 5, 2800);
  receiver.fill(2000);
  assert.equal(receiver.path.fragmentOctets, 16 * 1024);
});

Deno.test("RatePath answers the session about the next frame", () => {
  const receiver = new Receiver(1_250_000, 40, 2800);
  const { path } = receiver;
  assert.ok(path.hasRoom(10_000));
  receiver.fill(3000);
  assert.ok(!path.hasRoom(10_000));
  assert.ok(path.hasRoom(10_000, path.outstanding));
  assert.equal(path.roomIn, Infinity);
  assert.equal(path.paddingIn, Infinity);
  path.frameTaken();
  const { frameBudgetBits, mayTopOff } = path.decide();
  assert.ok(frameBudgetBits > 30_000 && frameBudgetBits < 80_000, `${frameBudgetBits}`);
  assert.ok(!mayTopOff);
  receiver.now += 1000;
  const later = path.decide({ interactive: false }).frameBudgetBits;
  assert.ok(path.padding() >= 4000 && later > 0);
});

Deno.test("RatePath refuses an ack of what was not sent", () => {
  const { path } = new Receiver(1000, 1, 0);
  path.acked(0, 0);
  assert.throws(() => path.acked(1, 0), RangeError);
  path.lost(10);
  path.applicationLimited();
  path.roundTrip(30, 5);
  assert.equal(path.minRtt, 30);
});

Deno.test("RatePath takes no path for slow because its other end is busy and answers small messages late", () => {
  let now = 0;
  const path = new RatePath({
    now: () => now,
    maxBitrate: kbitPerSecond(8000),
    maxFrameRate: perSecond(60),
  });
  const before = path.rate;
  for (const wait of [2, 2, 110, 140, 80, 2]) {
    path.sent(80, now);
    path.sent(70, now + 5);
    path.acked(80, now + wait);
    path.acked(70, now + wait + 42);
    now += 300;
  }
  assert.ok(path.rate >= before, `${path.rate} after ${before}`);
});

Deno.test("RatePath.believe() holds until the path shows what it is", () => {
  const receiver = new Receiver(125_000, 40, 0);
  receiver.path.believe(1_250_000);
  assert.equal(receiver.path.rate, 1_250_000);
  receiver.fill(1000);
  assert.ok(Math.abs(receiver.path.rate - 125_000) < 25_000, `${receiver.path.rate}`);
  receiver.path.believe(1_250_000);
  assert.ok(receiver.path.rate < 150_000, `${receiver.path.rate}`);
});

Deno.test("RatePath.believe() holds for a path that has carried but a few small messages", () => {
  let now = 0;
  const path = new RatePath({
    now: () => now,
    maxBitrate: kbitPerSecond(8000),
    maxFrameRate: perSecond(60),
  });
  for (let n = 0; n < 5; n++, now += 100) {
    path.sent(200, now);
    path.acked(200, now + 40);
  }
  path.believe(1_000_000);
  assert.equal(path.rate, 1_000_000);
  // Silence is no rate to go by for the next path.
  path.sent(50_000, now);
  now += 5000;
  assert.ok(path.rate < 10_000, `${path.rate}`);
  assert.equal(path.settledRate, 1_000_000);
});

Deno.test("RatePath finds the rate of a path behind which ends of messages are acknowledged at once", () => {
  let now = 0;
  const path = new RatePath({
    now: () => now,
    ackWindow: 2800,
    promptEnds: true,
    maxBitrate: kbitPerSecond(8000),
    maxFrameRate: perSecond(60),
  });
  // 5000 octets each 50 ms, at 1 Mbit/s and 20 ms of round trip: 60 ms for each.
  for (let frame = 0; frame < 40; frame++, now += 80) {
    path.sent(5000, now);
    path.acked(2800, now + 20 + 22.4);
    path.acked(2200, now + 20 + 40);
    assert.equal(path.outstanding, 0);
  }
  assert.ok(Math.abs(path.rate - 125_000) < 15_000, `${path.rate}`);
});

Deno.test("RatePath wants padding where frames are too small to show that the path is fast again", () => {
  const receiver = new Receiver(1_250_000, 40, 2800);
  const { path } = receiver;
  receiver.fill(2000);
  assert.equal(path.paddingIn, Infinity);
  receiver.rate = 12_500;
  receiver.fill(3000);
  assert.ok(path.rate < 100_000, `${path.rate}`);
  receiver.now += 300;
  path.acked(path.outstanding, receiver.now);
  path.roundTrip(41, receiver.now);
  // Frames that take but one packet, whose acks come with a timer, when the next one is under way.
  let least = Infinity;
  for (let frame = 0; frame < 20; frame++) {
    const before = path.outstanding;
    path.sent(1100, receiver.now);
    for (let ms = 0; ms < 400; ms += 10) {
      receiver.now += 10;
      if (ms === 20) path.acked(before, receiver.now);
      least = Math.min(least, path.paddingIn);
    }
  }
  assert.equal(least, 0);
});
