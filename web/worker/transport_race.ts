/**
 * Which transport carries a session: WebTransport, unless it takes too long, and then whichever stands
 * first.
 *
 * @module
 */

import type { Schedule } from "../../src/protocol/deadline_timer.ts";
import type { Transport } from "../../src/protocol/flow.ts";
import type { FailureMemory } from "./failure_memory.ts";

/** In order of preference. */
const NAMES = ["webtransport", "websocket"] as const;
export type TransportName = typeof NAMES[number];

/** Opens a transport; rejects if that fails or the signal is aborted. */
export type Opener = (signal: AbortSignal) => Promise<Transport>;

/** How long WebTransport is waited for before the WebSocket is tried beside it; in ms. */
export const HEAD_START_MS = 250;
/** How long WebTransport may still take once the WebSocket stands; in ms. */
export const PATIENCE_MS = 5000;

/** What became of one transport, for people to read. */
export interface RaceReport {
  /** `stands`: it came second. */
  readonly state: "carries" | "stands" | "opening" | "failed" | "skipped";
  /** Why it was skipped or failed; else empty. */
  readonly detail: string;
  /** How long it took to stand or to fail; in ms. */
  readonly took: number | undefined;
}

export type RaceReports = Readonly<Record<TransportName, RaceReport>>;

export interface RaceOptions {
  /** What the server offers and this browser has. */
  readonly openers: Readonly<Partial<Record<TransportName, Opener>>>;
  /** The only one to be tried, whatever speaks against it. */
  readonly forced?: TransportName | undefined;
  /** Why WebTransport is not to be tried, although it is there. */
  readonly avoidWebTransport?: string | undefined;
  readonly memory: FailureMemory;
  /** What tells networks apart. */
  readonly network: string;
  /** Monotonic ms. */
  readonly now: () => number;
  readonly schedule: Schedule;
  /** Ends the race, and also the wait for the contender. */
  readonly signal: AbortSignal;
}

export interface RaceResult {
  readonly name: TransportName;
  readonly transport: Transport;
  /**
   * WebTransport, if it stands after the WebSocket has won; undefined if it does not. It is the
   * caller's to use or to close.
   */
  readonly contender: Promise<Transport | undefined>;
  /** What is known of each by now. */
  readonly reports: RaceReports;
}

/** No transport stands. */
export class NoTransportError extends Error {
  override readonly name = "NoTransportError";
  /** @param reports What became of each. */
  constructor(readonly reports: RaceReports) {
    const said = NAMES.map((name) => `${name}: ${reports[name].detail}`);
    super(`No connection could be made (${said.join("; ")})`);
  }
}

/**
 * Opens WebTransport, and the WebSocket beside it if it fails or is not ready soon.
 *
 * @throws {NoTransportError} if none stands; the signal's reason if it was aborted.
 */
export function race(options: RaceOptions): Promise<RaceResult> {
  options.signal.throwIfAborted();
  return new Race(options).run();
}

class Race {
  readonly #options: RaceOptions;
  readonly #reports: Record<TransportName, RaceReport>;
  readonly #aborts = new Map<TransportName, AbortController>();
  /** Who has not begun yet, next one first. */
  readonly #waiting: TransportName[] = [];
  #running = 0;
  readonly #winner = Promise.withResolvers<{ name: TransportName; transport: Transport }>();
  #attempts: Partial<Record<TransportName, Promise<Transport | undefined>>> = {};

  constructor(options: RaceOptions) {
    this.#options = options;
    const report = (name: TransportName): RaceReport => {
      const detail = this.#objection(name);
      if (detail === undefined) this.#waiting.push(name);
      return { state: "skipped", detail: detail ?? "It was not needed", took: undefined };
    };
    this.#reports = { webtransport: report("webtransport"), websocket: report("websocket") };
  }

