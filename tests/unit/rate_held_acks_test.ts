import assert from "node:assert/strict";
import { HeldAcks } from "../../src/rate/held_acks.ts";
import { bytes, milliseconds } from "../../src/rate/units.ts";

/** Frames 33 ms apart, whose acks come so many ms after they were sent. */
function seenAfter(frames: number, delays: readonly number[], spacing = 0): boolean {
  const acks = new HeldAcks();
  for (let frame = 0; frame < frames; frame++) {
    for (const [index, delay] of delays.entries()) {
      const sentAt = frame * 33 + index * spacing;
      acks.acked({
        sentBytes: bytes(0),
        ackedBytes: bytes(0),
        sentAt: milliseconds(sentAt),
        ackedAt: milliseconds(frame * 33 + delay),
        appLimited: false,
      });
    }
  }
  return acks.seen;
}

Deno.test("HeldAcks sees that the later acks of frames come long after the first", () => {
  assert.equal(seenAfter(20, [1, 34]), true);
  // They come in one go.
  assert.equal(seenAfter(20, [1, 34, 34, 34.1]), true);
  assert.equal(seenAfter(3, [1, 34]), false);
});

Deno.test("HeldAcks takes neither a long path nor one of a megabit a second for that", () => {
  assert.equal(seenAfter(100, [80, 81, 82]), false);
  assert.equal(seenAfter(100, [80]), false);
  assert.equal(seenAfter(100, [12, 23.5]), false);
  // What was sent later may come later.
  assert.equal(seenAfter(100, [1, 21], 20), false);
});

Deno.test("HeldAcks takes no machine for that which is busy now and then", () => {
  const acks = new HeldAcks();
  const ack = (sentAt: number, ackedAt: number) =>
    acks.acked({
      sentBytes: bytes(0),
      ackedBytes: bytes(0),
      sentAt: milliseconds(sentAt),
      ackedAt: milliseconds(ackedAt),
      appLimited: false,
    });
  for (let frame = 0; frame < 1000; frame++) {
    ack(frame * 33, frame * 33 + 2);
    ack(frame * 33, frame * 33 + (frame % 3 === 0 ? 30 : 3));
  }
  assert.equal(acks.seen, false);
});
