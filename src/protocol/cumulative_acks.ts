/**
 * Acks that may get lost: what is said in a datagram is said again later, on the reliable stream.
 *
 * @module
 */

import type { Schedule } from "./deadline_timer.ts";
import { type AcksMessage, type FlowAck, TIME_MODULUS } from "./webtransport_message.ts";

/** How long the ack of a replaceable message may wait for company, in ms. */
const LATEST_MS = 20;
/**
 * The least and most time without news after which this side speaks up, in ms, if it does; each time
 * twice as long. What is confirmed meanwhile may have gone to the address from before.
 */
const SILENCE_MS = { least: 20, most: 200 } as const;
/** How much longer than the usual a silence has to be. */
const UNUSUAL = 1.25;
/** How much the last interval counts for what is usual. */
const SMOOTHING = 0.1;
/** After how many ms what was acknowledged by datagram is confirmed on the reliable stream. */
const CONFIRM_MS = 250;

export interface CumulativeAcksOptions {
  /** Monotonic ms. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** Runs a callback soon, after whatever is being done. */
  readonly soon: (callback: () => void) => void;
  /** Sends acks; as a datagram if they may get lost and fit into one. */
  readonly send: (message: AcksMessage, losable: boolean) => void;
  /**
   * Whether to say the last acks again when nothing has come for longer than usual. It is for a side
   * whose address may change: a NAT that gives it another one lets nothing through to it until it has
   * sent something, and QUIC itself does so only after a few round trips.
   */
  readonly speaksUp: boolean;
}

interface Entry {
  total: number;
  buffer: number;
  latest: number;
}

export class CumulativeAcks {
  readonly #options: CumulativeAcksOptions;
  readonly #entries = new Map<number, Entry>();
  readonly #pending = new Set<number>();
  readonly #unconfirmed = new Set<number>();
  /** The flows that were acknowledged last. */
  #last: readonly number[] = [];
  #flushing = false;
  #cancelLatest: (() => void) | undefined;
  #cancel: (() => void) | undefined;
  #cancelSilence: (() => void) | undefined;
  #flushedAt: number | undefined;
  /** The mean time between acks, in ms. */
  #interval = 0;
  #echo: { readonly time: number; readonly at: number } | undefined;
  #losses = 0;

  constructor(options: CumulativeAcksOptions) {
    this.#options = options;
  }

  /**
   * Acknowledges octets of a flow, along with all else that is acknowledged in the same go.
   *
   * @param octets How many have come since the last time.
   * @param buffer What the receiver has room for.
   */
  acknowledge(flow: number, octets: number, buffer: number): void {
    const entry = this.#entries.get(flow);
    if (entry === undefined) {
      const first = { total: octets, buffer, latest: 0 };
      this.#entries.set(flow, first);
      // It answers the opening, and is what it is timed by.
      const acks = [{ flow, ...first }];
      this.#options.send({ type: "acks", losses: this.#losses, acks }, false);
      return;
    }
    entry.total += octets;
    entry.buffer = buffer;
    this.#pending.add(flow);
    if (this.#flushing) return;
    this.#flushing = true;
    this.#options.soon(() => this.flush());
  }

  /** Acknowledges a replaceable message of a flow, before long. */
  latest(flow: number, index: number): void {
    const entry = this.#entries.get(flow);
    if (entry === undefined) return;
    entry.latest = index;
    this.#pending.add(flow);
    this.#cancelLatest ??= this.#options.schedule(LATEST_MS, () => this.flush());
  }

  /** Takes note of a time stamp, to be sent back with the next acks; in µs. */
  echo(time: number): void {
    this.#echo = { time, at: this.#options.now() };
  }

  /** Something was lost on its way: to be told with the next acks. */
  lossSeen(): void {
    this.#losses++;
  }

  /** Forgets a flow that was closed. */
  forget(flow: number): void {
    this.#entries.delete(flow);
    this.#pending.delete(flow);
    this.#unconfirmed.delete(flow);
  }

  /** Sends nothing any more. */
  stop(): void {
    this.#cancel?.();
    this.#cancelLatest?.();
    this.#cancelSilence?.();
    this.#cancel = this.#cancelLatest = this.#cancelSilence = undefined;
    this.#entries.clear();
    this.#pending.clear();
    this.#unconfirmed.clear();
  }

  /** Sends what is to be acknowledged, now. */
  flush(): void {
    this.#flushing = false;
    this.#cancelLatest?.();
    this.#cancelLatest = undefined;
    if (this.#pending.size === 0) return;
    this.#send(this.#pending, true);
    for (const flow of this.#pending) this.#unconfirmed.add(flow);
    this.#last = [...this.#pending];
    this.#pending.clear();
    this.#listen();
    this.#cancel ??= this.#options.schedule(CONFIRM_MS, () => this.#confirm());
  }

  /** Waits for news, but not longer than usual. */
  #listen(): void {
    if (!this.#options.speaksUp) return;
    const { least, most } = SILENCE_MS;
    const now = this.#options.now();
    const last = Math.min(now - (this.#flushedAt ?? now), most);
    this.#flushedAt = now;
    this.#interval += SMOOTHING * (last - this.#interval);
    this.#speakAfter(Math.min(Math.max(UNUSUAL * this.#interval, least), most));
  }

  #speakAfter(wait: number): void {
    this.#cancelSilence?.();
    this.#cancelSilence = this.#options.schedule(wait, () => {
      this.#cancelSilence = undefined;
      this.#send(this.#last, true);
      if (2 * wait <= SILENCE_MS.most) this.#speakAfter(2 * wait);
    });
  }

  #confirm(): void {
    this.#cancel = undefined;
    this.#send(this.#unconfirmed, false);
    this.#unconfirmed.clear();
  }

  #send(flows: Iterable<number>, losable: boolean): void {
    const acks: FlowAck[] = [];
    for (const flow of flows) {
      const entry = this.#entries.get(flow);
      if (entry !== undefined) acks.push({ flow, ...entry });
    }
    if (acks.length === 0) return;
    const echo = this.#echo;
    this.#echo = undefined;
    const held = echo === undefined ? 0 : Math.floor((this.#options.now() - echo.at) * 1000);
    this.#options.send({
      type: "acks",
      losses: this.#losses,
      acks,
      ...(echo === undefined ? {} : { echo: { time: echo.time, held: held % TIME_MODULUS } }),
    }, losable);
  }
}
