import type { PooledRendition } from "./rendition_pool.ts";
import type { TierEvidence } from "./tier_policy.ts";
import type { Viewer } from "./viewer.ts";

/**
 * How a viewer gets on with what it is sent.
 *
 * @param shown What it is sent.
 * @param above The next better tier, if it is open.
 * @param options.most What a picture takes at most, in kbit/s.
 */
export function tierEvidence(
  viewer: Viewer,
  shown: Pick<PooledRendition, "sink" | "traffic">,
  above: Pick<PooledRendition, "traffic"> | undefined,
  { now, most }: { readonly now: number; readonly most: number },
): TierEvidence {
  const { sink, traffic } = shown;
  const paces = viewer === sink.pacer;
  const rate = rateOf(viewer);
  let needed = traffic.kbit(now);
  if (paces && rate !== undefined && needed > rate / 2) {
    // Its own path bounds what the picture takes: without it, another one's would.
    const others = [...sink.viewers].filter((other) => other !== viewer);
    const rates = others.map((other) => rateOf(other) ?? 0).sort((a, b) => a - b);
    const median = rates[rates.length >> 1] ?? 0;
    needed = Math.min(Math.max(needed, median), most);
  }
  return {
    now,
    behind: !paces && (viewer.isBehind || viewer.awaitsKeyframe && !viewer.hasRoom),
    full: !viewer.hasRoom,
    rate,
    needed,
    ...(above ? { above: above.traffic.kbit(now) } : {}),
  };
}

/** What a viewer's path is thought to carry, in kbit/s; undefined while that was not measured. */
export function rateOf(viewer: Viewer): number | undefined {
  const octets = viewer.gate?.measuredRate;
  return octets === undefined ? undefined : octets * 8 / 1000;
}
