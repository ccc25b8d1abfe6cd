/** Times in milliseconds, rates in kbit/s. */
export interface TierEvidence {
  readonly now: number;
  /** Whether frames are kept from it, since too much waits for it already. */
  readonly behind: boolean;
  /** Whether its path is full: without that, nobody knows whether it carries more than it was given. */
  readonly full: boolean;
  /** What its path is thought to carry; undefined while nobody knows. */
  readonly rate: number | undefined;
  /** What its picture takes, or would if this viewer did not hold it back. */
  readonly needed: number;
  /** What the picture of the next better tier takes; undefined in the best. */
  readonly above?: number;
}

/**
 * Decides when a viewer that cannot keep up with the others goes to a picture that takes less, and when it
 * comes back.
 *
 * It goes when it falls behind again and again, or for long, or when its path is full and carries clearly
 * less than the picture takes: at once if it is behind as well, else if that lasts. It comes back when its
 * path carries clearly more than the better picture takes; if it does not last there, it waits longer the
 * next time.
 */
export class TierPolicy {
  /** Behind for so long. */
  static readonly BEHIND_MS = 1500;
  /** Behind so often, for how long each time, and within which time. */
  static readonly RELAPSES = 3;
  static readonly LEAST_BEHIND_MS = 250;
  static readonly RELAPSE_MS = 10_000;
  /**
   * A path that carries less than this part of what the picture takes, for so long. On a busy machine acks
   * are late, and paths are thought to be slower than they are, but not for long.
   */
  static readonly TOO_SLOW = 0.5;
  static readonly TOO_SLOW_MS = 4000;
  /** A path that carries so many times what the better picture takes, for so long. */
  static readonly FAST_ENOUGH = 1.5;
  static readonly FAST_ENOUGH_MS = 3000;
  /** How long it stays at least; twice as long each time that coming back was in vain. */
  static readonly STAY_MS = 10_000;
  static readonly LONGEST_STAY_MS = 320_000;
  /** Without knowing better, coming back is tried after so many stays. */
  static readonly BLIND_STAYS = 4;
  /** Coming back was in vain if it lasted less. */
  static readonly IN_VAIN_MS = 30_000;

  readonly #worst: number;
  #tier = 0;
  #stay = TierPolicy.STAY_MS;
  #changedAt = -Infinity;
  #behindSince: number | undefined;
  /** Whether the present time of being behind is among the relapses. */
  #counted = false;
  #relapses: number[] = [];
  #slowSince: number | undefined;
  #fastSince: number | undefined;

  /** @param tiers How many there are beside the best, 0 or more. */
  constructor(tiers: number) {
    this.#worst = tiers;
  }

  /** 0 for the best. */
  get tier(): number {
    return this.#tier;
  }

  /** @returns whether it has another tier now. */
  note(evidence: TierEvidence): boolean {
    const { now } = evidence;
    if (!evidence.behind) this.#behindSince = undefined;
    else if (this.#behindSince === undefined) {
      this.#behindSince = now;
      this.#counted = false;
    }
    const behindFor = now - (this.#behindSince ?? now);
    if (behindFor >= TierPolicy.LEAST_BEHIND_MS && !this.#counted) {
      this.#counted = true;
      this.#relapses.push(now);
    }
    this.#relapses = this.#relapses.filter((at) => now - at < TierPolicy.RELAPSE_MS);
    if (this.#tier < this.#worst && this.#isTooMuch(evidence, behindFor)) {
      // What it has come back to did not last.
      const inVain = now - this.#changedAt < TierPolicy.IN_VAIN_MS;
      this.#stay = inVain
        ? Math.min(this.#stay * 2, TierPolicy.LONGEST_STAY_MS)
        : TierPolicy.STAY_MS;
      return this.#change(this.#tier + 1, now);
    }
    if (this.#tier > 0 && this.#mayReturn(evidence)) return this.#change(this.#tier - 1, now);
    return false;
  }

  #isTooMuch({ now, full, rate, needed }: TierEvidence, behindFor: number): boolean {
    const slow = full && rate !== undefined && rate < needed * TierPolicy.TOO_SLOW;
    this.#slowSince = slow ? this.#slowSince ?? now : undefined;
    return behindFor >= (slow ? TierPolicy.LEAST_BEHIND_MS : TierPolicy.BEHIND_MS) ||
      this.#relapses.length >= TierPolicy.RELAPSES ||
      this.#slowSince !== undefined && now - this.#slowSince >= TierPolicy.TOO_SLOW_MS;
  }

  #mayReturn({ now, rate, above }: TierEvidence): boolean {
    const stayed = now - this.#changedAt;
    const fast = above !== undefined && rate !== undefined &&
      rate >= above * TierPolicy.FAST_ENOUGH;
    this.#fastSince = fast ? this.#fastSince ?? now : undefined;
    if (this.#relapses.length > 0 || stayed < this.#stay) return false;
    const proven = this.#fastSince !== undefined &&
      now - this.#fastSince >= TierPolicy.FAST_ENOUGH_MS;
    return proven || stayed >= this.#stay * TierPolicy.BLIND_STAYS;
  }

  #change(tier: number, now: number): true {
    this.#tier = tier;
    this.#changedAt = now;
    this.#relapses = [];
    this.#behindSince = this.#slowSince = this.#fastSince = undefined;
    return true;
  }
}
