import assert from "node:assert/strict";
import { FRAGMENT_OCTETS, PathEstimator } from "../../src/protocol/path_estimator.ts";

const MAX = 4 * 1024 * 1024;

/** Sends so many octets in fragments at one time. */
function send(path: PathEstimator, octets: number, now: number): void {
  for (let left = octets; left > 0; left -= FRAGMENT_OCTETS) {
    path.sent(Math.min(left, FRAGMENT_OCTETS), now);
  }
}

/** A path that is kept as full as the estimator lets it be. */
class BusyPath {
  readonly path: PathEstimator;
  now = 0;
  #free = 0;
  readonly #arrivals: number[] = [];

  constructor(maxOutstanding = MAX) {
    this.path = new PathEstimator(maxOutstanding);
  }

  /** Goes on for some ms, at so many octets a second and ms of RTT. */
  run(rate: number, rtt: number, ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      while (this.path.room >= FRAGMENT_OCTETS) {
        this.path.sent(FRAGMENT_OCTETS, this.now);
        this.#free = Math.max(this.#free, this.now) + FRAGMENT_OCTETS * 1000 / rate;
        this.#arrivals.push(this.#free + rtt);
      }
      this.#arrivals.shift();
      this.now = Math.max(this.now, this.#arrivals.shift()!);
      this.path.acked(2 * FRAGMENT_OCTETS, this.now);
    }
  }
}

/** A path that was kept full. */
function saturated(rate: number, rtt: number, ms: number, maxOutstanding?: number): PathEstimator {
  const busy = new BusyPath(maxOutstanding);
  busy.run(rate, rtt, ms);
  return busy.path;
}

Deno.test("PathEstimator starts at 16 KiB and knows nothing", () => {
  const path = new PathEstimator(MAX);
  assert.equal(path.limit, 16 * 1024);
  assert.equal(path.rtt, undefined);
  assert.equal(path.minRtt, undefined);
  assert.equal(path.deliveryRate, undefined);
  assert.equal(path.fragmentOctets, FRAGMENT_OCTETS);
});

Deno.test("PathEstimator times round trips only while data follow", () => {
  const path = new PathEstimator(MAX);
  // The receiver has no reason to ack this before its timer says so.
  send(path, 1400, 0);
  path.acked(1400, 240);
  assert.equal(path.rtt, undefined);
  // Here it has: 2800 octets have come.
  send(path, 1400, 1000);
  path.acked(1400, 1030);
  assert.equal(path.rtt, 30);
  // The tail behind a multiple of the window is acked late, and not timed.
  send(path, 4200, 2000);
  path.acked(2800, 2040);
  path.acked(1400, 2250);
  assert.equal(path.rtt, 40);
  assert.equal(path.minRtt, 30);
});

Deno.test("PathEstimator finds the rate, and bounds the queue to about 50 ms", () => {
  for (const [rate, rtt] of [[125_000, 80], [1_250_000, 40], [1_250_000, 200], [12_500_000, 5]]) {
    const path = saturated(rate!, rtt!, 5000);
    assert.ok(Math.abs(path.deliveryRate! / rate! - 1) < 0.1, `${path.deliveryRate} of ${rate}`);
    const queueMs = path.limit * 1000 / rate! - rtt!;
    assert.ok(queueMs > 35 && queueMs < 75, `${queueMs} ms of queue at ${rate}, ${rtt} ms`);
  }
});

Deno.test("PathEstimator holds no less than 16 KiB and no more than it may", () => {
  assert.equal(saturated(20_000, 40, 20_000).limit, 16 * 1024);
  assert.equal(saturated(12_500_000, 40, 2000, 100_000).limit, 100_000);
});

Deno.test("PathEstimator follows the rate down and up within a second", () => {
  const busy = new BusyPath();
  const { path } = busy;
  busy.run(1_250_000, 40, 3000);
  busy.run(250_000, 40, 1000);
  assert.ok(path.deliveryRate! < 300_000, `${path.deliveryRate}`);
  assert.ok(path.limit < 35_000, `${path.limit}`);
  busy.run(1_250_000, 40, 1000);
  assert.ok(path.deliveryRate! > 1_000_000, `${path.deliveryRate}`);
});

Deno.test("PathEstimator believes nothing of an idle path, and forgets nothing", () => {
  const busy = new BusyPath();
  busy.run(1_250_000, 40, 3000);
  const { path } = busy;
  let { now } = busy;
  path.acked(path.outstanding, now + 90);
  const { deliveryRate, limit } = path;
  // An hour of small messages: each alone would say that the path is slow.
  for (let minute = 0; minute < 60; minute++) {
    now += 60_000;
    path.applicationLimited();
    send(path, 5600, now);
    path.acked(5600, now + 41);
  }
  assert.equal(path.deliveryRate, deliveryRate);
  assert.ok(Math.abs(path.limit / limit - 1) < 0.1);
});

Deno.test("PathEstimator takes samples again once an idle path is kept busy", () => {
  const busy = new BusyPath();
  const { path } = busy;
  path.applicationLimited();
  busy.run(1_250_000, 40, 2000);
  assert.ok(path.deliveryRate! > 1_000_000);
});

Deno.test("PathEstimator forgets the least round trip after minutes", () => {
  const path = new PathEstimator(MAX);
  path.roundTrip(10, 0);
  for (let minute = 0; minute < 4; minute++) path.roundTrip(50, minute * 60_000);
  assert.equal(path.minRtt, 10);
  path.roundTrip(50, 5 * 60_000);
  path.roundTrip(50, 6 * 60_000);
  assert.equal(path.minRtt, 50);
});

Deno.test("PathEstimator does not mistake its own queue for the path's length", () => {
  for (const [rate, rtt] of [[125_000, 80], [1_250_000, 40]]) {
    const busy = new BusyPath();
    busy.run(rate!, rtt!, 15 * 60_000);
    assert.ok(busy.path.minRtt! < rtt! + 25, `${busy.path.minRtt} of ${rtt} ms`);
    // The path has become longer in the meantime: that is learnt as well.
    busy.run(rate!, rtt! + 100, 8 * 60_000);
    const { minRtt } = busy.path;
    assert.ok(minRtt! >= rtt! + 100 && minRtt! < rtt! + 125, `${minRtt} of ${rtt! + 100} ms`);
  }
});

Deno.test("PathEstimator asks for fewer acks and larger fragments on a fast path", () => {
  const path = new PathEstimator(MAX);
  const windows: number[] = [];
  let now = 0;
  for (let round = 0; round < 200; round++) {
    while (path.room >= path.fragmentOctets) {
      const window = path.sent(path.fragmentOctets, now);
      if (window !== undefined) windows.push(window);
    }
    now += 1;
    path.acked(path.outstanding, now);
  }
  assert.equal(path.fragmentOctets, 16 * 1024);
  assert.equal(windows.at(-1), 22_400);
  assert.ok(windows.length < 5);
});
