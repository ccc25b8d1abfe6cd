import assert from "node:assert/strict";
import { type TierEvidence, TierPolicy } from "../../src/session/tier_policy.ts";

/** A path without room unless it is said that there is. */
type Evidence = Omit<TierEvidence, "now" | "full"> & { readonly full?: boolean };

/** A viewer whose evidence is looked at thirty times a second. */
class Watched {
  readonly policy: TierPolicy;
  now = 0;
  /** When it got which tier. */
  readonly changes: { at: number; tier: number }[] = [];

  constructor(tiers = 1) {
    this.policy = new TierPolicy(tiers);
  }

  /** Shows it the same for a time, or what is right at each time since. */
  see(ms: number, evidence: Evidence | ((since: number) => Evidence)): this {
    const start = this.now;
    for (; this.now < start + ms; this.now += 1000 / 30) {
      const seen = typeof evidence === "function" ? evidence(this.now - start) : evidence;
      if (!this.policy.note({ full: true, ...seen, now: this.now })) continue;
      this.changes.push({ at: this.now, tier: this.policy.tier });
    }
    return this;
  }
}

const WELL = { behind: false, rate: 20_000, needed: 4000 };

Deno.test("TierPolicy leaves a viewer alone that keeps up", () => {
  assert.deepEqual(new Watched().see(120_000, WELL).changes, []);
});

Deno.test("TierPolicy forgives falling behind once", () => {
  const once = new Watched().see(5000, WELL).see(1000, { ...WELL, behind: true }).see(60_000, WELL);
  assert.deepEqual(once.changes, []);
});

Deno.test("TierPolicy moves a viewer that stays behind", () => {
  const { changes } = new Watched().see(1000, WELL).see(3000, { ...WELL, behind: true });
  assert.deepEqual(changes.map(({ tier }) => tier), [1]);
  assert.ok(changes[0]!.at >= 1000 + TierPolicy.BEHIND_MS && changes[0]!.at < 2700);
});

Deno.test("TierPolicy moves a viewer that falls behind again and again", () => {
  const { changes } = new Watched().see(8000, (since) => ({
    ...WELL,
    behind: since % 2000 < 400,
  }));
  assert.deepEqual(changes.map(({ tier }) => tier), [1]);
  // A moment is none: the machine may have been busy.
  const moments = new Watched().see(60_000, (since) => ({ ...WELL, behind: since % 1000 < 150 }));
  assert.deepEqual(moments.changes, []);
});

Deno.test("TierPolicy moves a viewer whose path carries much less than the picture takes", () => {
  const slow = { behind: false, rate: 1000, needed: 4000 };
  assert.deepEqual(new Watched().see(6000, slow).changes.map(({ tier }) => tier), [1]);
  // A little less is for the encoder to make up for, and a moment is none.
  assert.deepEqual(new Watched().see(60_000, { ...slow, rate: 3000 }).changes, []);
  assert.deepEqual(
    new Watched().see(60_000, (since) => since % 6000 < 3000 ? slow : WELL).changes,
    [],
  );
  // With room on it, it may carry much more than it was ever given.
  assert.deepEqual(new Watched().see(60_000, { ...slow, full: false }).changes, []);
});

Deno.test("TierPolicy moves a viewer at once that is behind since its path carries much less", () => {
  const slow = { behind: true, rate: 1000, needed: 4000 };
  const { changes } = new Watched().see(1000, WELL).see(1000, slow);
  assert.deepEqual(changes.map(({ tier }) => tier), [1]);
  assert.ok(changes[0]!.at < 1000 + TierPolicy.LEAST_BEHIND_MS + 50);
  // A machine that is busy for a moment has late acks, and is behind.
  const moments = new Watched().see(60_000, (since) => since % 1000 < 150 ? slow : WELL);
  assert.deepEqual(moments.changes, []);
});

Deno.test("TierPolicy goes no further than there are tiers", () => {
  const slow = { behind: true, rate: 100, needed: 4000, above: 4000 };
  assert.deepEqual(new Watched(0).see(30_000, slow).changes, []);
  assert.deepEqual(new Watched(2).see(9000, slow).changes.map(({ tier }) => tier), [1, 2]);
});

Deno.test("TierPolicy lets a viewer come back whose path carries the better picture again", () => {
  const viewer = new Watched().see(3000, { behind: true, rate: 500, needed: 4000 });
  viewer.see(60_000, { behind: false, rate: 500, needed: 400, above: 4000 });
  // Not before it is tried without knowing better.
  const tried = viewer.changes.findIndex(({ tier }) => tier === 0);
  assert.ok(tried === -1 || viewer.changes[tried]!.at > 40_000);
  const back = new Watched().see(3000, { behind: true, rate: 500, needed: 4000 });
  back.see(60_000, { behind: false, rate: 9000, needed: 400, above: 4000 });
  assert.deepEqual(back.changes.map(({ tier }) => tier), [1, 0]);
  const [gone, came] = back.changes;
  assert.ok(came!.at - gone!.at >= TierPolicy.STAY_MS);
  assert.ok(came!.at - gone!.at < 2 * TierPolicy.STAY_MS);
});

Deno.test("TierPolicy tries to come back more and more seldom while it is in vain", () => {
  const viewer = new Watched();
  // It is thought to be fast, and is not.
  for (let times = 0; times < 60_000; times++) {
    viewer.see(
      50,
      viewer.policy.tier === 0
        ? { behind: true, rate: undefined, needed: 4000 }
        : { behind: false, rate: 9000, needed: 400, above: 4000 },
    );
    if (viewer.now > 1_800_000) break;
  }
  const stays: number[] = [];
  viewer.changes.forEach(({ at, tier }, index) => {
    const next = viewer.changes[index + 1];
    if (tier === 1 && next) stays.push(next.at - at);
  });
  assert.ok(stays.length >= 5, `${stays}`);
  for (const [index, stay] of stays.entries()) {
    assert.ok(stay < TierPolicy.LONGEST_STAY_MS + 5000);
    const before = stays[index - 1];
    if (before !== undefined && before < TierPolicy.LONGEST_STAY_MS) {
      assert.ok(stay > before * 1.5, `${stays}`);
    }
  }
});

Deno.test("TierPolicy waits no longer than at first after a good time", () => {
  const slow = { behind: true, rate: 500, needed: 4000 };
  const fast = { behind: false, rate: 9000, needed: 400, above: 4000 };
  const viewer = new Watched().see(3000, slow).see(15_000, fast).see(3000, slow);
  assert.deepEqual(viewer.changes.map(({ tier }) => tier), [1, 0, 1]);
  viewer.see(30_000, fast).see(120_000, WELL).see(3000, slow);
  const last = viewer.changes.at(-1)!;
  assert.equal(last.tier, 1);
  viewer.see(20_000, fast);
  assert.ok(viewer.changes.at(-1)!.at - last.at < 1.5 * TierPolicy.STAY_MS);
});
