import assert from "node:assert/strict";
import { type DrainInput, type LongerPath, QueueDrain } from "../../src/rate/queue_drain.ts";
import { bytes, bytesPerSecond, milliseconds } from "../../src/rate/units.ts";

const ms = milliseconds;

function input(now: number, rtt: number, options: Partial<DrainInput> = {}): DrainInput {
  return {
    now: ms(now),
    sentAt: ms(now - rtt),
    leastRtt: ms(40),
    noise: ms(1),
    lengthSeenAt: ms(-Infinity),
    standingDelay: ms(0),
    tolerated: ms(15),
    rate: bytesPerSecond(1_250_000),
    outstanding: bytes(60_000),
    limit: bytes(25_000),
    ...options,
  };
}

/** Takes an ack every 10 ms until the drain begins. @returns When, if it does. */
function begins(
  drain: QueueDrain,
  until: number,
  at: (now: number) => DrainInput,
): number | undefined {
  for (let now = 0; now < until; now += 10) {
    drain.acked(at(now));
    if (drain.active) return now;
  }
  return undefined;
}

Deno.test("QueueDrain begins when a busy path has not shown its length for 8 s", () => {
  const began = begins(new QueueDrain(), 20_000, (now) => input(now, 45));
  assert.ok(began !== undefined && began >= 8000 && began < 8100, `${began}`);
});

Deno.test("QueueDrain does not begin while the path shows its length", () => {
  const seen = (now: number) => input(now, 45, { lengthSeenAt: ms(now - now % 7000) });
  assert.equal(begins(new QueueDrain(), 60_000, seen), undefined);
});

Deno.test("QueueDrain does not begin on an idle path", () => {
  const drain = new QueueDrain();
  for (let now = 0; now < 600_000; now += 2000) {
    drain.acked(input(now, 45, { standingDelay: ms(100) }));
    assert.ok(!drain.active);
  }
});

Deno.test("QueueDrain begins when a delay outlasts four round trips", () => {
  const long = (now: number) =>
    input(now, 200, { standingDelay: ms(50), leastRtt: ms(150), lengthSeenAt: ms(now) });
  const began = begins(new QueueDrain(), 5000, long);
  assert.ok(began !== undefined && began >= 600 && began < 700, `${began}`);
  const tolerable = (now: number) =>
    input(now, 70, { standingDelay: ms(29), lengthSeenAt: ms(now) });
  assert.equal(begins(new QueueDrain(), 5000, tolerable), undefined);
});

Deno.test("QueueDrain ends with what was sent into the empty path, and says its length", () => {
  const drain = new QueueDrain();
  const began = begins(drain, 5000, (now) => input(now, 100, { standingDelay: ms(60) }))!;
  const rate = bytesPerSecond(100_000);
  const dry = { outstanding: bytes(20_000), standingDelay: ms(60), rate };
  assert.equal(drain.acked(input(began + 10, 100, { standingDelay: ms(60) })), undefined);
  assert.equal(drain.acked(input(began + 50, 95, dry)), undefined);
  // Sent before it was dry.
  assert.equal(drain.acked(input(began + 60, 90, dry)), undefined);
  assert.ok(drain.active);
  assert.equal(drain.acked(input(began + 150, 88, dry))?.rtt, 88);
  assert.ok(!drain.active);
});

Deno.test("QueueDrain remembers what the path carried before the delay came up", () => {
  const drain = new QueueDrain();
  for (let now = 0; now < 3000; now += 10) {
    // In the last 300 ms, the queue that others cause takes rate away before it is seen to stand.
    const rate = bytesPerSecond(now < 2700 ? 1_250_000 : 400_000);
    drain.acked(input(now, 41, { lengthSeenAt: ms(now), rate }));
  }
  const less = { rate: bytesPerSecond(20_000), standingDelay: ms(80), outstanding: bytes(0) };
  let found: LongerPath | undefined;
  for (let now = 3000; now < 5000; now += 10) found ??= drain.acked(input(now, 120, less));
  assert.deepEqual(found, { rtt: 120, rateBefore: 1_250_000 });
});

Deno.test("QueueDrain says nothing if the path is as long as was believed", () => {
  const drain = new QueueDrain();
  const began = begins(drain, 20_000, (now) => input(now, 45))!;
  drain.acked(input(began + 50, 42, { outstanding: bytes(0) }));
  assert.equal(drain.acked(input(began + 150, 41, { outstanding: bytes(0) })), undefined);
  assert.ok(!drain.active);
});
