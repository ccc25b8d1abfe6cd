import assert from "node:assert/strict";
import { Retry, sleep } from "../../src/session/retry.ts";

Deno.test("Retry allows the first try at once", async () => {
  const retry = new Retry(AbortSignal.abort());
  const started = performance.now();
  assert.equal(await retry.next(), false);
  assert.ok(performance.now() - started < Retry.FIRST_MS);
});

Deno.test("Retry waits before the second try", async () => {
  const retry = new Retry(new AbortController().signal);
  assert.equal(await retry.next(), true);
  const started = performance.now();
  assert.equal(await retry.next(), true);
  assert.ok(performance.now() - started >= Retry.FIRST_MS - 1);
});

Deno.test("Retry ends at once when it is aborted while it waits", async () => {
  const stop = new AbortController();
  const retry = new Retry(stop.signal);
  await retry.next();
  const next = retry.next();
  stop.abort();
  assert.equal(await next, false);
});

Deno.test("sleep() leaves no timer behind when it is aborted", async () => {
  const stop = new AbortController();
  const asleep = sleep(3_600_000, stop.signal);
  stop.abort();
  await asleep;
});
