import assert from "node:assert/strict";
import { SentLedger } from "../../src/rate/sent_ledger.ts";
import { type Bytes, bytes, type Milliseconds, milliseconds } from "../../src/rate/units.ts";

const B = bytes, ms = milliseconds;

function send(ledger: SentLedger, octets: number, at: number): void {
  ledger.sent(B(octets) as Bytes, ms(at) as Milliseconds);
}

Deno.test("SentLedger says when the last acknowledged octet was sent", () => {
  const ledger = new SentLedger();
  send(ledger, 1000, 0);
  send(ledger, 1000, 5);
  send(ledger, 1000, 9);
  const event = ledger.acked(B(2000), ms(50));
  assert.deepEqual(event, {
    sentBytes: 3000,
    ackedBytes: 2000,
    sentAt: 5,
    ackedAt: 50,
    appLimited: false,
    lostBytes: 0,
  });
  assert.deepEqual(ledger.inFlight, { outstanding: 1000, awaitedSince: 9, tail: undefined });
});

Deno.test("SentLedger does not time a part of a fragment", () => {
  const ledger = new SentLedger();
  send(ledger, 1000, 0);
  assert.equal(ledger.acked(B(999), ms(50)).sentAt, undefined);
  assert.equal(ledger.acked(B(1), ms(60)).sentAt, 0);
});

Deno.test("SentLedger times the packets of what was handed over at once", () => {
  for (const octets of [1, 1399, 1400, 1401, 2800, 10_000, 64_000]) {
    const ledger = new SentLedger();
    send(ledger, octets, 3);
    assert.equal(ledger.sentBytes, octets);
    let timed = 0;
    for (let left = octets; left > 0; left -= 1400) {
      const event = ledger.acked(B(Math.min(left, 1400)), ms(50));
      if (event.sentAt === 3) timed++;
    }
    assert.equal(timed, Math.ceil(octets / 1400), `${octets}`);
    assert.equal(ledger.inFlight.awaitedSince, undefined);
  }
});

Deno.test("SentLedger awaits no ack of nothing", () => {
  const ledger = new SentLedger();
  send(ledger, 0, 3);
  assert.deepEqual(ledger.inFlight, { outstanding: 0, awaitedSince: undefined, tail: undefined });
});

Deno.test("SentLedger times only what completes a multiple of the ack window", () => {
  const ledger = new SentLedger({ ackWindow: B(2800) });
  send(ledger, 1400, 0);
  assert.deepEqual(ledger.inFlight, {
    outstanding: 1400,
    awaitedSince: undefined,
    tail: { octets: 1400, sentAt: 0 },
  });
  send(ledger, 1400, 1);
  send(ledger, 1400, 2);
  assert.deepEqual(ledger.inFlight, {
    outstanding: 4200,
    awaitedSince: 1,
    tail: { octets: 1400, sentAt: 2 },
  });
  assert.equal(ledger.acked(B(2800), ms(40)).sentAt, 1);
  // The timer's ack: it came late, so it is not timed.
  assert.equal(ledger.acked(B(1400), ms(240)).sentAt, undefined);
  assert.deepEqual(ledger.inFlight, { outstanding: 0, awaitedSince: undefined, tail: undefined });
});

Deno.test("SentLedger times each multiple within a large chunk", () => {
  const ledger = new SentLedger({ ackWindow: B(2800) });
  send(ledger, 10_000, 4);
  for (let n = 0; n < 3; n++) assert.equal(ledger.acked(B(2800), ms(50 + n)).sentAt, 4);
  assert.deepEqual(ledger.inFlight, {
    outstanding: 1600,
    awaitedSince: undefined,
    tail: { octets: 1600, sentAt: 4 },
  });
});

Deno.test("SentLedger counts anew with another window", () => {
  const ledger = new SentLedger({ ackWindow: B(2800) });
  send(ledger, 2000, 0);
  ledger.setAckWindow(B(5600));
  send(ledger, 4000, 1);
  assert.equal(ledger.inFlight.awaitedSince, undefined);
  send(ledger, 1600, 2);
  assert.equal(ledger.inFlight.awaitedSince, 2);
});

Deno.test("SentLedger marks what was sent for want of anything else", () => {
  const ledger = new SentLedger();
  send(ledger, 1000, 0);
  ledger.applicationLimited();
  send(ledger, 1000, 100);
  assert.equal(ledger.acked(B(1000), ms(140)).appLimited, false);
  assert.equal(ledger.acked(B(1000), ms(150)).appLimited, true);
  send(ledger, 1000, 160);
  send(ledger, 1000, 160);
  // Two octets later the path is as busy as it gets.
  assert.equal(ledger.acked(B(1000), ms(200)).appLimited, false);
});

Deno.test("SentLedger passes on what was lost", () => {
  const ledger = new SentLedger();
  send(ledger, 1000, 0);
  ledger.lost(B(300));
  assert.equal(ledger.acked(B(1000), ms(1)).lostBytes, 300);
});

Deno.test("SentLedger refuses an ack of what was not sent", () => {
  const ledger = new SentLedger();
  send(ledger, 1000, 0);
  assert.throws(() => ledger.acked(B(1001), ms(1)), {
    name: "RangeError",
    message: "An ack of 1001 octets is for more than the 1000 sent",
  });
});
