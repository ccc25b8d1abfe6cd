/**
 * The path to one viewer, as a transport's sender and a session see it: the transport tells what it sends
 * and what is acknowledged and asks how much it may send; the session asks when to take a frame, and how
 * large. Both speak in plain numbers of octets and milliseconds here.
 *
 * It has what the protocol's own estimate of a path has, under the same names, and can take its place.
 *
 * @module
 */

import type { MakePathModel, PathModel } from "../protocol/path_model.ts";
import { HeldAcks } from "./held_acks.ts";
import { RateController } from "./rate_controller.ts";
import type { FrameRequest, RateControllerOptions, RateDecision } from "./rate_decision.ts";
import { SentLedger } from "./sent_ledger.ts";
import {
  bytes,
  bytesPerSecond,
  kbitPerSecond,
  type Milliseconds,
  milliseconds,
  perSecond,
} from "./units.ts";

const MIN_FRAGMENT_OCTETS = 1400;
const MAX_FRAGMENT_OCTETS = 16 * 1024;
/** How long a fragment may keep the path busy, and so something more urgent waiting; in ms. */
const FRAGMENT_MS = 1;

export interface RatePathOptions extends Omit<RateControllerOptions, "ackWindow"> {
  /** The clock of the transport: monotonic, in ms. */
  readonly now: () => number;
  /** The ack window that the receiver starts with; 0, the default, if it acknowledges everything at once. */
  readonly ackWindow?: number;
  /** Whether it also acknowledges the end of each message at once; default: no. */
  readonly promptEnds?: boolean;
}

export class RatePath implements PathModel {
  readonly controller: RateController;
  readonly #ledger: SentLedger;
  readonly #held = new HeldAcks();
  readonly #now: () => number;
  #ackWindow: number;

  constructor({ now, ackWindow = 0, promptEnds = false, ...options }: RatePathOptions) {
    this.#now = now;
    this.#ackWindow = ackWindow;
    this.controller = new RateController({ ...options, ackWindow: bytes(ackWindow) });
    this.#ledger = new SentLedger({ ackWindow: bytes(ackWindow), promptEnds });
  }

  /** The latest round-trip time in ms. */
  get rtt(): number | undefined {
    return this.controller.model.latestRtt;
  }

  /** The least round-trip time of the recent past, in ms. */
  get minRtt(): number | undefined {
    return this.controller.model.leastRtt;
  }

  /** Octets a second; application-limited samples are set aside. */
  get deliveryRate(): number | undefined {
    return this.controller.model.deliveryRate;
  }