  async run(): Promise<RaceResult> {
    const { signal, schedule } = this.#options;
    const onabort = () => {
      for (const abort of this.#aborts.values()) abort.abort(signal.reason);
      this.#winner.reject(signal.reason);
    };
    signal.addEventListener("abort", onabort);
    let cancel: (() => void) | undefined;
    let contender: Promise<Transport | undefined> = Promise.resolve(undefined);
    try {
      this.#next();
      cancel = schedule(HEAD_START_MS, () => this.#next());
      const { name, transport } = await this.#winner.promise;
      this.#report(name, "carries", "", this.#reports[name].took);
      contender = this.#contender(name);
      return { name, transport, contender, reports: this.#reports };
    } finally {
      cancel?.();
      contender.finally(() => signal.removeEventListener("abort", onabort));
    }
  }

  /** Why a transport is not to be tried. */
  #objection(name: TransportName): string | undefined {
    const { openers, forced, avoidWebTransport, memory, network } = this.#options;
    if (openers[name] === undefined) return "It is not offered here";
    if (forced !== undefined) {
      return forced === name ? undefined : `The address forces the ${forced}`;
    }
    if (name === "websocket") return undefined;
    if (avoidWebTransport !== undefined) return avoidWebTransport;
    const ago = memory.failedAgo(name, network);
    if (ago === undefined || openers.websocket === undefined) return undefined;
    return `It did not get through ${Math.round(ago / 60_000)} minutes ago`;
  }

  /** Lets the next one begin, if any waits; ends the race if nobody is left. */
  #next(): void {
    const name = this.#waiting.shift();
    if (name !== undefined) this.#attempts[name] = this.#attempt(name);
    else if (this.#running === 0) this.#winner.reject(new NoTransportError(this.#reports));
  }

  /** @returns The transport if it stands, and was not told to give up. */
  async #attempt(name: TransportName): Promise<Transport | undefined> {
    const { openers, now } = this.#options;
    const abort = new AbortController();
    this.#aborts.set(name, abort);
    this.#running++;
    const start = now();
    this.#report(name, "opening", "", undefined);
    try {
      const transport = await openers[name]?.(abort.signal);
      if (transport === undefined) throw new Error("It is not offered here");
      if (abort.signal.aborted) {
        transport.close();
        throw abort.signal.reason;
      }
      this.#report(name, "stands", "", now() - start);
      this.#running--;
      this.#winner.resolve({ name, transport });
      return transport;
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.#report(name, "failed", detail, now() - start);
      this.#running--;
      this.#next();
      return undefined;
    }
  }

  /** What is to be done with the one that has not won. */
  async #contender(winner: TransportName): Promise<Transport | undefined> {
    const { memory, network, schedule, signal } = this.#options;
    this.#waiting.length = 0;
    if (winner === "webtransport") {
      memory.worked("webtransport", network);
      this.#aborts.get("websocket")?.abort(new Error("WebTransport stood first"));
      // If it stands nevertheless, in this very moment.
      this.#attempts.websocket?.then((transport) => transport?.close());
      return undefined;
    }
    const attempt = this.#attempts.webtransport;
    if (attempt === undefined) return undefined;
    const cancel = schedule(PATIENCE_MS, () => {
      this.#aborts.get("webtransport")?.abort(
        new Error(`It does not stand ${PATIENCE_MS} ms after the WebSocket did`),
      );
    });
    const transport = await attempt;
    cancel();
    if (transport !== undefined) memory.worked("webtransport", network);
    // What the caller has called off says nothing of the network.
    else if (!signal.aborted) memory.failed("webtransport", network);
    return transport;
  }

  #report(
    name: TransportName,
    state: RaceReport["state"],
    detail: string,
    took: number | undefined,
  ): void {
    this.#reports[name] = { state, detail, took };
  }
}

/**
 * Whether this is WebKit, whose WebTransport stalls after some 7,600 streams or 16 MiB (WebKit bug
 * 319818). Every browser of Apple's phones is.
 *
 * @param userAgent `navigator.userAgent`.
 */
export function isWebKit(userAgent: string): boolean {
  return /\bAppleWebKit\//.test(userAgent) && !/Chrom(e|ium)\//.test(userAgent);
}
