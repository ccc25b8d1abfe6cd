import assert from "node:assert/strict";
import { IdleTimeout } from "../../src/session/idle_timeout.ts";
import { VirtualClock } from "../../src/transport/virtual_clock.ts";
import { serverViewer } from "../support/server_viewer.ts";

const MINUTE = 60_000;

function bench() {
  const clock = new VirtualClock();
  const state = { expired: false };
  const idle = new IdleTimeout(10 * MINUTE, (ms, callback) => clock.schedule(ms, callback));
  idle.expired.then(() => state.expired = true);
  return { clock, idle, state };
}

Deno.test("IdleTimeout ends a session that nobody ever came to", async () => {
  const { clock, state } = bench();
  await clock.advance(10 * MINUTE - 1);
  assert.equal(state.expired, false);
  await clock.advance(1);
  assert.equal(state.expired, true);
});

Deno.test("IdleTimeout counts from when the last viewer has left", async () => {
  const { clock, idle, state } = bench();
  const [{ viewer: ada }, { viewer: grace }] = [serverViewer("control"), serverViewer("view")];
  await clock.advance(9 * MINUTE);
  idle.onjoin(ada);
  idle.onjoin(grace);
  await clock.advance(60 * MINUTE);
  idle.onleave(ada);
  await clock.advance(60 * MINUTE);
  idle.onleave(grace);
  await clock.advance(9 * MINUTE);
  idle.onjoin(ada);
  idle.onleave(ada);
  await clock.advance(9 * MINUTE);
  assert.equal(state.expired, false);
  await clock.advance(1 * MINUTE);
  assert.equal(state.expired, true);
});

Deno.test("IdleTimeout leaves no timer when it is disposed of", async () => {
  const { clock, idle, state } = bench();
  await idle[Symbol.asyncDispose]();
  await clock.advance(60 * MINUTE);
  assert.equal(state.expired, false);
});