  /** What the path is believed to carry, in octets a second. */
  get rate(): number {
    return this.controller.rate(this.#time, this.#ledger.inFlight);
  }

  /**
   * What it carried when it was last heard of, in octets a second, even if it is silent now; undefined if it
   * was never.
   */
  get settledRate(): number | undefined {
    return this.controller.model.settledRate;
  }

  /** What to take the path for until it is measured, as from an earlier one to the same viewer. */
  believe(octetsPerSecond: number): void {
    this.controller.believe(bytesPerSecond(octetsPerSecond));
  }

  /** What queues have added throughout the last round trip, in ms. */
  get queueDelay(): number {
    return this.controller.model.standingDelay;
  }

  /** Octets sent and not acknowledged. */
  get outstanding(): number {
    return this.#ledger.inFlight.outstanding;
  }

  /** The most octets that may be outstanding. */
  get limit(): number {
    return this.controller.outstandingLimit(this.#time, this.#ledger.inFlight);
  }

  /** Octets that may be sent now. */
  get room(): number {
    return Math.max(this.limit - this.outstanding, 0);
  }

  /** Octets that may be sent now of flows that yield to frames. */
  get bulkRoom(): number {
    const { inFlight } = this.#ledger;
    return Math.max(this.controller.bulkLimit(this.#time, inFlight) - inFlight.outstanding, 0);
  }

  /** The payload of a fragment of a flow that shares its priority with no other. */
  get fragmentOctets(): number {
    const { inFlight } = this.#ledger;
    const octets = Math.floor(this.controller.rate(this.#time, inFlight) * FRAGMENT_MS / 1000);
    return Math.min(Math.max(octets, MIN_FRAGMENT_OCTETS), MAX_FRAGMENT_OCTETS);
  }

  /** Whether acks of what was sent together come apart, as if the peer's TCP held them back. */
  get acksHeld(): boolean {
    return this.#held.seen;
  }

  /**
   * Accounts for a fragment that was sent.
   *
   * @param octets Its size, with its header.
   * @returns The ack window to announce right after it, if it is to change.
   */
  sent(octets: number, now: number): number | undefined {
    const timed = this.#ledger.sent(bytes(octets), milliseconds(now));
    if (!timed || this.#ackWindow === 0) return undefined;
    const window = this.controller.wantedAckWindow(milliseconds(now), this.#ledger.inFlight);
    if (window === this.#ackWindow) return undefined;
    this.#ackWindow = window;
    this.#ledger.setAckWindow(window);
    this.controller.setAckWindow(window);
    return window;
  }

  /**
   * Accounts for an ack.
   *
   * @param octets Newly acknowledged.
   * @throws {RangeError} if that is more than is outstanding.
   */
  acked(octets: number, now: number): void {
    if (octets === 0) return;
    const event = this.#ledger.acked(bytes(octets), milliseconds(now));
    this.#held.acked(event);
    this.controller.acked(event, this.#ledger.inFlight);
  }

  /** The transport has found octets to be lost, and sends them again. */
  lost(octets: number): void {
    this.#ledger.lost(bytes(octets));
  }

  /** Takes the round-trip time of something into account that the peer answered at once, in ms. */
  roundTrip(rtt: number, now: number): void {
    this.controller.roundTrip(milliseconds(rtt), milliseconds(now));
  }

  /** Says that there was room and nothing to send. */
  applicationLimited(): void {
    this.#ledger.applicationLimited();
  }

  /**
   * Whether to take a frame now.
   *
   * @param estimated About how many octets it will have.
   * @param yielding Octets under way of flows that yield to frames.
   */
  hasRoom(estimated: number, yielding = 0): boolean {
    const { inFlight } = this.#ledger;
    return this.controller.hasRoom(bytes(estimated), this.#time, inFlight, bytes(yielding));
  }

  /** In how many ms to ask again although no ack has come; `Infinity` if only an ack can make room. */
  get roomIn(): number {
    return this.controller.roomAt(this.#time, this.#ledger.inFlight) - this.#now();
  }

  /** What holds for a frame that is taken now. */
  decide(request?: FrameRequest): RateDecision {
    return this.controller.decide(this.#time, this.#ledger.inFlight, request);
  }

  /** A frame is being taken. */
  frameTaken(): void {
    this.controller.frameTaken(this.#time);
  }

  /** A frame was encoded, so many ms after it was taken. */
  frameEncoded(time: number): void {
    this.controller.frameEncoded(milliseconds(time));
  }

  /** In how many ms padding is due if nothing else is sent; `Infinity` if none is. */
  get paddingIn(): number {
    const at = this.controller.paddingAt(this.#time, this.#ledger.inFlight);
    return Math.max(at - this.#now(), 0);
  }

  /** Padding is being sent. @returns How many octets. */
  padding(): number {
    return this.controller.padding(this.#time, this.#ledger.inFlight);
  }

  get #time(): Milliseconds {
    return milliseconds(this.#now());
  }
}

/**
 * Makes a {@link RatePath} for each transport.
 *
 * @param options.maxBitrate What the video never exceeds, in kbit/s.
 * @param options.maxFrameRate Most frames a second.
 */
export function ratePaths(
  { maxBitrate, maxFrameRate }: { maxBitrate: number; maxFrameRate: number },
): MakePathModel {
  return ({ maxOutstanding, ...options }) =>
    new RatePath({
      ...options,
      maxOutstanding: bytes(maxOutstanding),
      maxBitrate: kbitPerSecond(maxBitrate),
      maxFrameRate: perSecond(maxFrameRate),
    });
}
