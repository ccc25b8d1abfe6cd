import assert from "node:assert/strict";
import { Tickets } from "../../src/http/tickets.ts";

Deno.test("Tickets.redeem() gives the grant once", () => {
  const tickets = new Tickets<string>();
  const ticket = tickets.issue("ada");
  assert.equal(tickets.redeem(ticket), "ada");
  assert.equal(tickets.redeem(ticket), undefined);
  assert.equal(tickets.size, 0);
});

Deno.test("Tickets.redeem() refuses what was never issued", () => {
  const tickets = new Tickets<string>();
  const ticket = tickets.issue("ada");
  for (const wrong of ["", "x", ticket.slice(1), ticket + "A", ticket.toUpperCase()]) {
    assert.equal(tickets.redeem(wrong), undefined);
  }
  assert.equal(tickets.redeem(ticket), "ada");
});

Deno.test("Tickets.redeem() refuses an expired ticket", () => {
  let now = 0;
  const tickets = new Tickets<string>({ lifetime: 10_000, now: () => now });
  const first = tickets.issue("ada");
  const second = tickets.issue("bob");
  now = 9_999;
  assert.equal(tickets.redeem(first), "ada");
  now = 10_000;
  assert.equal(tickets.redeem(second), undefined);
});

Deno.test("Tickets.issue() drops the expired, and the oldest over the limit", () => {
  let now = 0;
  const tickets = new Tickets<number>({ lifetime: 10_000, limit: 3, now: () => now });
  const issued = [0, 1, 2, 3, 4].map((number) => tickets.issue(number));
  assert.equal(tickets.size, 3);
  assert.deepEqual(
    issued.map((ticket) => tickets.redeem(ticket)),
    [undefined, undefined, 2, 3, 4],
  );
  tickets.issue(5);
  now = 20_000;
  tickets.issue(6);
  assert.equal(tickets.size, 1);
});

Deno.test("Tickets.issue() gives different letters that a URL takes as they are", () => {
  const tickets = new Tickets<number>();
  const issued = Array.from({ length: 100 }, (_, number) => tickets.issue(number));
  assert.equal(new Set(issued).size, 100);
  for (const ticket of issued) assert.match(ticket, /^[A-Za-z0-9_-]{32}$/);
});
