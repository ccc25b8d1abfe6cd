import assert from "node:assert/strict";
import { IdleProbe } from "../../src/rate/idle_probe.ts";
import { LossRate } from "../../src/rate/loss_rate.ts";
import { OwnQueue } from "../../src/rate/own_queue.ts";
import { Rivalry } from "../../src/rate/rivalry.ts";
import { bytes, bytesPerSecond, milliseconds } from "../../src/rate/units.ts";

const ms = milliseconds, rate = bytesPerSecond;

Deno.test("Rivalry takes one lengthening for another route", () => {
  const rivalry = new Rivalry();
  assert.equal(rivalry.allowance(0, 100), 0);
  rivalry.lengthened(1000);
  assert.equal(rivalry.allowance(1001, 100), 0);
  rivalry.lengthened(60_000);
  assert.equal(rivalry.allowance(60_001, 100), 0);
});

Deno.test("Rivalry takes two for a rival, for half a minute", () => {
  const rivalry = new Rivalry();
  rivalry.lengthened(1000);
  rivalry.lengthened(6000);
  assert.equal(rivalry.allowance(6000, 100), 25);
  assert.equal(rivalry.allowance(36_000, 100), 25);
  assert.equal(rivalry.allowance(36_001, 100), 0);
  assert.equal(rivalry.allowance(6000, 5000), 150);
  assert.equal(rivalry.allowance(6000, -1), 0);
});

Deno.test("IdleProbe is for what is in doubt and of use", () => {
  const probe = new IdleProbe();
  assert.equal(probe.dueAt(rate(1000), rate(5000), 0), Infinity);
  probe.learnt(rate(4000));
  assert.equal(probe.dueAt(rate(3300), rate(5000), 0), Infinity);
  assert.equal(probe.dueAt(rate(1000), rate(900), 0), Infinity);
  assert.equal(probe.dueAt(rate(1000), rate(5000), 700), 1700);
});

Deno.test("IdleProbe waits twice as long after each probe that was no news", () => {
  const probe = new IdleProbe();
  probe.learnt(rate(4000));
  const waits: number[] = [];
  let now = 0;
  for (let n = 0; n < 10; n++) {
    const at = probe.dueAt(rate(1000), rate(5000), 0);
    waits.push(at - now);
    now = at;
    probe.sent(ms(now), rate(1000));
    probe.learnt(rate(1000));
  }
  assert.deepEqual(waits, [1000, 1000, 2000, 4000, 8000, 16_000, 32_000, 64_000, 64_000, 64_000]);
  probe.learnt(rate(1500));
  assert.equal(probe.dueAt(rate(1500), rate(5000), 0) - now, 150, "news are followed up");
  probe.sent(ms(now), rate(1500));
  assert.equal(probe.dueAt(rate(1500), rate(5000), 0) - now, 1000);
});

Deno.test("LossRate counts by round trips, and not by single losses", () => {
  const loss = new LossRate();
  const event = (sentBytes: number, lostBytes: number, at: number) => ({
    sentBytes: bytes(sentBytes),
    ackedBytes: bytes(0),
    sentAt: ms(0),
    ackedAt: ms(at),
    appLimited: false,
    lostBytes: bytes(lostBytes),
  });
  assert.equal(loss.acked(event(10_000, 1400, 0), 40), undefined);
  assert.equal(loss.acked(event(30_000, 3000, 20), 40), 0.1);
  assert.equal(loss.acked(event(60_000, 3000, 50), 40), undefined);
  assert.equal(loss.acked(event(60_000, 3000, 60), 40), 0);
  assert.equal(loss.share, 0);
  assert.equal(loss.acked(event(100_000, 90_000, 200), 40), 1);
});

Deno.test("OwnQueue leaks at the path's rate", () => {
  const queue = new OwnQueue();
  const sent = (position: number, at: number) =>
    queue.sent(bytes(position), ms(at), rate(1_000_000));
  assert.equal(sent(5000, 0), 5);
  assert.equal(sent(8000, 0), 8);
  assert.equal(sent(10_000, 4), 6);
  assert.equal(sent(11_000, 1000), 1);
  assert.equal(new OwnQueue().sent(bytes(5000), ms(0), undefined), 0);
});
