import assert from "node:assert/strict";
import { RecentMessages } from "../../src/session/recent_messages.ts";

const message = (octets = 10) => new Uint8Array(octets);

Deno.test("RecentMessages replays from the keyframe while it is young", () => {
  const recent = new RecentMessages();
  const [key, delta] = [message(), message()];
  recent.add(key, true, 0);
  recent.add(delta, false, 500);
  assert.deepEqual(recent.replay(900, 20), [key, delta]);
});

Deno.test("RecentMessages forgets a keyframe that is over a second old", () => {
  const recent = new RecentMessages();
  recent.add(message(), true, 0);
  assert.deepEqual(recent.replay(RecentMessages.MAX_AGE_MS + 1, 20), []);
});

Deno.test("RecentMessages never replays deltas without their keyframe", () => {
  const recent = new RecentMessages();
  recent.add(message(), false, 0);
  assert.deepEqual(recent.replay(1, 20), []);
  recent.add(message(), true, 0);
  recent.add(message(), false, RecentMessages.MAX_AGE_MS + 1);
  recent.add(message(), false, RecentMessages.MAX_AGE_MS + 2);
  assert.deepEqual(recent.replay(RecentMessages.MAX_AGE_MS + 2, 20), []);
});

Deno.test("RecentMessages replays nothing that would come late", () => {
  const recent = new RecentMessages();
  recent.add(message(), true, 0);
  assert.equal(recent.replay(1, 9).length, 0);
  recent.add(message(), false, 2);
  assert.equal(recent.replay(3, 19).length, 0);
  // Somebody with a faster path gets it all the same.
  assert.equal(recent.replay(3, 20).length, 2);
});

Deno.test("RecentMessages keeps a bounded number of octets", () => {
  const recent = new RecentMessages();
  recent.add(message(RecentMessages.MAX_OCTETS), true, 0);
  assert.equal(recent.replay(0, Infinity).length, 1);
  recent.add(message(1), false, 1);
  assert.equal(recent.replay(1, Infinity).length, 0);
});
