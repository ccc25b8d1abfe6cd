import assert from "node:assert/strict";
import {
  bits,
  bytes,
  bytesIn,
  bytesPerSecond,
  kbitPerSecond,
  milliseconds,
  perSecond,
  rateOf,
  timeFor,
  toBits,
  toBytes,
  toBytesPerSecond,
  toKbitPerSecond,
} from "../../src/rate/units.ts";

Deno.test("units convert into each other", () => {
  assert.equal(toBytesPerSecond(kbitPerSecond(8000)), 1_000_000);
  assert.equal(toKbitPerSecond(bytesPerSecond(1_000_000)), 8000);
  assert.equal(bytesIn(bytesPerSecond(1_250_000), milliseconds(40)), 50_000);
  assert.equal(timeFor(bytes(50_000), bytesPerSecond(1_250_000)), 40);
  assert.equal(rateOf(bytes(50_000), milliseconds(40)), 1_250_000);
  assert.equal(toBits(bytes(3)), 24);
  assert.equal(toBytes(bits(17)), 3);
});

Deno.test("timeFor() takes no time for nothing, and for ever at no rate", () => {
  assert.equal(timeFor(bytes(0), bytesPerSecond(0)), 0);
  assert.equal(timeFor(bytes(1), bytesPerSecond(0)), Infinity);
});

Deno.test("units refuse what is no number, by name", () => {
  const makers = [milliseconds, bytes, bits, bytesPerSecond, kbitPerSecond, perSecond];
  for (const make of makers) {
    assert.equal(make(Infinity), Infinity);
    assert.throws(() => make(NaN), { name: "RangeError", message: /must be a number, not NaN$/ });
  }
  assert.throws(() => rateOf(bytes(0), milliseconds(0)), RangeError);
});

Deno.test("units do not mix", () => {
  // @ts-expect-error A rate is no size.
  timeFor(bytesPerSecond(1), bytesPerSecond(1));
  // @ts-expect-error kbit/s are no octets a second.
  bytesIn(kbitPerSecond(1), milliseconds(1));
  // @ts-expect-error A plain number has no unit.
  bytesIn(bytesPerSecond(1), 1);
});
