import assert from "node:assert/strict";
import type { Certificate } from "../../src/tls/certificate.ts";
import { CertificateRotation } from "../../src/tls/rotation.ts";

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;

/** A clock that the test moves, and certificates that cost nothing. */
class Bench {
  now = Date.UTC(2026, 0, 1);
  made = 0;

  make = ({ notBefore, notAfter }: { notBefore: number; notAfter: number }) => {
    const hash = new Uint8Array(32);
    new DataView(hash.buffer).setUint32(0, ++this.made);
    return Promise.resolve<Certificate>({
      cert: `certificate ${this.made}`,
      key: `key ${this.made}`,
      hash,
      notBefore,
      notAfter,
    });
  };

  start(options: { validity?: number; margin?: number } = {}): Promise<CertificateRotation> {
    return CertificateRotation.start({ now: () => this.now, make: this.make, ...options });
  }
}

Deno.test("CertificateRotation.start() makes a certificate of 13 days and announces the next", async () => {
  const bench = new Bench();
  const rotation = await bench.start();
  const { current, next } = rotation;
  assert.equal(current.notAfter - current.notBefore, 13 * DAY);
  assert.equal(next.notAfter - next.notBefore, 13 * DAY);
  assert.ok(current.notBefore < bench.now && bench.now < current.notAfter);
  assert.deepEqual(rotation.hashes, [current.hash, next.hash]);
  assert.equal(rotation.rotateAt, (current.notBefore + current.notAfter) / 2);
});

Deno.test("CertificateRotation.rotate() leaves a young certificate alone", async () => {
  const bench = new Bench();
  const rotation = await bench.start();
  const { current } = rotation;
  bench.now = rotation.rotateAt - 1;
  assert.equal(await rotation.rotate(), false);
  assert.equal(rotation.current, current);
  assert.equal(bench.made, 2);
});

Deno.test("CertificateRotation.rotate() serves at half life what pages already know", async () => {
  const bench = new Bench();
  const rotation = await bench.start();
  const announced = rotation.hashes[1];
  bench.now = rotation.rotateAt;
  assert.equal(await rotation.rotate(), true);
  assert.equal(rotation.current.hash, announced);
  assert.ok(rotation.current.notBefore <= bench.now - 12 * HOUR, "browsers' clocks may be behind");
  assert.equal(bench.made, 3);
});

Deno.test("CertificateRotation.rotate() makes one certificate when it is called twice at once", async () => {
  const bench = new Bench();
  const rotation = await bench.start();
  bench.now = rotation.rotateAt;
  assert.deepEqual(await Promise.all([rotation.rotate(), rotation.rotate()]), [true, true]);
  assert.equal(bench.made, 3);
});

Deno.test("CertificateRotation.rotate() keeps what it had when making fails, and can try again", async () => {
  const bench = new Bench();
  let fails = false;
  const rotation = await CertificateRotation.start({
    now: () => bench.now,
    make: (times) => fails ? Promise.reject(new Error("no entropy")) : bench.make(times),
  });
  const { current, next } = rotation;
  bench.now = rotation.rotateAt;
  fails = true;
  await assert.rejects(rotation.rotate(), /no entropy/);
  assert.deepEqual([rotation.current, rotation.next], [current, next]);
  fails = false;
  assert.equal(await rotation.rotate(), true);
  assert.equal(rotation.current, next);
});

Deno.test("CertificateRotation.rotate() starts afresh after a sleep longer than the certificates live", async () => {
  for (const jump of [13 * DAY, 40 * DAY, -40 * DAY]) {
    const bench = new Bench();
    const rotation = await bench.start();
    const before = rotation.hashes;
    bench.now += jump;
    assert.equal(await rotation.rotate(), true);
    assert.ok(!before.includes(rotation.current.hash));
    assert.ok(rotation.current.notBefore <= bench.now && bench.now < rotation.rotateAt);
  }
});

Deno.test("CertificateRotation keeps a valid certificate over 24 hours at any hour's rotation", async () => {
  // The shortest lives: 24 simulated hours of rotating every half hour, looked at each minute.
  const bench = new Bench();
  const rotation = await bench.start({ validity: HOUR, margin: 60_000 });
  let rotations = 0;
  let known = rotation.hashes;
  for (let minute = 0; minute < 24 * 60; minute++) {
    bench.now += 60_000;
    if (await rotation.rotate()) {
      rotations++;
      assert.ok(known.includes(rotation.current.hash), "a page knows the one that comes next");
      known = rotation.hashes;
    }
    const { notBefore, notAfter } = rotation.current;
    assert.ok(notBefore <= bench.now && bench.now < notAfter);
  }
  assert.ok(rotations >= 46, `${rotations} rotations`);
});

Deno.test("CertificateRotation.start() throws for what no browser would take", async () => {
  const bench = new Bench();
  await assert.rejects(bench.start({ validity: 15 * DAY }), RangeError);
  await assert.rejects(bench.start({ validity: 0 }), RangeError);
  await assert.rejects(bench.start({ validity: HOUR, margin: HOUR }), RangeError);
});
