/**
 * Makes {@link AckEvent}s of what a transport does: octets go out, octets are acknowledged.
 *
 * @module
 */

import type { AckEvent, InFlight } from "./ack_event.ts";
import { type Bytes, bytes, type Milliseconds } from "./units.ts";

/** About what a packet takes, in octets. */
const GRAIN = 1400;

/** Octets whose ack comes at once. */
interface Entry {
  /** Octets sent up to its end. */
  readonly position: number;
  readonly sentAt: Milliseconds;
  readonly appLimited: boolean;
}

export class SentLedger {
  #sent = 0;
  #acked = 0;
  #lost = 0;
  /** 0 if every ack comes at once. */
  #ackWindow: number;
  readonly #promptEnds: boolean;
  /** Octets sent since the last multiple of the window. */
  #sinceMultiple = 0;
  #lastSentAt: Milliseconds | undefined;
  /** Sent and not acknowledged, the oldest first. */
  readonly #awaited: Entry[] = [];
  /** Up to there, what is sent is no measure of the path. */
  #appLimitedUntil = -1;

  /**
   * @param options.ackWindow The receiver acknowledges at once after each multiple of so many octets, and
   * else late, as in RTWebSocket (and in RTMFP, RFC 7016 §3.6.3); by default it always does.
   * @param options.promptEnds It also does so after each message, and so after what was sent at once.
   */
  constructor({ ackWindow, promptEnds }: { ackWindow?: Bytes; promptEnds?: boolean } = {}) {
    this.#ackWindow = ackWindow ?? 0;
    this.#promptEnds = promptEnds ?? false;
  }

  /** Octets sent, in all. */
  get sentBytes(): Bytes {
    return bytes(this.#sent);
  }

  /** Octets acknowledged, in all. */
  get ackedBytes(): Bytes {
    return bytes(this.#acked);
  }

  get inFlight(): InFlight {
    const awaited = this.#awaited.at(-1)?.position ?? this.#acked;
    return {
      outstanding: bytes(this.#sent - this.#acked),
      awaitedSince: this.#awaited[0]?.sentAt,
      tail: this.#sent > awaited && this.#lastSentAt !== undefined
        ? { octets: bytes(this.#sent - awaited), sentAt: this.#lastSentAt }
        : undefined,
    };
  }

  /** The receiver was told of another window, and counts anew. */
  setAckWindow(octets: Bytes): void {
    this.#ackWindow = octets;
    this.#sinceMultiple = 0;
  }

  /**
   * Accounts for a fragment.
   *
   * @param octets Its size as the receiver counts it.
   * @returns Whether its ack will come at once. Only then another window may be announced: at other times
   * the receiver, which counts anew, would put off what it has counted.
   */
  sent(octets: Bytes, now: Milliseconds): boolean {
    if (octets === 0) return false;
    this.#lastSentAt = now;
    // What is handed over at once arrives in packets, and each multiple in it is acknowledged in its time.
    const step = this.#ackWindow || GRAIN;
    let left: number = octets;
    while (this.#sinceMultiple + left >= step) {
      const part = step - this.#sinceMultiple;
      this.#await(part, now);
      this.#sinceMultiple = 0;
      left -= part;
    }
    const timed = left < octets;
    if (this.#ackWindow === 0) {
      if (left > 0) this.#await(left, now);
      return true;
    }
    this.#sinceMultiple += left;
    if (!this.#promptEnds) this.#sent += left;
    else if (left > 0) this.#await(left, now);
    return timed;
  }

  #await(octets: number, now: Milliseconds): void {
    this.#sent += octets;
    this.#awaited.push({
      position: this.#sent,
      sentAt: now,
      appLimited: this.#acked <= this.#appLimitedUntil,
    });
  }

  /** Says that there was room and nothing to send. */
  applicationLimited(): void {
    this.#appLimitedUntil = this.#sent;
  }

  /** The transport has found octets to be lost, and sends them again. */
  lost(octets: Bytes): void {
    this.#lost += octets;
  }

  /**
   * Accounts for an ack.
   *
   * @param octets Newly acknowledged.
   * @returns What to tell the rate control.
   * @throws {RangeError} if more is acknowledged than was sent.
   */
  acked(octets: Bytes, now: Milliseconds): AckEvent {
    const outstanding = this.#sent - this.#acked;
    if (octets > outstanding) {
      throw new RangeError(`An ack of ${octets} octets is for more than the ${outstanding} sent`);
    }
    this.#acked += octets;
    let reached: Entry | undefined;
    while (this.#awaited[0] !== undefined && this.#awaited[0].position <= this.#acked) {
      reached = this.#awaited.shift();
    }
    return {
      sentBytes: bytes(this.#sent),
      ackedBytes: bytes(this.#acked),
      sentAt: reached?.sentAt,
      ackedAt: now,
      appLimited: reached?.appLimited ?? this.#acked <= this.#appLimitedUntil,
      lostBytes: bytes(this.#lost),
    };
  }
}
