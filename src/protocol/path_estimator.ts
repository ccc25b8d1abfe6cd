/**
 * What the sender knows of the path, and how much of it is put to use.
 *
 * Everything is learnt from the peer's acks, whose timing the sender can predict: the receiver acks
 * at once whenever a multiple of the ack window has arrived since it was set, and otherwise up to
 * 250 ms later. So only the fragments that cross such a multiple are timed (*probes*): an ack that
 * reaches one left the receiver when it arrived. Data that nothing follows crosses no multiple, its
 * ack waits for the timer, and it is not timed.
 *
 * The delivery rate is sampled per probe as in draft-cheng-iccrg-delivery-rate-estimation-02:
 * what was delivered between the probe's sending and its ack, over the longer of the time that took
 * and the time that sending it had taken. Samples of a path that the application left idle say
 * nothing of the path and are set aside. The rate in use is the greatest sample of the last 100 ms or
 * round trip: frames come in bursts, and the path's rate is seen at a burst's end.
 *
 * The bound on outstanding octets is rate × (least RTT + 50 ms): the path is full, and the queue in
 * it at most about 50 ms long. If the rate falls, so does the bound; if the path has more to give,
 * the RTT stays under its bound and the rate seen grows by the same factor each round trip.
 *
 * A path that is kept full never shows its least RTT, and what passes for it creeps upward. So after
 * half a minute without a glimpse of it the queue is let run dry for a round trip (as in BBR's
 * ProbeRTT, draft-ietf-ccwg-bbr).
 *
 * @module
 */

import type { PathModel } from "./path_model.ts";

/** The ack window that both sides start with, and the least that is asked for; in octets. */
export const INITIAL_ACK_WINDOW = 2800;
/** The payload of a fragment when several flows share a priority or the path is slow; in octets. */
export const FRAGMENT_OCTETS = 1400;

const MAX_ACK_WINDOW = 8 * INITIAL_ACK_WINDOW;
const MAX_FRAGMENT_OCTETS = 16 * 1024;
/** How long a fragment may keep the path busy, and so one of a higher priority waiting; in ms. */
const FRAGMENT_MS = 1;
/** The limit holds at least so many fragments that are larger than the usual. */
const MIN_FRAGMENTS = 16;
const MIN_LIMIT = 16 * 1024;
/** The longest header of a fragment. */
const MAX_HEADER_OCTETS = 16;
/** The queue that the sender lets itself build in the network, in ms. */
const QUEUE_MS = 50;
/** The part of it that flows may cause which yield to others, in ms. */
const BULK_QUEUE_MS = 4;
/**
 * On a short path more of it, in ms, less so much for each ms of the path's length: acks that a machine
 * holds up for a moment are late there by many round trips.
 */
const MOST_BULK_QUEUE_MS = 10;
const BULK_QUEUE_FALL = 0.2;
/** On a long path, this part of its length: what is less does not stand out from the noise. */
const BULK_QUEUE_PART = 0.1;
/**
 * By about what part of what a long path holds they try to send more in each round trip without a queue: less,
 * and its rate would be found out about too slowly.
 */
const BULK_GROWTH = 0.5;
/** Browsers' clocks tick in steps of up to 1 ms: nothing shorter is taken for an interval. */
const MIN_INTERVAL_MS = 1;
const RATE_WINDOW_MS = 100;
/** The least RTT is that of the last five minutes, forgotten a minute at a time. */
const MIN_RTT_BUCKET_MS = 60_000;
const MIN_RTT_BUCKETS = 5;
/** How long a full path is believed about its least RTT, in ms. */
const DRAIN_INTERVAL_MS = 30_000;
/** How much of rate × least RTT may be outstanding while the queue runs dry. */
const DRAIN_PART = 0.75;

/** A sent fragment that the peer acks at once. */
interface Probe {
  /** Octets sent up to its end. */
  readonly position: number;
  readonly sentAt: number;
  /** Octets acknowledged when it was sent, when that was so, and when the last of them was sent. */
  readonly acked: number;
  readonly ackedAt: number;
  readonly ackedSentAt: number;
  readonly applicationLimited: boolean;
}

