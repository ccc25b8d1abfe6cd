import assert from "node:assert/strict";
import { type Company, RoundTrips } from "../../src/rate/round_trips.ts";
import { milliseconds } from "../../src/rate/units.ts";

const ms = milliseconds;

/** Adds round trips of one length, one every 10 ms. */
function add(
  trips: RoundTrips,
  rtt: number,
  from: number,
  to: number,
  company: Company = "unknown",
): void {
  for (let at = from; at < to; at += 10) trips.add(ms(rtt), ms(at), company);
}

Deno.test("RoundTrips knows nothing at first", () => {
  const trips = new RoundTrips();
  assert.equal(trips.least, undefined);
  assert.equal(trips.latest, undefined);
  assert.equal(trips.queueDelay, 0);
  assert.equal(trips.standingDelay, 0);
});

Deno.test("RoundTrips takes what is more than the least for a queue", () => {
  const trips = new RoundTrips();
  trips.add(ms(40), ms(0), "unknown");
  trips.add(ms(55), ms(10), "unknown");
  assert.equal(trips.least, 40);
  assert.equal(trips.latest, 55);
  assert.equal(trips.queueDelay, 15);
  // For a moment only.
  assert.equal(trips.standingDelay, 0);
  add(trips, 60, 20, 300);
  assert.equal(trips.standingDelay, 20);
  trips.add(ms(41), ms(310), "unknown");
  assert.equal(trips.standingDelay, 1);
});

Deno.test("RoundTrips forgets the least after ten seconds under way", () => {
  const trips = new RoundTrips();
  trips.add(ms(20), ms(0), "unknown");
  add(trips, 50, 10, 8000);
  assert.equal(trips.least, 20);
  add(trips, 50, 8000, 12_000);
  assert.equal(trips.least, 50);
});

Deno.test("RoundTrips forgets nothing in an hour in which nothing is under way", () => {
  const trips = new RoundTrips();
  trips.add(ms(20), ms(0), "unknown");
  // A message a minute.
  for (let minute = 1; minute < 60; minute++) trips.add(ms(24), ms(minute * 60_000), "alone");
  assert.equal(trips.least, 20);
  assert.equal(trips.standingDelay, 4);
});

Deno.test("RoundTrips believes three messages that were alone and took longer", () => {
  const trips = new RoundTrips();
  add(trips, 20, 0, 1000);
  const later = 3_600_000;
  trips.add(ms(90), ms(later), "alone");
  trips.add(ms(88), ms(later + 100), "alone");
  assert.equal(trips.least, 20);
  trips.add(ms(95), ms(later + 200), "alone");
  assert.equal(trips.least, 88);
  // A shorter one is believed at once.
  trips.add(ms(30), ms(later + 300), "unknown");
  assert.equal(trips.least, 30);
});

Deno.test("RoundTrips does not believe them if one in between was short", () => {
  const trips = new RoundTrips();
  add(trips, 20, 0, 1000);
  for (const rtt of [90, 90, 21, 90, 90]) trips.add(ms(rtt), ms(2000), "alone");
  assert.equal(trips.least, 20);
});

Deno.test("RoundTrips learns the noise where there is no queue of ours", () => {
  const trips = new RoundTrips();
  for (let n = 0; n < 100; n++) trips.add(ms(40 + (n % 5) * 2), ms(n * 50), "loose");
  assert.ok(trips.noise > 2.5 && trips.noise < 7, `${trips.noise}`);
  const queued = new RoundTrips();
  for (let n = 0; n < 100; n++) queued.add(ms(40 + (n % 5) * 2), ms(n * 50), "unknown");
  assert.ok(queued.noise <= 2);
  // What our own octets took is none.
  const own = new RoundTrips();
  for (let n = 0; n < 100; n++) {
    own.add(ms(40 + (n % 5) * 2), ms(n * 50), "loose", ms((n % 5) * 2));
  }
  assert.ok(own.noise <= 2);
});

Deno.test("RoundTrips says when the path was last seen empty", () => {
  const trips = new RoundTrips();
  trips.add(ms(40), ms(0), "unknown");
  add(trips, 50, 10, 500);
  assert.equal(trips.seenAt, 0);
  trips.add(ms(45), ms(500), "loose");
  assert.equal(trips.seenAt, 500);
  trips.add(ms(40), ms(600), "unknown");
  assert.equal(trips.seenAt, 600);
});

Deno.test("RoundTrips.rebase() replaces what was believed", () => {
  const trips = new RoundTrips();
  add(trips, 20, 0, 1000);
  add(trips, 90, 1000, 2000);
  assert.equal(trips.standingDelay, 70);
  trips.rebase(ms(88));
  assert.equal(trips.least, 88);
  assert.equal(trips.standingDelay, 0);
});
