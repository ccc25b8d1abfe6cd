/**
 * How much may be sent to one viewer, and when: see docs/rate-control.md for the reasons.
 *
 * @module
 */

import type { AckEvent, InFlight } from "./ack_event.ts";
import { frameBudget, frameRateCap } from "./frame_policy.ts";
import { IdleProbe } from "./idle_probe.ts";
import { PathModel } from "./path_model.ts";
import { QueueDrain } from "./queue_drain.ts";
import type { FrameRequest, RateControllerOptions, RateDecision } from "./rate_decision.ts";
import { Rivalry } from "./rivalry.ts";
import {
  type Bits,
  type Bytes,
  bytes,
  bytesIn,
  type BytesPerSecond,
  bytesPerSecond,
  type KbitPerSecond,
  kbitPerSecond,
  type Milliseconds,
  milliseconds,
  toBytesPerSecond,
  toKbitPerSecond,
} from "./units.ts";

/** The queue that may build up in the network, in ms. */
const TARGET_QUEUE_MS = 15;
/** The part of it that bulk flows may cause, in ms: enough to have the path never run dry. */
const BULK_QUEUE_MS = 4;
/**
 * What bulk flows may fill of the path while somebody waits for answers: less than it holds, so that round
 * trips which differ by chance make no queue either; but of a short path all, or they would hardly move.
 */
const BULK_PART = 0.8;
const BULK_SHORT_MS = 8;
/** The part of the path's rate that video takes: what is left drains queues and carries the rest. */
const UTILISATION = 0.9;
/**
 * A frame is taken so long before the path runs dry: about what encoding takes, in ms. By default, and
 * within what bounds it is measured.
 */
const LEAD_MS = 6;
const MIN_LEAD_MS = 3;
const MAX_LEAD_MS = 15;
/** A fragment with its header. */
const FRAGMENT_BYTES = 1416;
const ACK_INTERVAL_MS = 2.5;
const MIN_ACK_WINDOW = 1400;
const MAX_ACK_WINDOW = 16 * MIN_ACK_WINDOW;
const INITIAL_LIMIT_BYTES = 16 * 1024;
/** 3 Mbit/s. */
const INITIAL_RATE = 375_000;
const MIN_BITRATE = 100;
/** What part of what the path holds is under way while the queue runs dry. */
const DRAIN_PART = 0.5;
/** How much of the believed rate a probe is, in ms. */
const PADDING_MS = 30;
/** What is left of the path beside one more who uses it. */
const FAIR_SHARE = 0.5;
/** After so long without an ack the path may have become another one, in ms. */
const SURE_MS = 60_000;
/** A share of lost octets that no path loses by chance (GCC, draft-ietf-rmcat-gcc-02 §6). */
const HIGH_LOSS = 0.1;
const LOW_LOSS = 0.02;
/** As in CUBIC and BBR (draft-ietf-ccwg-bbr, BBR.Beta). */
const LOSS_FACTOR = 0.7;
const LOSS_RECOVERY = 1.25;

export class RateController {
  readonly model: PathModel = new PathModel();
  readonly #options: RateControllerOptions;
  readonly #drain = new QueueDrain();
  readonly #probe = new IdleProbe();
  readonly #rivalry = new Rivalry();
  #ackWindow: number;
  #believed: BytesPerSecond;
  #frameAt = -Infinity;
  #lead = LEAD_MS;
  /** Whether somebody waited for answers when the last frame was asked for. */
  #interactive = false;
  /** What the path was seen to lose much of. */
  #lossLimit = Infinity;

  constructor(options: RateControllerOptions) {
    this.#options = options;
    this.#ackWindow = options.ackWindow ?? 0;
    this.#believed = options.initialRate ?? bytesPerSecond(INITIAL_RATE);
  }

  /** Takes the path for this until it is measured. */
  believe(rate: BytesPerSecond): void {
    this.#believed = rate;
    this.model.believe(rate);
  }

