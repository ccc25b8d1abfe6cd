import assert from "node:assert/strict";
import { type DrainInput, QueueDrain } from "../../src/rate/queue_drain.ts";
import { bytes, milliseconds } from "../../src/rate/units.ts";

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
  const long = (now: number) => input(now, 150, { standingDelay: ms(50), lengthSeenAt: ms(now) });
  const began = begins(new QueueDrain(), 5000, long);
  assert.ok(began !== undefined && began >= 600 && began < 700, `${began}`);
  const tolerable = (now: number) =>
    input(now, 70, { standingDelay: ms(29), lengthSeenAt: ms(now) });
  assert.equal(begins(new QueueDrain(), 5000, tolerable), undefined);
});

Deno.test("QueueDrain ends with what was sent into the empty path, and says its length", () => {
  const drain = new QueueDrain();
  const began = begins(drain, 5000, (now) => input(now, 100, { standingDelay: ms(60) }))!;
  const dry = { outstanding: bytes(20_000), standingDelay: ms(60) };
  assert.equal(drain.acked(input(began + 10, 100, { standingDelay: ms(60) })), undefined);
  assert.equal(drain.acked(input(began + 50, 95, dry)), undefined);
  // Sent before it was dry.
  assert.equal(drain.acked(input(began + 60, 90, dry)), undefined);
  assert.ok(drain.active);
  assert.equal(drain.acked(input(began + 150, 88, dry)), 88);
  assert.ok(!drain.active);
});

Deno.test("QueueDrain says nothing if the path is as long as was believed", () => {
  const drain = new QueueDrain();
  const began = begins(drain, 20_000, (now) => input(now, 45))!;
  drain.acked(input(began + 50, 42, { outstanding: bytes(0) }));
  assert.equal(drain.acked(input(began + 150, 41, { outstanding: bytes(0) })), undefined);
  assert.ok(!drain.active);
});
