import assert from "node:assert/strict";
import { gateOpen } from "../../src/protocol/flow_gate.ts";

const IDLE = { queued: 0, outstanding: 0, limit: 16_000, buffer: 1_000_000 };

Deno.test("gateOpen() lets a message through that fits under the limit", () => {
  assert.ok(gateOpen(IDLE, 5000));
  assert.ok(gateOpen({ ...IDLE, outstanding: 11_000 }, 5000));
  assert.ok(!gateOpen({ ...IDLE, outstanding: 11_001 }, 5000));
});

Deno.test("gateOpen() lets a large message begin when half of the limit is free", () => {
  assert.ok(gateOpen({ ...IDLE, outstanding: 8000 }, 500_000));
  assert.ok(!gateOpen({ ...IDLE, outstanding: 8001 }, 500_000));
});

Deno.test("gateOpen() waits for what is queued, and for the receiver", () => {
  assert.ok(!gateOpen({ ...IDLE, queued: 1 }, 1));
  assert.ok(!gateOpen({ ...IDLE, buffer: 0 }, 1000));
  assert.ok(gateOpen({ ...IDLE, buffer: 0 }, 0));
});