export class PathEstimator implements PathModel {
  #sent = 0;
  #acked = 0;
  #ackedAt = 0;
  #ackedSentAt = 0;
  #window = INITIAL_ACK_WINDOW;
  /** Octets sent since the last multiple of the window. */
  #sinceProbe = 0;
  readonly #probes: Probe[] = [];
  #applicationLimitedUntil = -1;
  #rtt: number | undefined;
  #minRtt: number | undefined;
  readonly #minRtts: { from: number; rtt: number }[] = [];
  #rate: number | undefined;
  readonly #rates: { at: number; rate: number }[] = [];
  /** When the least RTT was last seen, or the path was idle so that it will be. */
  #minRttSeenAt = 0;
  /** While the queue runs dry: the position from which on it counts as dry, once that is known. */
  #drain: { from: number | undefined } | undefined;
  #limit = MIN_LIMIT;
  readonly #maxLimit: number;

  /** @param maxOutstandingOctets What the limit never exceeds. */
  constructor(maxOutstandingOctets: number) {
    this.#maxLimit = Math.max(maxOutstandingOctets, MIN_LIMIT);
  }

  /** The latest round-trip time in ms. */
  get rtt(): number | undefined {
    return this.#rtt;
  }

  /** The least round-trip time of the last minutes, in ms. */
  get minRtt(): number | undefined {
    return this.#minRtt;
  }

  /** What is delivered is all that is known of what could be. */
  get rate(): number | undefined {
    return this.deliveryRate;
  }

  /** Octets a second. */
  get deliveryRate(): number | undefined {
    return this.#rate;
  }

  /** Octets sent and not acknowledged. */
  get outstanding(): number {
    return this.#sent - this.#acked;
  }

  /** The most octets that may be outstanding. */
  get limit(): number {
    return this.#limit;
  }

