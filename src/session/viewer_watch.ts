import { getLogger } from "@logtape/logtape";
import { ColourPolicy } from "./colour_policy.ts";
import type { PooledRendition, RenditionPool } from "./rendition_pool.ts";
import { rateOf, tierEvidence } from "./tier_evidence.ts";
import { TierPolicy } from "./tier_policy.ts";
import type { Viewer } from "./viewer.ts";

const log = getLogger(["skerry", "session"]);

/** How often it is looked how viewers get on, at most; in milliseconds. */
const LOOK_MS = 100;

/** Looks, as frames are sent, how viewers get on with what they are sent, and notes what they should have. */
export class ViewerWatch {
  readonly #pool: RenditionPool;
  readonly #tiers: number;
  readonly #policies = new WeakMap<Viewer, TierPolicy>();
  readonly #colour = new ColourPolicy();
  readonly #looked = new WeakMap<PooledRendition, number>();

  /** @param tiers How many tiers there are beside the best. */
  constructor(pool: RenditionPool, tiers: number) {
    this.#pool = pool;
    this.#tiers = tiers;
  }

  /** Whether there is room for the colour of each pixel. */
  get fullColour(): boolean {
    return this.#colour.full;
  }

  /** The tier that suits a viewer, 0 for the best. */
  tier(viewer: Viewer): number {
    return this.#policies.get(viewer)?.tier ?? 0;
  }

  /**
   * A frame of a rendition was sent at `now`, in milliseconds.
   *
   * @param leading Whom the picture is to suit first.
   * @param alone Whether there is but one viewer, for whom nobody has to be spared.
   * @returns whether somebody should have something else.
   */
  look(
    rendition: PooledRendition,
    now: number,
    { leading, alone }: { readonly leading: Viewer | undefined; readonly alone: boolean },
  ): boolean {
    if (now - (this.#looked.get(rendition) ?? -Infinity) < LOOK_MS) return false;
    this.#looked.set(rendition, now);
    const { viewers } = rendition.sink;
    let changed = false;
    if (leading && viewers.has(leading)) {
      changed = this.#colour.note({
        now,
        rate: rateOf(leading),
        needed: rendition.traffic.kbit(now),
      });
    }
    if (alone || this.#tiers === 0) return changed;
    const { kind, monitor, tier } = rendition;
    const above = tier > 0 ? this.#pool.find(monitor, kind, tier - 1) : undefined;
    const most = this.#pool.limits.bitrate;
    for (const viewer of viewers) {
      const policy = this.#policy(viewer);
      if (!policy.note(tierEvidence(viewer, rendition, above, { now, most }))) continue;
      changed = true;
      log.info("Viewer {id} is to have tier {tier} from now on", {
        id: viewer.id,
        tier: policy.tier,
      });
    }
    return changed;
  }

  #policy(viewer: Viewer): TierPolicy {
    let policy = this.#policies.get(viewer);
    if (!policy) this.#policies.set(viewer, policy = new TierPolicy(this.#tiers));
    return policy;
  }
}
