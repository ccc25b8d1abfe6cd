/**
 * What is known of the path to one viewer, from acks alone: its rate, its length, its queue, its loss.
 *
 * @module
 */

import type { AckEvent, InFlight } from "./ack_event.ts";
import { BusyRate } from "./busy_rate.ts";
import { DeliveryRate } from "./delivery_rate.ts";
import { LossRate } from "./loss_rate.ts";
import { OwnQueue } from "./own_queue.ts";
import { RoundTrips } from "./round_trips.ts";
import {
  type Bytes,
  bytes,
  type BytesPerSecond,
  bytesPerSecond,
  type Milliseconds,
  milliseconds,
  timeFor,
} from "./units.ts";

/**
 * How much busy time the rate remembers, within bounds: of a path that becomes five times slower, less than
 * half is left in one round trip.
 */
const MEMORY_RTTS = 0.75;
const MIN_MEMORY_MS = 45;
const MAX_MEMORY_MS = 100;
/** An ack counts as overdue when it is later than the least round trip by the noise and so much, in ms. */
const PATIENCE_MS = 15;
/** A silence longer than this is an outage, and no longer a rate; in ms. */
const MAX_SILENCE_MS = 500;
/** What is sent behind no more than this was alone on the path, in octets and in ms. */
const ALONE_BYTES = 1500;
const ALONE_MS = 3;
/** What is sent into a path that is filled to no more than this does not queue behind our own. */
const LOOSE_PART = 0.8;
/** What waits for no more of our own than this is good enough to see what else it waits for, in ms. */
const LOOSE_QUEUE_MS = 10;

export class PathModel {
  readonly #busy = new BusyRate();
  readonly #delivery = new DeliveryRate();
  readonly #losses = new LossRate();
  readonly #ownQueue = new OwnQueue();
  readonly #roundTrips = new RoundTrips();
  #ackedAt: Milliseconds | undefined;
  #deliveryRate: BytesPerSecond | undefined;

  /** The least round-trip time of the recent past; undefined before the first. */
  get leastRtt(): Milliseconds | undefined {
    return this.#roundTrips.least;
  }

  /** The least round-trip time of the last minutes, even if the path was found to be longer since. */
  get floorRtt(): Milliseconds | undefined {
    return this.#roundTrips.floor;
  }

  /** The latest round-trip time; undefined before the first. */
  get latestRtt(): Milliseconds | undefined {
    return this.#roundTrips.latest;
  }

  /** What queues add to the round trip, in the latest sample. */
  get queueDelay(): Milliseconds {
    return this.#roundTrips.queueDelay;
  }

  /** What queues have added throughout the last round trip. */
  get standingDelay(): Milliseconds {
    return this.#roundTrips.standingDelay;
  }

  /** By how much round trips differ without a queue of ours. */
  get noise(): Milliseconds {
    return this.#roundTrips.noise;
  }

  /** When the path was last seen without a queue of ours; `-Infinity` before any ack. */
  get lengthSeenAt(): Milliseconds {
    return this.#roundTrips.seenAt;
  }

  /**
   * What was delivered per time in the last round trip for which there was enough to send, or since then,
   * if it was more; undefined before any.
   */
  get deliveryRate(): BytesPerSecond | undefined {
    return this.#deliveryRate;
  }

  /** When the rate was last measured; `-Infinity` before. */
  get measuredAt(): number {
    return this.#busy.measuredAt;
  }

  /** Lost of what was sent, 0 to 1; 0 where the transport does not tell. */
  get loss(): number {
    return this.#losses.share;
  }

  /** When the last ack came; undefined before the first. */
  get ackedAt(): Milliseconds | undefined {
    return this.#ackedAt;
  }