  /** Octets that may be sent now. */
  get room(): number {
    return Math.max(this.#limit - this.outstanding, 0);
  }

  /** What the latest round trip was longer than the least one, in ms. */
  get queueDelay(): number {
    return Math.max((this.#rtt ?? 0) - (this.#minRtt ?? 0), 0);
  }

  /**
   * Octets that may be sent now of flows that yield to others. They fill the path, and make next to no
   * queue: a key that is pressed beside an upload does not wait behind it. While there is none, they may
   * send more than they get through: nobody else may be there to find out what the path has to give.
   */
  get bulkRoom(): number {
    if (this.#rate === undefined || this.#minRtt === undefined) {
      return Math.max(this.#limit / 2 - this.outstanding, 0);
    }
    const least = Math.max(
      MOST_BULK_QUEUE_MS - this.#minRtt * BULK_QUEUE_FALL,
      this.#minRtt * BULK_QUEUE_PART,
      BULK_QUEUE_MS,
    );
    const growth = this.#minRtt * BULK_GROWTH - MOST_BULK_QUEUE_MS;
    const queue = this.queueDelay < least ? Math.max(2 * least, growth) : least;
    const full = this.#rate * (this.#minRtt + queue) / 1000;
    const limit = Math.min(Math.max(full, MIN_LIMIT, this.#leastLimit()), this.#limit);
    return Math.max(Math.floor(limit) - this.outstanding, 0);
  }

  /**
   * The payload of a fragment of a flow that shares its priority with no other. On a fast path each
   * WebSocket message costs both sides more than its octets do (20 kB in 15 messages rather than two:
   * 0.1 ms more from write to reply between two Deno processes), so fragments grow, to what the path
   * delivers in a millisecond: nothing of a higher priority waits longer than that for its turn.
   */
  get fragmentOctets(): number {
    const octets = Math.floor(
      Math.min((this.#rate ?? 0) * FRAGMENT_MS / 1000, this.#limit / MIN_FRAGMENTS),
    );
    return Math.min(Math.max(octets, FRAGMENT_OCTETS), MAX_FRAGMENT_OCTETS);
  }

  /**
   * Accounts for a fragment that was sent.
   *
   * @param octets Its size, with its header.
   * @param now When, in ms.
   * @returns The ack window to announce right after it, if it is to change.
   */
  sent(octets: number, now: number): number | undefined {
    if (this.outstanding === 0) this.#ackedAt = this.#ackedSentAt = this.#minRttSeenAt = now;
    let left = octets;
    // A large chunk crosses several multiples, and a stream's receiver acknowledges each in its time.
    while (this.#sinceProbe + left >= this.#window) {
      const part = this.#window - this.#sinceProbe;
      left -= part;
      this.#sent += part;
      this.#sinceProbe = 0;
      this.#probes.push({
        position: this.#sent,
        sentAt: now,
        acked: this.#acked,
        ackedAt: this.#ackedAt,
        ackedSentAt: this.#ackedSentAt,
        applicationLimited: this.#acked <= this.#applicationLimitedUntil,
      });
    }
    this.#sent += left;
    this.#sinceProbe += left;
    if (left === octets) return undefined;
    // Only here, where the receiver starts to count again anyway: elsewhere a new window would put
    // off the ack of what it has counted so far.
    const window = this.#wantedWindow();
    if (window === this.#window) return undefined;
    this.#window = window;
    this.#sinceProbe = 0;
    return window;
  }

  /**
   * Accounts for an ack.
   *
   * @param octets Newly acknowledged; at most {@link PathEstimator.outstanding}.
   * @param now When, in ms.
   */
  acked(octets: number, now: number): void {
    if (octets === 0) return;
    this.#acked += octets;
    this.#ackedAt = now;
    let probe: Probe | undefined;
    while (this.#probes[0] !== undefined && this.#probes[0].position <= this.#acked) {
      probe = this.#probes.shift();
    }
    if (probe === undefined) return;
    this.#ackedSentAt = probe.sentAt;
    if (!probe.applicationLimited) this.#sampleRate(probe, now);
    const rtt = now - probe.sentAt;
    this.#considerDrain(probe, rtt, now);
    this.roundTrip(rtt, now);
  }

  /**
   * Takes one round-trip time into account.
   *
   * @param rtt Of something that the peer answered at once, in ms.
   * @param now In ms.
   */
  roundTrip(rtt: number, now: number): void {
    rtt = Math.max(rtt, 0.001);
    this.#rtt = rtt;
    const latest = this.#minRtts.at(-1);
    if (latest === undefined || now - latest.from >= MIN_RTT_BUCKET_MS) {
      this.#minRtts.push({ from: now, rtt });
      if (this.#minRtts.length > MIN_RTT_BUCKETS) this.#minRtts.shift();
    } else {
      latest.rtt = Math.min(latest.rtt, rtt);
    }
    this.#minRtt = Math.min(...this.#minRtts.map((bucket) => bucket.rtt));
    this.#update();
  }

  /** Says that there was room and the application had nothing to send. */
  applicationLimited(): void {
    this.#applicationLimitedUntil = this.#sent;
  }

  #sampleRate(probe: Probe, now: number): void {
    const interval = Math.max(
      now - probe.ackedAt,
      probe.sentAt - probe.ackedSentAt,
      MIN_INTERVAL_MS,
    );
    const rate = (this.#acked - probe.acked) * 1000 / interval;
    const oldest = now - Math.max(RATE_WINDOW_MS, this.#minRtt ?? 0);
    while (this.#rates[0] !== undefined && this.#rates[0].at < oldest) this.#rates.shift();
    // What is smaller and older can never be the maximum again.
    while ((this.#rates.at(-1)?.rate ?? Infinity) <= rate) this.#rates.pop();
    this.#rates.push({ at: now, rate });
    this.#rate = this.#rates[0]?.rate;
  }

  /** Begins and ends the times in which the queue is let run dry. */
  #considerDrain(probe: Probe, rtt: number, now: number): void {
    const minRtt = this.#minRtt ?? Infinity;
    if (probe.applicationLimited || rtt <= minRtt * 1.1 + MIN_INTERVAL_MS) {
      this.#minRttSeenAt = now;
    } else if (now - this.#minRttSeenAt > DRAIN_INTERVAL_MS) {
      this.#drain ??= { from: undefined };
    }
    if (this.#drain === undefined) return;
    if (this.#drain.from === undefined) {
      if (this.outstanding <= this.#drainLimit()) this.#drain.from = this.#sent;
    } else if (probe.position > this.#drain.from) {
      this.#drain = undefined;
      this.#minRttSeenAt = now;
    }
  }

  #drainLimit(): number {
    return Math.max(
      (this.#rate ?? 0) * (this.#minRtt ?? 0) * DRAIN_PART / 1000,
      this.#leastLimit(),
    );
  }

  /** Were it less, the sender could wait for an ack that the receiver sees no reason to send yet. */
  #leastLimit(): number {
    return this.#window + FRAGMENT_OCTETS + MAX_HEADER_OCTETS;
  }

  #update(): void {
    const target = (this.#rate ?? 0) * ((this.#minRtt ?? 0) + QUEUE_MS) / 1000;
    const limit = this.#drain === undefined
      ? Math.max(target, MIN_LIMIT, this.#leastLimit())
      : this.#drainLimit();
    this.#limit = Math.min(Math.floor(limit), this.#maxLimit);
  }

  /** An eighth of the limit, in powers of two so that it seldom changes. */
  #wantedWindow(): number {
    let window = INITIAL_ACK_WINDOW;
    while (window * 2 <= Math.min(this.#limit / 8, MAX_ACK_WINDOW)) window *= 2;
    return window;
  }
}
