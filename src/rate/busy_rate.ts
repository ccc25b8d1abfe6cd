/**
 * The rate of the path, taken only from the times in which it was busy with our octets.
 *
 * A desktop is silent most of the time. A rate over a round trip, as draft-cheng-iccrg-delivery-rate-
 * estimation samples it, then says how little there was to send. But every frame is a train of fragments
 * that leave together, and the spacing of their acks is the bottleneck's doing (packet trains: Jain and
 * Routhier 1986; Dovrolis, Ramanathan and Moore 2001). So between two acks the path counts as busy if
 *
 * - what they acknowledge was sent together, or
 * - the later one's octets were sent at least the least RTT before the earlier ack came: they had
 *   reached the bottleneck while the earlier ones were still there.
 *
 * Octets and time of such intervals are each summed up, with older ones fading. Acks that come in bunches
 * (Wi-Fi aggregates, retransmissions, timers of browsers) do no harm then: a bunch counts along with the
 * pause before it, and one that has no such pause, at the start of a train, does not count. Time in which
 * the path is not busy fades nothing: an hour of it is as nothing.
 *
 * @module
 */

import {
  bytes,
  type BytesPerSecond,
  bytesPerSecond,
  type Milliseconds,
  milliseconds,
  rateOf,
} from "./units.ts";

/** A train that passes faster than this says only that the path is at least so fast, in ms. */
const MIN_INTERVAL_MS = 3;
/** By how much more than the noise of round trips an interval has to last, for noise not to matter. */
const NOISE_PARTS = 2;
/** What is sent within this is sent together: clocks tick in steps of up to 1 ms. */
const TOGETHER_MS = 1;
/** What comes within this of what came before it belongs to it, in ms. */
const BUNCH_MS = 0.5;
/** By how much such a train may raise the rate, as a factor. */
const MAX_STEP = 1.25;
/**
 * An interval counts for no longer than the memory, or than this times what it should have taken: what a
 * receiver that has stood still for a moment acknowledges late is no measure of the path, and of a path
 * that has become so slow the next interval says the same.
 */
const MAX_SLOWER = 4;

/** An ack whose timing is known. */
export interface TimedAck {
  readonly sentAt: Milliseconds;
  readonly ackedAt: Milliseconds;
  /** Octets acknowledged, in all. */
  readonly ackedBytes: number;
}

/** What is known of round trips. */
export interface BusyContext {
  readonly leastRtt: Milliseconds;
  /** By how much round trips differ without any queue of ours. */
  readonly noise: Milliseconds;
  /** How much busy time it takes to forget all but 1/e of what was before. */
  readonly memory: Milliseconds;
}

export class BusyRate {
  /** Fading sums of busy intervals. */
  #octets = 0;
  #time = 0;
  #last: TimedAck | undefined;
  /** Since the path was last idle. */
  #trainOctets = 0;
  #trainTime = 0;
  /** The part of that which is still too short to measure. */
  #pendingOctets = 0;
  #pendingTime = 0;
  /** Whether another part was long enough. */
  #measured = false;
  /** Until when acks belong to the one that began or measured something. */
  #bunchUntil = -Infinity;
  #measuredAt = -Infinity;

  /** Undefined before the first busy interval. */
  get rate(): BytesPerSecond | undefined {
    return this.#time > 0 ? rateOf(bytes(this.#octets), milliseconds(this.#time)) : undefined;
  }

  /** When the path was last measured; `-Infinity` before. */
  get measuredAt(): number {
    return this.#measuredAt;
  }

  /** When the last timed ack came. */
  get lastAckedAt(): Milliseconds | undefined {
    return this.#last?.ackedAt;
  }

  /**
   * Takes an ack into account.
   *
   * @param lowering Whether it may lower the rate; not while the sender holds back of its own accord.
   * @returns Whether the path was busy since the ack before it.
   */
  acked(ack: TimedAck, context: BusyContext, lowering = true): boolean {
    const last = this.#last;
    this.#last = ack;
    if (last === undefined) return false;
    const together = ack.sentAt - last.sentAt <= TOGETHER_MS;
    const queued = ack.sentAt + context.leastRtt + context.noise <= last.ackedAt;
    if (!together && !queued) {
      this.#endTrain();
      this.#bunchUntil = ack.ackedAt + BUNCH_MS;
      return false;
    }
    this.#take(ack.ackedBytes - last.ackedBytes, ack.ackedAt - last.ackedAt, context, lowering);
    return true;
  }

  #take(octets: number, time: number, context: BusyContext, lowering: boolean): void {
    const now = this.#last!.ackedAt;
    this.#trainOctets += octets;
    this.#trainTime += time;
    if (now <= this.#bunchUntil) {
      if (this.#measured) this.#add(octets, time, context.memory);
      return;
    }
    this.#pendingOctets += octets;
    this.#pendingTime += time;
    if (this.#pendingTime < measurable(context)) return;
    this.#measured = true;
    this.#measuredAt = now;
    this.#bunchUntil = now + BUNCH_MS;
    const { rate } = this;
    if (lowering || rate === undefined || this.#pendingOctets * 1000 > rate * this.#pendingTime) {
      this.#add(this.#pendingOctets, this.#pendingTime, context.memory);
    }
    this.#pendingOctets = this.#pendingTime = 0;
  }

  /** The path was seen to be at least so fast: the rate is not below that. */
  atLeast(rate: BytesPerSecond): void {
    if ((this.rate ?? 0) >= rate) return;
    if (this.#time === 0) this.#time = MIN_INTERVAL_MS;
    this.#octets = rate * this.#time / 1000;
  }

  /** The path is taken for this fast, as if it had just been seen to be so. */
  assume(rate: BytesPerSecond): void {
    this.#time = MIN_INTERVAL_MS;
    this.#octets = rate * this.#time / 1000;
  }

  /**
   * The rate as it is if nothing more comes.
   *
   * @param silence For how long an ack has been overdue.
   * @param memory As in {@link BusyContext}.
   */
  after(silence: Milliseconds, memory: Milliseconds): BytesPerSecond | undefined {
    const { rate } = this;
    if (rate === undefined || silence <= 0) return rate;
    const kept = Math.exp(-silence / memory);
    return bytesPerSecond(
      this.#octets * kept * 1000 / (this.#time * kept + memory * (1 - kept)),
    );
  }

  /** What has passed too fast to be measured still shows how fast the path is at least. */
  #endTrain(): void {
    const { rate } = this;
    if (rate !== undefined && !this.#measured) {
      const least = this.#trainOctets * 1000 / Math.max(this.#trainTime, MIN_INTERVAL_MS);
      // Acks that a busy browser sent in one go look the same: no more than one step at a time.
      this.atLeast(bytesPerSecond(Math.min(least, rate * MAX_STEP)));
    }
    this.#trainOctets =
      this.#trainTime =
      this.#pendingOctets =
      this.#pendingTime =
        0;
    this.#measured = false;
  }

  /** An interval counts as much as it lasted, but none for more than the memory. */
  #add(octets: number, interval: number, memory: number): void {
    const expected = this.#octets > 0 ? octets * this.#time / this.#octets : Infinity;
    const time = Math.min(interval, Math.max(memory, MAX_SLOWER * expected));
    const kept = Math.exp(-time / memory);
    const weight = memory * (1 - kept);
    this.#octets = this.#octets * kept + octets * (time > 0 ? weight / time : 1);
    this.#time = this.#time * kept + weight;
  }
}

/** How long an interval has to last to be measured, in ms. */
function measurable({ noise }: BusyContext): number {
  return Math.max(MIN_INTERVAL_MS, NOISE_PARTS * noise);
}
