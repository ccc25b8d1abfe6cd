/**
 * Notices that a path has gone silent, which a network that blocks UDP, or is gone, tells nobody.
 *
 * Silence alone says little: the peer may be busy, or all of its network away for a moment. So when
 * nothing comes back for what was sent, the watch asks on this path and on those in reserve; and only
 * when one of those answers while this one still does not, it calls the path silent. While nothing is
 * sent, nothing is expected, and no timer runs.
 *
 * @module
 */

import type { Schedule } from "./deadline_timer.ts";
import type { Transport } from "./flow.ts";

/**
 * After how long, in ms, something should have come back for what was sent: acks are held back for up
 * to 200 ms, but most of what is sent is answered sooner.
 */
const SUSPICIOUS_AFTER_MS = 150;
/** The same in round trips. */
const SUSPICIOUS_ROUND_TRIPS = 2;
/**
 * How long after the question, in ms, the answer is still waited for: a lost packet or two are sent
 * again within that.
 */
const PATIENCE_MS = 250;
/** The same in round trips. */
const PATIENT_ROUND_TRIPS = 3;
/** The part of that time after which the paths in reserve are asked, too. */
const ALONE = 0.4;
/** A peer that was busy answers on one path after the other, with so many ms in between at most. */
const GRACE_MS = 50;
/**
 * How much longer than its least the round trip of a path may be, in ms: the last time that was measured
 * may be of what was held up by an outage.
 */
const MOST_QUEUE_MS = 500;
/** Assumed at most before anything was measured, in ms. */
const UNKNOWN_RTT_MS = 100;

export interface PathWatchOptions {
  readonly transport: Transport;
  /** Monotonic ms. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** The paths in reserve. */
  readonly reserves: () => Iterable<Transport>;
  /** The path has become {@link PathWatch.doubtful}: nobody answers. */
  readonly ondoubt?: () => void;
  /**
   * The path is silent, and a reserve is not. Called once.
   *
   * @param reserve One that has just answered.
   * @param silence How long nothing has come by this path, in ms.
   */
  readonly onsilent: (reserve: Transport, silence: number) => void;
}

export class PathWatch implements Disposable {
  readonly #options: PathWatchOptions;
  #cancel: (() => void) | undefined;
  /** Octets received when the silence began, and when that was. */
  #received = 0;
  #since = 0;
  /** Counts the questions, so that an answer to an older one, or after its time, is no news. */
  #question = 0;
  #doubtful = false;
  /** Whether anything has come since the watch began: what was measured before may be long ago. */
  #heard = false;
  #disposed = false;

  constructor(options: PathWatchOptions) {
    this.#options = options;
  }

  /** Whether nothing has come back for longer than it should take, on this path or on any other. */
  get doubtful(): boolean {
    return this.#doubtful &&
      this.#options.transport.statistics.bytesReceived === this.#received;
  }

  /** Something was sent that the peer will acknowledge. */
  sent(): void {
    if (this.#cancel === undefined && !this.#disposed) this.#listen();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#question++;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #listen(): void {
    const { now, transport } = this.#options;
    this.#received = transport.statistics.bytesReceived;
    this.#since = now();
    const wait = Math.max(SUSPICIOUS_AFTER_MS, SUSPICIOUS_ROUND_TRIPS * this.#rtt);
    this.#after(wait, () => this.#look(() => this.#ask()));
  }

  /** Asks on this path, since the others are to be left in peace, and then on all. */
  #ask(): void {
    const { now, transport } = this.#options;
    const patience = Math.max(PATIENCE_MS, PATIENT_ROUND_TRIPS * this.#rtt);
    const until = now() + patience;
    pingIfOpen(transport);
    this.#after(patience * ALONE, () => this.#look(() => this.#askReserves(until, patience)));
  }

  /** @param until When the time for the path itself to answer is over. */
  #askReserves(until: number, patience: number): void {
    const { now, onsilent, reserves } = this.#options;
    const question = ++this.#question;
    this.#after(until - now(), () =>
      this.#look(() => {
        this.#after(patience, () => this.#look(() => this.#ask()));
        this.#doubtful = true;
        this.#options.ondoubt?.();
      }));
    for (const reserve of reserves()) {
      pingIfOpen(reserve)?.then((rtt) => {
        if (rtt === undefined || question !== this.#question) return;
        this.#question++;
        this.#after(Math.max(until - now(), GRACE_MS), () =>
          this.#look(() => {
            this[Symbol.dispose]();
            onsilent(reserve, now() - this.#since);
          }));
      });
    }
  }

  /** Goes on if nothing has come, and is at ease again if something has. */
  #look(silent: () => void): void {
    const { bytesReceived, outstandingBytes } = this.#options.transport.statistics;
    if (bytesReceived === this.#received) return silent();
    this.#question++;
    this.#heard = true;
    this.#doubtful = false;
    this.#cancel?.();
    this.#cancel = undefined;
    if (outstandingBytes > 0) this.#listen();
  }

  #after(milliseconds: number, callback: () => void): void {
    this.#cancel?.();
    this.#cancel = this.#options.schedule(milliseconds, callback);
  }

  get #rtt(): number {
    const { minRtt = UNKNOWN_RTT_MS, rtt = minRtt } = this.#options.transport.statistics;
    return this.#heard ? Math.min(rtt, minRtt + MOST_QUEUE_MS) : Math.min(minRtt, UNKNOWN_RTT_MS);
  }
}

/** @returns What `ping()` of the transport does; undefined if it has just ended. */
export function pingIfOpen(transport: Transport): Promise<number | undefined> | undefined {
  try {
    return transport.ping();
  } catch {
    return undefined;
  }
}
