/**
 * When to let the queue run dry for a round trip, to see how long the path is without it.
 *
 * A path that is kept busy never shows its least round trip, and what passes for it creeps upward; and a
 * delay that stays whatever the sender does is no queue of its own, but a longer route or somebody else's
 * queue. Both are told apart from an own queue in the same way: by leaving next to nothing under way for
 * one round trip (BBR's ProbeRTT, draft-cardwell-iccrg-bbr-congestion-control-02 §4.3.4, which takes 200 ms
 * for it).
 *
 * @module
 */

import type { Bytes, BytesPerSecond, Milliseconds } from "./units.ts";

/** A busy path shows its length so often, in ms: before the least round trip is forgotten. */
const INTERVAL_MS = 8000;
/** A delay stands if it has outlasted so many of the least round trips, and at least so many ms. */
const STANDING_ROUNDS = 4;
const MIN_STANDING_MS = 400;
const REMEMBER_MS = 500;
/** A silence of so many ms is no busy path. */
const IDLE_MS = 1000;

/** What an ack says to the drain. */
export interface DrainInput {
  readonly now: Milliseconds;
  readonly sentAt: Milliseconds;
  readonly leastRtt: Milliseconds;
  readonly noise: Milliseconds;
  /** When the path was last seen without a queue of ours. */
  readonly lengthSeenAt: Milliseconds;
  /** What queues have added throughout the last round trip. */
  readonly standingDelay: Milliseconds;
  /** How much of that is as it should be. */
  readonly tolerated: Milliseconds;
  /** What the path is believed to carry. */
  readonly rate: BytesPerSecond;
  readonly outstanding: Bytes;
  /** What may be outstanding while the queue runs dry. */
  readonly limit: Bytes;
}

/** The path was seen without a queue of ours, and is longer than was believed. */
export interface LongerPath {
  readonly rtt: Milliseconds;
  /** What it was believed to carry before the delay began, of which the delay was no consequence. */
  readonly rateBefore: BytesPerSecond;
}

export class QueueDrain {
  #active = false;
  /** Since when so little is under way that there is no queue of ours. */
  #dryFrom: number | undefined;
  #shownAt = -Infinity;
  #standsSince: number | undefined;
  /** What the path was believed to carry half a second ago or more, and lately. */
  #rateBefore: BytesPerSecond | undefined;
  #rateLately: BytesPerSecond | undefined;
  #rememberedAt = -Infinity;
  #lastAt = -Infinity;

  /** Whether to hold back now. */
  get active(): boolean {
    return this.#active;
  }

  /**
   * Takes an ack into account.
   *
   * @returns What was found, if the path is longer than was believed.
   */
  acked(input: DrainInput): LongerPath | undefined {
    const { now, sentAt } = input;
    const rtt = now - sentAt;
    const idle = now - this.#lastAt > IDLE_MS;
    this.#lastAt = now;
    this.#shownAt = Math.max(this.#shownAt, idle ? now : input.lengthSeenAt);
    const stands = !idle && input.standingDelay > 2 * input.tolerated;
    if (!stands) this.#remember(input);
    this.#standsSince = stands ? this.#standsSince ?? now : undefined;
    if (this.#active) return this.#drained(input, rtt as Milliseconds);
    const patience = Math.max(STANDING_ROUNDS * input.leastRtt, MIN_STANDING_MS);
    if (
      now - this.#shownAt > INTERVAL_MS ||
      (this.#standsSince !== undefined && now - this.#standsSince > patience)
    ) {
      this.#active = true;
      this.#dryFrom = undefined;
    }
    return undefined;
  }

  /** A queue has already cost some of the rate when it is seen to stand. */
  #remember({ now, rate }: DrainInput): void {
    if (now - this.#rememberedAt < REMEMBER_MS) return;
    this.#rememberedAt = now;
    this.#rateBefore = this.#rateLately;
    this.#rateLately = rate;
  }

  #drained(input: DrainInput, rtt: Milliseconds): LongerPath | undefined {
    if (this.#dryFrom === undefined) {
      if (input.outstanding <= input.limit) this.#dryFrom = input.now;
      return undefined;
    }
    if (input.sentAt < this.#dryFrom) return undefined;
    this.#active = false;
    this.#shownAt = input.now;
    this.#standsSince = undefined;
    if (rtt <= input.leastRtt + 5 + 2 * input.noise) return undefined;
    return { rtt, rateBefore: this.#rateBefore ?? input.rate };
  }
}