  /**
   * Takes an ack into account.
   *
   * @param options.holdingBack Whether the sender sends less than it might, to see the queue run dry:
   * what is delivered then lowers no estimate.
   * @param options.believed What the path was taken for before the first ack: that outweighs what a few
   * small messages show, and nothing more.
   * @returns The share that was lost of the round trip that the ack ends, if it ends one.
   */
  acked(
    event: AckEvent,
    { holdingBack = false, believed = bytesPerSecond(0) }: {
      holdingBack?: boolean;
      believed?: BytesPerSecond;
    } = {},
  ): number | undefined {
    const { sentAt, ackedAt, ackedBytes, appLimited } = event;
    this.#ackedAt = ackedAt;
    const sample = this.#delivery.acked(event);
    if (sentAt === undefined || sample === undefined) return undefined;
    const { inFlight, rate } = sample;
    if (this.#busy.rate === undefined) this.#busy.atLeast(believed);
    const known = this.#busy.rate;
    const own = this.#ownQueue.sent(ackedBytes, sentAt, known);
    const time = known === undefined ? Infinity : timeFor(inFlight, known);
    const company = inFlight <= ALONE_BYTES || time <= ALONE_MS
      ? "alone"
      : own <= LOOSE_QUEUE_MS && time <= LOOSE_PART * (this.leastRtt ?? 0)
      ? "loose"
      : "unknown";
    this.#roundTrips.add(milliseconds(ackedAt - sentAt), ackedAt, company, own);
    const busy = this.#busy.acked({ sentAt, ackedAt, ackedBytes }, {
      leastRtt: this.leastRtt!,
      noise: this.noise,
      memory: this.#memory,
    }, !holdingBack && inFlight > ALONE_BYTES);
    if (rate !== undefined) {
      // Of an idle source this is little, and of no path more than it could do in the last round trip.
      if (!busy) this.#busy.atLeast(rate);
      if (!appLimited || rate > (this.#deliveryRate ?? 0)) this.#deliveryRate = rate;
    }
    return this.#losses.acked(event, this.leastRtt!);
  }

  /** Takes a round trip into account that was timed by other means, as by a ping. */
  roundTrip(rtt: Milliseconds, at: Milliseconds): void {
    this.#roundTrips.add(rtt, at, "unknown");
  }

  /** Takes the path for this fast, unless it was measured. */
  believe(rate: BytesPerSecond): void {
    if (this.measuredAt === -Infinity && this.#busy.rate !== undefined) this.#busy.assume(rate);
  }

  /** What the path did when it was last heard of; undefined before. */
  get settledRate(): BytesPerSecond | undefined {
    return this.#busy.rate;
  }

  /**
   * The queue was let run dry: this is how long the path is.
   *
   * @param rate What it is taken for until it is measured, if it is believed to carry less.
   */
  rebase(rtt: Milliseconds, rate: BytesPerSecond): void {
    this.#roundTrips.rebase(rtt);
    this.#busy.atLeast(rate);
  }

  /** The path's rate as far as it is known; an overdue ack lowers it. Undefined before any. */
  rate(now: Milliseconds, inFlight: InFlight): BytesPerSecond | undefined {
    const silence = milliseconds(Math.min(this.silence(now, inFlight), MAX_SILENCE_MS));
    return this.#busy.after(silence, this.#memory);
  }

  /** For how long an ack has been overdue. */
  silence(now: Milliseconds, { awaitedSince }: InFlight): Milliseconds {
    if (awaitedSince === undefined || this.leastRtt === undefined) return milliseconds(0);
    const due = awaitedSince + this.leastRtt + this.noise;
    const since = Math.max(due + PATIENCE_MS, this.#busy.lastAckedAt ?? due);
    return milliseconds(Math.max(now - since, 0));
  }

  /**
   * Octets that are still on their way, and not only unacknowledged: a tail that the receiver is in no
   * hurry to acknowledge counts for as long as it takes to arrive.
   */
  underWay(now: Milliseconds, { outstanding, awaitedSince, tail }: InFlight): Bytes {
    if (tail === undefined || awaitedSince !== undefined) return outstanding;
    return now >= this.tailArrivesAt(tail) ? bytes(outstanding - tail.octets) : outstanding;
  }

  /** By when a tail that nothing follows should have been acknowledged, if it were at once. */
  tailArrivesAt(tail: NonNullable<InFlight["tail"]>): Milliseconds {
    const { leastRtt, noise } = this;
    return milliseconds(tail.sentAt + (leastRtt ?? Infinity) + noise + this.queueDelay + 1);
  }

  get #memory(): Milliseconds {
    const time = (this.leastRtt ?? 0) * MEMORY_RTTS;
    return milliseconds(Math.min(Math.max(time, MIN_MEMORY_MS), MAX_MEMORY_MS));
  }
}
