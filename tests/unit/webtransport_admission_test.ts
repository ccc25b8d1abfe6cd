import assert from "node:assert/strict";
import fc from "fast-check";
import { addressGroup, Admission } from "../../src/transport/webtransport_admission.ts";

/** An admission, and the names of those whom it displaced. */
function bench(limit: number) {
  const admission = new Admission(limit);
  const displaced: string[] = [];
  const admit = (group: string, name: string) =>
    admission.admit({ group, displace: () => displaced.push(name) });
  return { admission, displaced, admit };
}

Deno.test("Admission displaces nobody up to its limit", () => {
  const { admission, displaced, admit } = bench(3);
  const releases = ["a", "b", "c"].map((name) => admit("x", name));
  assert.equal(admission.size, 3);
  for (const release of releases) release();
  assert.equal(admission.size, 0);
  for (let round = 0; round < 10; round++) admit("x", String(round))();
  assert.deepEqual(displaced, []);
});

Deno.test("Admission displaces the oldest of the busiest address", () => {
  const { admission, displaced, admit } = bench(4);
  admit("honest", "h");
  for (const name of ["f1", "f2", "f3"]) admit("flood", name);
  admit("flood", "f4");
  admit("other", "o");
  assert.deepEqual(displaced, ["f1", "f2"]);
  assert.equal(admission.size, 4);
});

Deno.test("Admission never displaces one that has been released", () => {
  const { admission, displaced, admit } = bench(1);
  const release = admit("x", "a");
  release();
  release();
  assert.equal(admission.size, 0);
  admit("x", "b");
  assert.deepEqual(displaced, []);
});

Deno.test("Admission keeps its count for any order of events", () => {
  fc.assert(fc.property(
    fc.array(fc.record({ group: fc.constantFrom("a", "b", "c"), release: fc.nat(20) })),
    (events) => {
      const { admission, displaced, admit } = bench(5);
      const releases = events.map(({ group }, index) => admit(group, String(index)));
      assert.equal(admission.size, Math.min(events.length, 5));
      assert.equal(new Set(displaced).size, displaced.length);
      for (const { release } of events) releases[release]?.();
      for (const release of releases) release();
      assert.equal(admission.size, 0);
    },
  ));
});

Deno.test("addressGroup() takes an IPv4 address whole and the /64 of an IPv6 address", () => {
  assert.equal(addressGroup("192.0.2.7"), "192.0.2.7");
  assert.equal(addressGroup("::ffff:192.0.2.7"), "192.0.2.7");
  assert.equal(addressGroup("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2");
  assert.equal(addressGroup("2001:db8::1"), "2001:db8:0:0");
  assert.equal(addressGroup("2001:0DB8:0:0:1::"), "2001:db8:0:0");
  assert.equal(addressGroup("::1"), "0:0:0:0");
  assert.equal(addressGroup("fe80::1%eth0"), "fe80:0:0:0");
});