  /** The receiver was told of another window. */
  setAckWindow(octets: Bytes): void {
    this.#ackWindow = octets;
  }

  /**
   * Takes an ack into account.
   *
   * @param inFlight What is under way after it.
   */
  acked(event: AckEvent, inFlight: InFlight): void {
    const { model } = this;
    const lost = model.acked(event, {
      holdingBack: this.#drain.active,
      believed: this.#believed,
    });
    const now = event.ackedAt;
    if (event.sentAt !== undefined) {
      const rate = this.rate(now, inFlight);
      const longer = this.#drain.acked({
        now,
        sentAt: event.sentAt,
        leastRtt: model.leastRtt!,
        noise: model.noise,
        lengthSeenAt: model.lengthSeenAt,
        standingDelay: model.standingDelay,
        tolerated: milliseconds(this.#target(now) + model.noise),
        outstanding: inFlight.outstanding,
        rate,
        limit: this.#drainLimit(rate),
      });
      if (longer !== undefined) {
        model.rebase(longer.rtt, bytesPerSecond(longer.rateBefore * FAIR_SHARE));
        this.#rivalry.lengthened(now);
      }
    }
    if (lost !== undefined) this.#considerLoss(lost, event, inFlight);
    this.#probe.learnt(this.rate(now, inFlight));
  }

  /** Takes a round trip into account that was timed by other means, as by a ping. */
  roundTrip(rtt: Milliseconds, at: Milliseconds): void {
    this.model.roundTrip(rtt, at);
  }

  /** A frame is being taken. */
  frameTaken(now: Milliseconds): void {
    this.#frameAt = now;
  }

  /** A frame was encoded, so long after it was taken. */
  frameEncoded(time: Milliseconds): void {
    const lead = Math.min(Math.max(time, MIN_LEAD_MS), MAX_LEAD_MS);
    this.#lead += (lead - this.#lead) / 8;
  }

  /** All at once. */
  decide(now: Milliseconds, inFlight: InFlight, request: FrameRequest = {}): RateDecision {
    const rate = this.#videoRate(now, inFlight);
    return {
      outstandingLimit: this.outstandingLimit(now, inFlight),
      bulkLimit: this.bulkLimit(now, inFlight),
      encoderBitrate: this.encoderBitrate(now, inFlight),
      frameRateCap: frameRateCap(rate, this.#options.maxFrameRate),
      mayTopOff: this.mayTopOff(now, inFlight),
      frameBudgetBits: this.frameBudget(now, inFlight, request),
    };
  }

  /** What the path is believed to carry. */
  rate(now: Milliseconds, inFlight: InFlight): BytesPerSecond {
    return this.model.rate(now, inFlight) ?? this.#believed;
  }

  /** How much may be sent and not acknowledged. */
  outstandingLimit(now: Milliseconds, inFlight: InFlight): Bytes {
    const { leastRtt, noise, standingDelay } = this.model;
    const most = this.#options.maxOutstanding ?? 4 * 1024 * 1024;
    if (leastRtt === undefined) return bytes(Math.min(INITIAL_LIMIT_BYTES, most));
    const rate = this.rate(now, inFlight);
    if (this.#drain.active) return this.#drainLimit(rate);
    const queue = this.#target(now);
    const target = leastRtt + queue + noise;
    // What the rate is overestimated by shows as a queue.
    const excess = Math.max(standingDelay - 1.5 * queue - noise, 0);
    const wanted = rate * target / 1000 * target / (target + excess);
    const limit = Math.min(wanted, this.#lossLimit) + this.#ackWindow;
    return bytes(Math.min(Math.max(Math.floor(limit), this.#leastLimit), most));
  }

  /**
   * The ack window to ask a receiver for that has one: what the path carries in 2.5 ms, in powers of two so
   * that it seldom changes. A frame is then acknowledged a few times, or its way could not be measured.
   */
  wantedAckWindow(now: Milliseconds, inFlight: InFlight): Bytes {
    const most = bytesIn(this.rate(now, inFlight), milliseconds(ACK_INTERVAL_MS));
    let window = MIN_ACK_WINDOW;
    while (window * 2 <= Math.min(most, MAX_ACK_WINDOW)) window *= 2;
    return bytes(window);
  }

  /**
   * How much may be sent and not acknowledged for more of a bulk flow to be sent: as much as fills the path
   * with next to no queue. What is left up to {@link RateController.outstandingLimit} is kept free for
   * frames, which then start at once.
   */
  bulkLimit(now: Milliseconds, inFlight: InFlight): Bytes {
    const { leastRtt, noise } = this.model;
    const limit = this.outstandingLimit(now, inFlight);
    if (leastRtt === undefined || this.#drain.active) return bytes(Math.floor(limit / 2));
    const rate = this.rate(now, inFlight);
    const full = bytesIn(rate, milliseconds(leastRtt + noise + BULK_QUEUE_MS)) + this.#ackWindow;
    const part = Math.max(
      leastRtt * BULK_PART,
      Math.min(leastRtt + noise, BULK_SHORT_MS) + BULK_QUEUE_MS,
    );
    const wanted = this.#interactive ? Math.min(bytesIn(rate, milliseconds(part)), full) : full;
    return bytes(Math.min(Math.max(Math.floor(wanted), this.#leastLimit), limit));
  }

  /**
   * Whether to take a frame now: so that it starts on its way when what is under way has just left the
   * bottleneck. Any earlier and it would age in a queue, any later and the path would be idle.
   *
   * @param estimated About how large it will be: what is tiny always fits.
   * @param yielding How much of what is under way is of flows that yield to frames: a frame goes ahead of
   * what these have not sent yet, and what they have sent is bounded by {@link RateController.bulkLimit}.
   */
  hasRoom(
    estimated: Bytes,
    now: Milliseconds,
    inFlight: InFlight,
    yielding: Bytes = bytes(0),
  ): boolean {
    const underWay = this.model.underWay(now, inFlight) - yielding;
    if (underWay <= 0) return true;
    const limit = this.outstandingLimit(now, inFlight);
    if (underWay + Math.min(estimated, FRAGMENT_BYTES) > limit) return false;
    const { leastRtt, noise } = this.model;
    if (leastRtt === undefined) return true;
    const late = Math.max(this.#ackWindow, FRAGMENT_BYTES) / 2;
    const dry = bytesIn(this.rate(now, inFlight), milliseconds(leastRtt + noise + this.#lead));
    return underWay <= dry + late;
  }

  /**
   * When to ask {@link RateController.hasRoom} again although nothing happens, later than now;
   * `Infinity` if only an ack can make room.
   */
  roomAt(now: Milliseconds, { awaitedSince, tail }: InFlight): Milliseconds {
    if (tail === undefined || awaitedSince !== undefined) return milliseconds(Infinity);
    const at = this.model.tailArrivesAt(tail);
    return at > now ? at : milliseconds(Infinity);
  }

  /** The average to aim at. */
  encoderBitrate(now: Milliseconds, inFlight: InFlight): KbitPerSecond {
    const kbit = toKbitPerSecond(this.#videoRate(now, inFlight));
    return kbitPerSecond(Math.max(Math.min(kbit, this.#options.maxBitrate), MIN_BITRATE));
  }

  /** The most bits of a frame that is taken now. */
  frameBudget(now: Milliseconds, inFlight: InFlight, request: FrameRequest = {}): Bits {
    const { changedAt = now, keyframe = false, interactive = true, urgent = true } = request;
    if (request.interactive !== undefined) this.#interactive = request.interactive;
    const { ackedAt } = this.model;
    return frameBudget(this.#videoRate(now, inFlight), {
      pause: milliseconds(changedAt - this.#frameAt),
      keyframe,
      interactive,
      urgent,
      sure: ackedAt !== undefined && now - ackedAt < SURE_MS,
    });
  }

  /** Whether a picture that has not changed may be refined: only where nobody has to wait for it. */
  mayTopOff(now: Milliseconds, inFlight: InFlight): boolean {
    const { model } = this;
    if (inFlight.outstanding === 0) return true;
    return !this.#drain.active && model.silence(now, inFlight) === 0 &&
      model.standingDelay <= this.#target(now) + model.noise &&
      this.hasRoom(bytes(0), now, inFlight);
  }

  /**
   * When padding is due if nothing else is sent until then; `Infinity` if the path is known well enough.
   */
  paddingAt(now: Milliseconds, inFlight: InFlight): Milliseconds {
    const emptyAt = this.#emptyAt(now, inFlight);
    if (emptyAt === Infinity) return emptyAt;
    const enough = toBytesPerSecond(this.#options.maxBitrate) / UTILISATION;
    const rate = this.rate(now, inFlight);
    const at = this.#probe.dueAt(rate, bytesPerSecond(enough), this.model.measuredAt);
    return milliseconds(Math.max(at, emptyAt));
  }

  /**
   * Padding is being sent.
   *
   * @returns How much: 30 ms at the believed rate, but two acks' worth at least.
   */
  padding(now: Milliseconds, inFlight: InFlight): Bytes {
    const rate = this.rate(now, inFlight);
    this.#probe.sent(now, rate);
    const measurable = 2 * Math.max(this.#ackWindow, FRAGMENT_BYTES) + FRAGMENT_BYTES;
    return bytes(Math.ceil(Math.max(bytesIn(rate, milliseconds(PADDING_MS)), measurable)));
  }

  /** When nothing is on its way any more, though some of it may be acknowledged later. */
  #emptyAt(now: Milliseconds, inFlight: InFlight): Milliseconds {
    const { outstanding, tail, awaitedSince } = inFlight;
    if (outstanding === 0) return now;
    if (tail === undefined || awaitedSince !== undefined) return milliseconds(Infinity);
    return milliseconds(Math.max(this.model.tailArrivesAt(tail), now));
  }

  /** The queue to aim at, in ms. */
  #target(now: Milliseconds): number {
    const { leastRtt = 0, floorRtt = 0 } = this.model;
    return TARGET_QUEUE_MS + this.#rivalry.allowance(now, leastRtt - floorRtt);
  }

  /** What video may use of the path; less while there is a queue to drain. */
  #videoRate(now: Milliseconds, inFlight: InFlight): BytesPerSecond {
    const { standingDelay, noise } = this.model;
    const excess = Math.max(standingDelay - this.#target(now) - noise, 0);
    const rate = this.rate(now, inFlight) * UTILISATION * 100 / (100 + excess);
    return bytesPerSecond(Math.max(rate, toBytesPerSecond(kbitPerSecond(MIN_BITRATE))));
  }

  /** Were it less, the sender could wait for an ack that the receiver sees no reason to send. */
  get #leastLimit(): number {
    return 2 * FRAGMENT_BYTES + this.#ackWindow;
  }

  #drainLimit(rate: BytesPerSecond): Bytes {
    const holds = bytesIn(rate, this.model.leastRtt ?? milliseconds(0));
    return bytes(Math.max(Math.floor(holds * DRAIN_PART), this.#leastLimit));
  }

  /** A queue that is shorter than the target shows by what falls out of it (BBR's inflight_hi). */
  #considerLoss(share: number, { ackedAt }: AckEvent, inFlight: InFlight): void {
    if (share > HIGH_LOSS) {
      const limit = this.outstandingLimit(ackedAt, inFlight);
      this.#lossLimit = Math.max(limit * LOSS_FACTOR, this.#leastLimit);
    } else if (share <= LOW_LOSS) {
      this.#lossLimit *= LOSS_RECOVERY;
      if (this.#lossLimit > 64 * 1024 * 1024) this.#lossLimit = Infinity;
    }
  }
}
